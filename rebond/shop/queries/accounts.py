"""A seller's account at the provider: whether it waits for the seller."""

from django.conf import settings

from rebond.network.models import Organisation
from rebond.shop.models import SellerAccount
from rebond.shop.stripe_api import NAME


def is_needed(organisation: Organisation | None) -> bool:
    """Whether the provider pays sellers to an account of theirs, and this organisation is one of them."""
    return settings.PAYOUT_PROVIDER == NAME and organisation is not None and organisation.is_selling


def account_waits(organisation: Organisation | None) -> bool:
    """Whether nothing can be paid, or the provider asks for more."""
    if not is_needed(organisation):
        return False
    account = SellerAccount.objects.filter(organisation=organisation).first()
    return account is None or not account.may_be_paid or bool(account.missing)
