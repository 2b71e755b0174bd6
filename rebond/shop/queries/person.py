"""Whose data: an account, or a guest who is known by an address whose mails they read (rules.md F8)."""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from rebond.core.models import Job
from rebond.shop.models import Order


@dataclass(frozen=True, slots=True)
class Person:
    """Exactly one of the two is set."""

    user: Any = None
    email: str = ""

    @property
    def emails(self) -> list[str]:
        """The addresses that are certainly theirs, in lower case: confirmed, or where our link was just read."""
        if self.user is None:
            return [self.email.lower()]
        rows = EmailAddress.objects.filter(user=self.user, verified=True).values_list("email", flat=True)
        return sorted({email.lower() for email in rows})

    @property
    def owner(self) -> tuple[str, str]:
        """(kind, id) of what is made for them; a guest's is a keyed hash that names nobody."""
        if self.user is not None:
            return "accounts.user", self.user.public_id
        return "shop.guest", salted_hmac("rebond.shop.guest", self.email.lower(), algorithm="sha256").hexdigest()[:40]

    def orders(self) -> "QuerySet[Order]":
        """Those of the account, and those placed as a guest with one of the addresses; erased ones apart."""
        rows = Order.objects.alias(low=Lower("email"))
        guests = Q(user__isnull=True, low__in=self.emails)
        mine = guests if self.user is None else Q(user=self.user) | guests
        return rows.filter(mine, erased_at__isnull=True).order_by("pk")

    def jobs(self, kind: str) -> "QuerySet[Job]":
        """What was made for them, of a kind."""
        owner_kind, owner_id = self.owner
        return Job.objects.filter(kind=kind, owner_kind=owner_kind, owner_id=owner_id)
