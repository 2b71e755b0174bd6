"""A buyer's saved addresses."""

from typing import Any

from django.db.models import QuerySet

from rebond.shop.models import SavedAddress

FIELDS = ("name", "phone", "address", "postal_code", "city")


def addresses_of(user: Any) -> "QuerySet[SavedAddress]":
    """The one proposed first, then the newest; none without an account."""
    if not getattr(user, "is_authenticated", False):
        return SavedAddress.objects.none()
    return SavedAddress.objects.filter(user=user)
