"""Counts of the network for its staff."""

from django.db.models import Count

from rebond.network.enums import SellerState
from rebond.network.models import Organisation


def seller_counts() -> dict[str, int]:
    """Organisations by seller state (keys of SellerState, all present); as of now, no estimate."""
    found = dict(Organisation.objects.values_list("seller_state").annotate(Count("pk")).order_by())
    return {state.value: found.get(state.value, 0) for state in SellerState}
