"""Amounts that do not pass the way of the others: paid straight to a seller, taken back from it, lost at a bank."""

from datetime import datetime
from typing import Any

from django.db import transaction

from rebond.ledger.actions.posting import Move, Told, account_of, books_of, claim_key, open_accounts, write_entry
from rebond.ledger.enums import AccountKind, EntryKind, Part
from rebond.ledger.errors import BadAmount, LedgerError
from rebond.ledger.events import AmountEvent, digest_of
from rebond.ledger.models import Entry, Payout
from rebond.network.models import Organisation


@transaction.atomic
def post_straight(*, event: AmountEvent, is_back: bool = False, by: Any = None, now: datetime | None = None) -> Entry:
    """The seller `owner` took this money itself: the provider holds none of it, and the seller is owed so much less.

    Posted beside the sale, whose fees stay owed. `is_back`: the seller gave it back itself, beside the refund.
    Told again, it has one effect. Raise BadAmount, EventDiffers, NoOperator, LedgerError without a seller.
    """
    if event.owner is None:
        raise LedgerError(f"nobody took the money of {event.key}")
    cents = -event.cents if is_back else event.cents
    operator = books_of(event.operator)
    seller, provider = (event.owner, AccountKind.SELLER), (operator, AccountKind.PROVIDER)
    key = "straight-back" if is_back else "straight"
    sides = [(seller, cents), (provider, -cents)]
    return _once(event, EntryKind.STRAIGHT, key, sides, operator, (by, now))


@transaction.atomic
def post_dispute_excess(*, event: AmountEvent, step: str, now: datetime | None = None) -> Entry:
    """What a bank takes beyond what is left of the sales: the operator's own, until the bank decides.

    `step`: dispute, dispute_won, dispute_lost, as the entries of a sale's dispute. Raise as `post_straight`.
    """
    operator = books_of(event.operator)
    held, provider = (operator, AccountKind.DISPUTED), (operator, AccountKind.PROVIDER)
    sides = {
        EntryKind.DISPUTE: (held, provider),
        EntryKind.DISPUTE_WON: (provider, held),
        EntryKind.DISPUTE_LOST: ((operator, AccountKind.LOSS), held),
    }[EntryKind(step)]
    debit, credit = sides
    both = [(debit, event.cents), (credit, -event.cents)]
    return _once(event, EntryKind(step), f"excess-{step}", both, operator, (None, now))


def _once(
    event: AmountEvent,
    kind: EntryKind,
    key: str,
    sides: list[tuple[tuple[Organisation, AccountKind], int]],
    operator: Organisation,
    told: tuple[Any, datetime | None],
) -> Entry:
    if event.cents <= 0:
        raise BadAmount
    digest = digest_of(event)
    claim, known = claim_key(key=f"{key}:{event.key}", digest=digest)
    if known is not None:
        return known
    accounts = open_accounts(operator=operator, wanted=[side for side, _cents in sides])
    part = Part.GOODS if kind == EntryKind.STRAIGHT else Part.DISPUTE
    moves = [Move(accounts[owner.pk, str(side)], part, cents) for (owner, side), cents in sides]
    written = Told(operator, kind, event.subject, digest, told[0], event.reason, now=told[1])
    return write_entry(claim=claim, told=written, moves=moves)


@transaction.atomic
def post_taken_back(*, payout: Payout, event: AmountEvent, now: datetime | None = None) -> Entry:
    """A part of a payout that came back from the seller's account at the provider: the seller owes so much less.

    Raise BadAmount, EventDiffers.
    """
    if event.cents <= 0:
        raise BadAmount
    digest = digest_of(event)
    claim, known = claim_key(key=f"taken:{event.key}", digest=digest)
    if known is not None:
        return known
    operator = payout.account.operator
    provider = account_of(operator=operator, owner=operator, kind=AccountKind.PROVIDER)
    moves = [Move(provider, Part.PAYOUT, event.cents), Move(payout.account, Part.PAYOUT, -event.cents)]
    told = Told(operator, EntryKind.PAYOUT_TAKEN, event.subject, digest, reason=event.reason, now=now)
    return write_entry(claim=claim, told=told, moves=moves)
