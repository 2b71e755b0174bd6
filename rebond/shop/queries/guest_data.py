"""The link by which a guest reads, takes along or erases their data: it comes by mail and names no address."""

import datetime

from allauth.account.models import EmailAddress
from django.core import signing
from django.db.models import Model
from django.db.models.functions import Lower
from django.urls import reverse

from rebond.shop.models import Alert, Notice, Order
from rebond.shop.queries.person import Person

SALT = "rebond.shop.guest-data"
LINK_KEPT = datetime.timedelta(days=7)
KINDS: dict[str, type[Model]] = {"c": Order, "a": Alert, "s": Notice}  # what bears the address, in this order


def is_of_account(email: str) -> bool:
    """Whether an account has confirmed this address: its owner signs in."""
    rows = EmailAddress.objects.alias(low=Lower("email"))
    return bool(rows.filter(low=email.lower(), verified=True).exists())


def guest_path(person: Person, name: str = "guest-data") -> str:
    """A signed address that holds for LINK_KEPT; "" where nothing bears this person's address."""
    for kind, model in KINDS.items():
        rows = model._default_manager.alias(low=Lower("email")).filter(low=person.email.lower())  # noqa: SLF001 -- Django's documented name
        if model is not Notice:
            rows = rows.filter(user__isnull=True)
        public_id = rows.order_by("-pk").values_list("public_id", flat=True).first()
        if public_id is not None:
            token = signing.TimestampSigner(salt=SALT).sign(f"{kind}-{public_id}")
            return reverse(f"shop:{name}", args=[token])
    return ""


def find_guest(token: str) -> Person | None:
    """The guest of a link; None where it is not ours, is too old, or nothing bears the address any more.

    None also once an account has confirmed the address: what is theirs is there, behind a password.
    """
    try:
        kind, _dash, public_id = signing.TimestampSigner(salt=SALT).unsign(token, max_age=LINK_KEPT).partition("-")
    except signing.BadSignature:
        return None
    email = KINDS[kind]._default_manager.filter(public_id=public_id).values_list("email", flat=True).first()  # noqa: SLF001 -- as above
    return Person(email=email.lower()) if email and not is_of_account(email) else None
