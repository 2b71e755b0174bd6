"""Amounts that do not pass the way of the others: paid straight to a seller, taken back from it, lost at a bank."""

from datetime import datetime
from typing import Any

from django.db import transaction

from rebond.ledger.actions.amounts import post_between
from rebond.ledger.actions.posting import books_of
from rebond.ledger.enums import AccountKind, EntryKind, Part
from rebond.ledger.errors import LedgerError
from rebond.ledger.events import AmountEvent
from rebond.ledger.models import Entry, Payout


@transaction.atomic
def post_straight(*, event: AmountEvent, is_back: bool = False, by: Any = None, now: datetime | None = None) -> Entry:
    """The seller `owner` took this money itself: the provider holds none of it, and the seller is owed so much less.

    Posted beside the sale, whose fees stay owed. `is_back`: the seller gave it back itself, beside the refund.
    Told again, it has one effect. Raise BadAmount, EventDiffers, NoOperator, LedgerError without a seller.
    """
    if event.owner is None:
        raise LedgerError(f"nobody took the money of {event.key}")
    operator = books_of(event.operator)
    seller, provider = (event.owner, AccountKind.SELLER), (operator, AccountKind.PROVIDER)
    debit, credit = (provider, seller) if is_back else (seller, provider)
    key = "straight-back" if is_back else "straight"
    return post_between(event, EntryKind.STRAIGHT, Part.GOODS, debit, credit, operator, (by, now), key=key)


@transaction.atomic
def post_dispute_excess(*, event: AmountEvent, step: str, now: datetime | None = None) -> Entry:
    """What a bank takes beyond what is left of the sales: the operator's own, until the bank decides.

    `step`: dispute, dispute_won, dispute_lost, as the entries of a sale's dispute. Raise as `post_straight`.
    """
    operator = books_of(event.operator)
    held, provider = (operator, AccountKind.DISPUTED), (operator, AccountKind.PROVIDER)
    debit, credit = {
        EntryKind.DISPUTE: (held, provider),
        EntryKind.DISPUTE_WON: (provider, held),
        EntryKind.DISPUTE_LOST: ((operator, AccountKind.LOSS), held),
    }[EntryKind(step)]
    key = f"excess-{step}"
    return post_between(event, EntryKind(step), Part.DISPUTE, debit, credit, operator, (None, now), key=key)


@transaction.atomic
def post_taken_back(*, payout: Payout, event: AmountEvent, now: datetime | None = None) -> Entry:
    """A part of a payout that came back from the seller's account at the provider: the seller owes so much less.

    Raise BadAmount, EventDiffers.
    """
    operator, account = payout.account.operator, payout.account
    debit, credit = (operator, AccountKind.PROVIDER), (account.owner, AccountKind(account.kind))
    return post_between(event, EntryKind.PAYOUT_TAKEN, Part.PAYOUT, debit, credit, operator, (None, now), key="taken")
