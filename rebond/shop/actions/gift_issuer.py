"""The issuer of gift cards: named, ended. Two people decide (`actions.asked_gift_cards`)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.shop.errors import GiftCardInvalidError, GiftIssuerStateError
from rebond.shop.models import GiftIssuer
from rebond.shop.money_enums import GiftIssuerState
from rebond.shop.queries.gift_cards import forget_issuer, selling_issuer


@dataclass(frozen=True, slots=True)
class IssuerTerms:
    """On which basis cards are issued, what is told to who buys one, how long they last, what they may hold."""

    legal_basis: str
    conditions: str
    months: int
    min_cents: int
    max_cents: int


def check_issuer(terms: IssuerTerms) -> None:
    """Raise GiftIssuerStateError where somebody issues already, GiftCardInvalidError where the terms make no sense."""
    if selling_issuer() is not None:
        raise GiftIssuerStateError
    wrong = (
        not terms.legal_basis.strip() or len(terms.legal_basis) > 1_000,
        not terms.conditions.strip() or len(terms.conditions) > 2_000,
        not 1 <= terms.months <= 120,
        not 0 < terms.min_cents <= terms.max_cents,
    )
    if any(wrong):
        raise GiftCardInvalidError


@transaction.atomic
def name_issuer(*, organisation: Organisation, terms: IssuerTerms, by: Any) -> GiftIssuer:
    """From now on cards are sold, and owed by `organisation`. Raise as `check_issuer`."""
    check_issuer(terms)
    issuer = GiftIssuer.objects.create(
        organisation=organisation,
        legal_basis=terms.legal_basis.strip(),
        conditions=terms.conditions.strip(),
        months=terms.months,
        min_cents=terms.min_cents,
        max_cents=terms.max_cents,
    )
    record("shop.gift_issuer.named", subject=issuer, by=by, organisation=organisation)
    _forget()
    return issuer


@transaction.atomic
def end_issuer(*, issuer: GiftIssuer, by: Any, now: datetime.datetime | None = None) -> GiftIssuer:
    """No card is sold any more; those that were stay a debt. Raise GiftIssuerStateError where it ended already."""
    rows = GiftIssuer.objects.filter(pk=issuer.pk, state=GiftIssuerState.ACTIVE)
    if not rows.update(state=GiftIssuerState.ENDED, ended_at=now or timezone.now()):
        raise GiftIssuerStateError
    issuer.refresh_from_db()
    record("shop.gift_issuer.ended", subject=issuer, by=by, organisation=issuer.organisation)
    _forget()
    return issuer


def _forget() -> None:
    """Now, and once it is saved: another thread may have read the old rows in between."""
    forget_issuer()
    transaction.on_commit(forget_issuer)
