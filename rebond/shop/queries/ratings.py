"""Buyers' opinions as their author, the public and the seller read them (rules.md F4)."""

import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from rebond.network.models import Organisation
from rebond.shop.enums import SellerOrderState
from rebond.shop.models import Rating, SellerOrder
from rebond.shop.models.rating import ANSWER_DELAY
from rebond.shop.queries.orders import token_of

PAGE = 20
FIRST = 3  # on the seller's own page


def rating_path(part: SellerOrder, name: str = "rating") -> str:
    """The signed address of an opinion: by the order's own link, for guests and accounts alike."""
    return reverse(f"shop:{name}", args=[part.order.public_id, token_of(part.order), part.public_id])


def may_answer(part: SellerOrder, now: datetime.datetime | None = None) -> bool:
    """Whether the buyer may give a first answer: delivered, 90 days ago at most."""
    if part.state != SellerOrderState.DELIVERED or part.delivered_at is None:
        return False
    return (now or timezone.now()) <= part.delivered_at + ANSWER_DELAY


def may_change(rating: Rating, now: datetime.datetime | None = None) -> bool:
    """Whether the buyer may change it: for 30 days, unless a moderator withdrew its comment."""
    return rating.removed_at is None and (now or timezone.now()) <= rating.change_until


def published(seller: Organisation) -> "QuerySet[Rating]":
    """All the opinions on a seller, the newest first."""
    return Rating.objects.filter(seller=seller).select_related("seller").order_by("-pk")


def first_published(seller: Organisation) -> list[Rating]:
    """The newest ones that say something."""
    return list(published(seller).exclude(comment="").filter(removed_at__isnull=True)[:FIRST])
