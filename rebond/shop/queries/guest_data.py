"""The link by which a guest reads, takes along or erases their data: it comes by mail and names no address."""

import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.core import signing
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.urls import reverse

from rebond.shop.links import GUEST
from rebond.shop.models import Alert, Notice, Order
from rebond.shop.queries.person import Person

LINK_KEPT = datetime.timedelta(days=7)
KINDS: dict[str, type[Any]] = {"c": Order, "a": Alert, "s": Notice}  # what bears the address, in this order


def is_of_account(email: str) -> bool:
    """Whether an account has confirmed this address: its owner signs in."""
    rows = EmailAddress.objects.alias(low=Lower("email"))
    return bool(rows.filter(low=email.lower(), verified=True).exists())


def bearer_of(person: Person) -> Order | Alert | Notice | None:
    """The newest thing that bears a guest's address: an order, else an alert, else a report."""
    for model in KINDS.values():
        found: Order | Alert | Notice | None
        found = _of_guests(model).alias(low=Lower("email")).filter(low=person.email.lower()).order_by("-pk").first()
        if found is not None:
            return found
    return None


def guest_path(person: Person, name: str = "guest-data") -> str:
    """A signed address that holds for LINK_KEPT; "" where nothing bears this person's address."""
    found = bearer_of(person)
    if found is None:
        return ""
    kind = next(kind for kind, model in KINDS.items() if isinstance(found, model))
    token = signing.TimestampSigner(salt=GUEST).sign(f"{kind}-{found.public_id}")
    return reverse(f"shop:{name}", args=[token])


def _of_guests(model: type[Any]) -> "QuerySet[Any]":
    rows: QuerySet[Any] = model.objects.all()
    return rows if model is Notice else rows.filter(user__isnull=True)


def find_guest(token: str) -> Person | None:
    """The guest of a link; None where it is not ours, is too old, or nothing bears the address any more.

    None also once an account has confirmed the address: what is theirs is there, behind a password.
    """
    try:
        kind, _dash, public_id = signing.TimestampSigner(salt=GUEST).unsign(token, max_age=LINK_KEPT).partition("-")
    except signing.BadSignature:
        return None
    email = _of_guests(KINDS[kind]).filter(public_id=public_id).values_list("email", flat=True).first()
    return Person(email=email.lower()) if email and not is_of_account(email) else None
