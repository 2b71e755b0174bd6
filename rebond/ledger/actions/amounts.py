"""Events of one amount between two accounts: gestures, surcharges, round-ups, gift cards, fees of the provider."""

from datetime import datetime
from typing import Any

from django.db import transaction

from rebond.ledger.actions.posting import Move, Told, Wanted, books_of, claim_key, open_accounts, write_entry
from rebond.ledger.enums import AccountKind, EntryKind, Part
from rebond.ledger.errors import BadAmount, LedgerError
from rebond.ledger.events import AmountEvent, digest_of
from rebond.ledger.models import Entry
from rebond.network.models import Organisation


def post_between(
    event: AmountEvent,
    kind: EntryKind,
    part: Part,
    debit: Wanted,
    credit: Wanted,
    operator: Organisation,
    told: Any,
    *,
    key: str = "",
) -> Entry:
    """Post `cents` from the credit's side to the debit's side, once; `key` where the kind alone is not the event's."""
    if event.cents <= 0:
        raise BadAmount
    by, now = told
    digest = digest_of(event)
    claim, known = claim_key(key=f"{key or kind}:{event.key}", digest=digest)
    if known is not None:
        return known
    accounts = open_accounts(operator=operator, wanted=[debit, credit])
    moves = [
        Move(accounts[debit[0].pk, str(debit[1])], part, event.cents),
        Move(accounts[credit[0].pk, str(credit[1])], part, -event.cents),
    ]
    written = Told(operator, kind, event.subject, digest, by, event.reason, now=now)
    return write_entry(claim=claim, told=written, moves=moves)


def _bearer(event: AmountEvent, operator: Organisation, kind: AccountKind) -> Wanted:
    """The seller who bears an amount, or the operator's own account of this kind."""
    if event.owner is None or event.owner.pk == operator.pk:
        return operator, kind
    return event.owner, AccountKind.SELLER


@transaction.atomic
def post_gesture(
    *, event: AmountEvent, card_issuer: Organisation | None = None, by: Any = None, now: datetime | None = None
) -> Entry:
    """An amount given to a buyer out of kindness: no fee comes back. Raise BadAmount, EventDiffers, NoOperator.

    `card_issuer`: put on a gift card, which its issuer owes.

    A lower price agreed for a flaw is a partial refund of its line instead: the commission follows.
    """
    operator = books_of(event.operator)
    bearer = _bearer(event, operator, AccountKind.GESTURE)
    credit = (operator, AccountKind.PROVIDER) if card_issuer is None else (card_issuer, AccountKind.GIFT_CARD)
    return post_between(event, EntryKind.GESTURE, Part.GESTURE, bearer, credit, operator, (by, now))


@transaction.atomic
def post_gesture_back(
    *, event: AmountEvent, card_issuer: Organisation | None = None, by: Any = None, now: datetime | None = None
) -> Entry:
    """What a gesture gave counts in a later refund: whoever bore the gesture bears it no more. Raise as `post_gesture`.

    The refund itself is posted whole: the provider gives back less by this much.
    """
    operator = books_of(event.operator)
    bearer = _bearer(event, operator, AccountKind.GESTURE)
    debit = (operator, AccountKind.PROVIDER) if card_issuer is None else (card_issuer, AccountKind.GIFT_CARD)
    told = (by, now)
    return post_between(event, EntryKind.GESTURE, Part.GESTURE, debit, bearer, operator, told, key="gesture_back")


@transaction.atomic
def post_surcharge(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """The surcharge of a late refund (rules.md F2), borne by whoever was late. Raise as `post_gesture`."""
    operator = books_of(event.operator)
    bearer = _bearer(event, operator, AccountKind.SURCHARGE)
    provider = (operator, AccountKind.PROVIDER)
    return post_between(event, EntryKind.SURCHARGE, Part.SURCHARGE, bearer, provider, operator, (by, now))


@transaction.atomic
def post_surcharge_owed(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """The surcharge of a late refund is owed to the buyer and not paid yet: no provider gives back more than it took.

    Borne by whoever was late, kept from what it is owed until it is paid. Raise as `post_gesture`.
    """
    operator = books_of(event.operator)
    bearer = _bearer(event, operator, AccountKind.SURCHARGE)
    return post_between(
        event, EntryKind.SURCHARGE, Part.SURCHARGE, bearer, (operator, AccountKind.BUYER), operator, (by, now)
    )


@transaction.atomic
def post_surcharge_paid(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """The bearer paid it to the buyer by its own means: nothing is kept from it any more. Raise as `post_gesture`.

    The key is another one than that of the surcharge itself.
    """
    operator = books_of(event.operator)
    bearer = _bearer(event, operator, AccountKind.SURCHARGE)
    return post_between(
        event, EntryKind.SURCHARGE, Part.SURCHARGE, (operator, AccountKind.BUYER), bearer, operator, (by, now)
    )


@transaction.atomic
def post_round_up(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """A gift collected by the provider for the fund `owner`, on an account of its own. Raise as `post_gesture`."""
    if event.owner is None:
        raise LedgerError(f"the round-up {event.key} is for nobody")
    operator = books_of(event.operator)
    debit, credit = (operator, AccountKind.PROVIDER), (event.owner, AccountKind.ROUND_UP)
    return post_between(event, EntryKind.ROUND_UP, Part.ROUND_UP, debit, credit, operator, (by, now))


@transaction.atomic
def post_round_up_back(
    *, event: AmountEvent, is_lost: bool = False, by: Any = None, now: datetime | None = None
) -> Entry:
    """A round-up goes back to its buyer: nothing is left of the order it was given with. Raise as `post_round_up`.

    `is_lost`: the buyer's bank took it; it leaves the fund, and covers what the operator lost.
    """
    if event.owner is None:
        raise LedgerError(f"the round-up {event.key} is for nobody")
    operator = books_of(event.operator)
    debit = (event.owner, AccountKind.ROUND_UP)
    credit = (operator, AccountKind.LOSS if is_lost else AccountKind.PROVIDER)
    return post_between(
        event, EntryKind.ROUND_UP, Part.ROUND_UP, debit, credit, operator, (by, now), key="round_up_back"
    )


@transaction.atomic
def post_gift_card(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """A gift card sold by its named issuer `owner`: owed until it is used. Raise as `post_gesture`."""
    if event.owner is None:
        raise LedgerError(f"the gift card {event.key} has no issuer")
    operator = books_of(event.operator)
    debit, credit = (operator, AccountKind.PROVIDER), (event.owner, AccountKind.GIFT_CARD)
    return post_between(event, EntryKind.GIFT_CARD, Part.GIFT_CARD, debit, credit, operator, (by, now))


@transaction.atomic
def post_gift_card_back(
    *, event: AmountEvent, is_lost: bool = False, by: Any = None, now: datetime | None = None
) -> Entry:
    """What a gift card holds goes back to who paid it: its issuer owes it no more. Raise as `post_gift_card`.

    `is_lost`: the payer's bank took it; it covers what the operator lost.
    """
    if event.owner is None:
        raise LedgerError(f"the gift card {event.key} has no issuer")
    operator = books_of(event.operator)
    debit = (event.owner, AccountKind.GIFT_CARD)
    credit = (operator, AccountKind.LOSS if is_lost else AccountKind.PROVIDER)
    told = (by, now)
    return post_between(event, EntryKind.GIFT_CARD, Part.GIFT_CARD, debit, credit, operator, told, key="gift_card_back")


@transaction.atomic
def post_payment_fee(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """What the provider kept for its service: a cost of the operator. Raise as `post_gesture`."""
    operator = books_of(event.operator)
    debit, credit = (operator, AccountKind.PAYMENT_FEE), (operator, AccountKind.PROVIDER)
    return post_between(event, EntryKind.PAYMENT_FEE, Part.PAYMENT, debit, credit, operator, (by, now))


@transaction.atomic
def post_service(
    *,
    event: AmountEvent,
    vat_cents: int = 0,
    is_netted: bool = True,
    by: Any = None,
    now: datetime | None = None,
) -> Entry:
    """A service invoiced apart from a sale, `vat_cents` of it VAT. Netted: taken from what the seller `owner` is owed.

    Else its customer owes it, and pays by transfer. Raise as `post_gesture`; BadAmount where the VAT is not less.
    """
    if is_netted and event.owner is None:
        raise LedgerError(f"the service {event.key} is for nobody")
    if not 0 <= vat_cents < event.cents:
        raise BadAmount
    operator = books_of(event.operator)
    debtor: Wanted = (operator, AccountKind.CUSTOMER)
    if is_netted and event.owner is not None:
        debtor = (event.owner, AccountKind.SELLER)
    digest = digest_of(event)
    claim, known = claim_key(key=f"{EntryKind.FEE}:{event.key}", digest=digest)
    if known is not None:
        return known
    sides = [(debtor, event.cents), ((operator, AccountKind.COMMISSION), vat_cents - event.cents)]
    sides += [((operator, AccountKind.VAT), -vat_cents)] if vat_cents else []
    accounts = open_accounts(operator=operator, wanted=[wanted for wanted, _cents in sides])
    moves = [Move(accounts[owner.pk, str(kind)], Part.SERVICE, cents) for (owner, kind), cents in sides]
    told = Told(operator, EntryKind.FEE, event.subject, digest, by, event.reason, now=now)
    return write_entry(claim=claim, told=told, moves=moves)


@transaction.atomic
def post_service_due(
    *, event: AmountEvent, is_back: bool = False, by: Any = None, now: datetime | None = None
) -> Entry:
    """What was to be taken from what the seller `owner` is owed is to be paid by transfer instead. Raise as
    `post_gesture`.

    `is_back`: the service is credited, and its own entry undone on the seller's account.
    """
    if event.owner is None:
        raise LedgerError(f"the service {event.key} is for nobody")
    operator = books_of(event.operator)
    customer, seller = (operator, AccountKind.CUSTOMER), (event.owner, AccountKind.SELLER)
    debit, credit = (seller, customer) if is_back else (customer, seller)
    key = "service_due_back" if is_back else ""
    return post_between(event, EntryKind.SERVICE_DUE, Part.SERVICE, debit, credit, operator, (by, now), key=key)


@transaction.atomic
def post_service_paid(
    *, event: AmountEvent, is_back: bool = False, by: Any = None, now: datetime | None = None
) -> Entry:
    """A customer paid a service on the operator's own account, as its bank says. Raise as `post_gesture`.

    `is_back`: a service that was paid and then credited, given back from that account.
    """
    operator = books_of(event.operator)
    bank, customer = (operator, AccountKind.BANK), (operator, AccountKind.CUSTOMER)
    debit, credit = (customer, bank) if is_back else (bank, customer)
    key = "service_back" if is_back else ""
    return post_between(event, EntryKind.SERVICE_PAID, Part.SERVICE, debit, credit, operator, (by, now), key=key)


@transaction.atomic
def post_waiting(*, event: AmountEvent, is_back: bool = False, by: Any = None, now: datetime | None = None) -> Entry:
    """Money came to the operator's own account, and nobody knows what for. Raise as `post_gesture`.

    `is_back`: it went back to its sender, or is nothing of these books.
    """
    operator = books_of(event.operator)
    bank, waiting = (operator, AccountKind.BANK), (operator, AccountKind.WAITING)
    told = (by, now)
    if is_back:
        return post_between(event, EntryKind.EXCESS_BACK, Part.EXCESS, waiting, bank, operator, told)
    return post_between(event, EntryKind.EXCESS, Part.EXCESS, bank, waiting, operator, told)


@transaction.atomic
def post_waiting_used(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """What came and waited pays a service: its customer owes so much less. Raise as `post_gesture`."""
    operator = books_of(event.operator)
    debit, credit = (operator, AccountKind.WAITING), (operator, AccountKind.CUSTOMER)
    return post_between(event, EntryKind.SERVICE_PAID, Part.SERVICE, debit, credit, operator, (by, now))


@transaction.atomic
def post_excess(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """Money that the provider took and that buys nothing (an object taken meanwhile, a second payment): owed back.

    Raise as `post_gesture`.
    """
    operator = books_of(event.operator)
    debit, credit = (operator, AccountKind.PROVIDER), (operator, AccountKind.BUYER)
    return post_between(event, EntryKind.EXCESS, Part.EXCESS, debit, credit, operator, (by, now))


@transaction.atomic
def post_excess_back(*, event: AmountEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """What `post_excess` owed to a buyer goes back by the same means. Raise as `post_gesture`."""
    operator = books_of(event.operator)
    debit, credit = (operator, AccountKind.BUYER), (operator, AccountKind.PROVIDER)
    return post_between(event, EntryKind.EXCESS_BACK, Part.EXCESS, debit, credit, operator, (by, now))
