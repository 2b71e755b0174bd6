"""Vouchers made, paused and ended. What one gives never changes: who has its code was told it."""

import datetime
import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from rebond.catalogue.models import Category
from rebond.core.codes import ALPHABET
from rebond.journal.actions.record import record, record_transition
from rebond.network.models import Organisation
from rebond.shop.errors import VoucherInvalidError, VoucherStateError
from rebond.shop.models import Voucher
from rebond.shop.money_enums import VOUCHER_TRANSITIONS
from rebond.shop.queries.vouchers import CODE_LENGTH

_DRAW = secrets.SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a voucher gives, on what, from when to when and how often. Exactly one of `amount_cents` and `percent`."""

    name: str
    amount_cents: int | None = None
    percent: int | None = None
    ceiling_cents: int | None = None
    floor_cents: int = 0
    category: Category | None = None
    starts_on: datetime.date
    ends_on: datetime.date
    uses_max: int
    buyer_max: int = 1

    @property
    def most_cents(self) -> int | None:
        """What all its uses together may cost; None where nothing limits a percentage."""
        each = self.ceiling_cents if self.amount_cents is None else self.amount_cents
        return None if each is None else each * self.uses_max


def check_terms(terms: Terms, *, is_network: bool) -> None:
    """Raise VoucherInvalidError where they make no sense, or where the network's percentage has no ceiling."""
    is_amount, is_percent = bool(terms.amount_cents), bool(terms.percent)
    wrong = (
        is_amount == is_percent,
        is_percent and not 1 <= (terms.percent or 0) <= 100,
        is_amount and terms.ceiling_cents is not None,
        terms.ceiling_cents is not None and terms.ceiling_cents <= 0,
        terms.floor_cents < 0 or terms.ends_on < terms.starts_on,
        not 1 <= terms.buyer_max <= terms.uses_max,
        is_network and terms.most_cents is None,
        not terms.name.strip(),
    )
    if any(wrong):
        raise VoucherInvalidError


@transaction.atomic
def create_voucher(*, seller: Organisation | None, terms: Terms, by: Any) -> Voucher:
    """A voucher with a code drawn at random; `seller` None: the network's. Raise VoucherInvalidError."""
    check_terms(terms, is_network=seller is None)
    voucher: Voucher = Voucher.objects.create(
        code="".join(_DRAW.choices(ALPHABET, k=CODE_LENGTH)),
        name=terms.name.strip()[:80],
        seller=seller,
        category=terms.category,
        amount_cents=terms.amount_cents or None,
        percent=terms.percent or None,
        ceiling_cents=terms.ceiling_cents,
        floor_cents=terms.floor_cents,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        uses_max=terms.uses_max,
        buyer_max=terms.buyer_max,
    )
    record("shop.voucher.created", subject=voucher, by=by, organisation=seller, uses=terms.uses_max)
    return voucher


@transaction.atomic
def move_voucher(*, voucher: Voucher, verb: str, by: Any) -> Voucher:
    """`pause`, `resume` or `end` it; orders that have it keep it. Raise VoucherStateError where it is elsewhere."""
    from_states, to_state = VOUCHER_TRANSITIONS[verb]
    old = voucher.state
    if not Voucher.objects.filter(pk=voucher.pk, state__in=from_states).update(state=to_state):
        raise VoucherStateError
    voucher.refresh_from_db()
    record_transition(subject=voucher, verb=verb, from_state=old, to_state=to_state, by=by, organisation=voucher.seller)
    record("shop.voucher.moved", subject=voucher, by=by, organisation=voucher.seller, verb=verb)
    return voucher
