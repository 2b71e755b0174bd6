"""The online withdrawal (rules.md F2; L221-21 and D221-5): declared once, acknowledged at once, never with a reason."""

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop.actions.crossed import tie_own
from rebond.shop.actions.parcels import take_out
from rebond.shop.actions.payable import hold_for_returns
from rebond.shop.actions.repair import end_by_decision
from rebond.shop.actions.withdrawal_mail import tell_withdrawal
from rebond.shop.enums import Outcome, ReturnState
from rebond.shop.errors import NothingToWithdrawError, WithdrawalOverError
from rebond.shop.models import Order, OrderLine, Return, ReturnLine, SellerOrder, Withdrawal, WithdrawnLine
from rebond.shop.queries.carried import came_back
from rebond.shop.queries.delays import refund_end, send_back_end
from rebond.shop.queries.withdrawal import Contract, Going, address_of, contracts_of, going_of, place_of


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the buyer typed and chose: lines by key, the form's own operation."""

    lines: Collection[int]
    name: str
    email: str
    operation: uuid.UUID


@transaction.atomic
def declare_withdrawal(
    *, order: Order, said: Declaration, by: Any = None, now: datetime.datetime | None = None
) -> list[Withdrawal]:
    """Withdraw from the lines chosen: one declaration for each contract, acknowledged by mail with date and hour.

    Where some of a contract left and some did not, there is one for each: the first are kept here and refunded, the
    others come back first. What its carrier brought back already has arrived.

    The same form twice, or another one that names only lines withdrawn before, gives the declarations that are
    there. The delay counts from the last delivery of each contract and runs to its last hour; before the delivery
    there is no end yet. Raise WithdrawalOverError where one delay is over (nothing is declared then), and
    NothingToWithdrawError where no line may be.
    """
    now = now or timezone.now()
    order = lock_row(order)
    chosen = [contract for contract in contracts_of(order, now) if _named(contract, said.lines)]
    if not chosen:
        raise NothingToWithdrawError
    for contract in chosen:
        if contract.last_day and not contract.is_open and _fresh(contract, said.lines):
            raise WithdrawalOverError(contract.last_day)
    made: dict[int, Withdrawal] = {}
    for contract in chosen:
        going = going_of(contract, _fresh(contract, said.lines))
        for number, one in enumerate(going):
            operation = uuid.uuid5(said.operation, f"away {number}") if number else said.operation
            withdrawal = _write(contract, one, replace(said, operation=operation), by, now)
            made[withdrawal.pk] = withdrawal
        known = Withdrawal.objects.filter(lines__line__in=[line.pk for line in contract.done if line.pk in said.lines])
        made |= {withdrawal.pk: withdrawal for withdrawal in known.order_by("pk")}
    return list(made.values())


def _named(contract: Contract, lines: Collection[int]) -> bool:
    return any(line.pk in lines for line in (*contract.lines, *contract.done))


def _fresh(contract: Contract, lines: Collection[int]) -> list[OrderLine]:
    return [line for line in contract.lines if line.pk in lines]


def _write(contract: Contract, going: Going, said: Declaration, by: Any, now: datetime.datetime) -> Withdrawal:
    part, lines = contract.part, going.lines
    withdrawal = Withdrawal.objects.create(
        part=part,
        operation=said.operation,
        name=said.name,
        email=said.email,
        language=translation.get_language() or "fr",
        declared_at=now,
        received_on=contract.received_on,
        last_day=contract.last_day,
        said=_said(contract, lines, said),
    )
    WithdrawnLine.objects.bulk_create([WithdrawnLine(withdrawal=withdrawal, line=line) for line in lines])
    for line in lines:
        end_by_decision(line, Outcome.RETURN, by, now)
    back = _open_return(part, going, withdrawal, now)
    if back.state == ReturnState.UNSENT:
        take_out(order=part.order, lines=lines, by=by, is_owed=True)
    record(
        "shop.withdrawal.declared",
        subject=withdrawal,
        by=by,
        organisation=part.seller,
        order=part.order.public_id,
        lines=[line.item.code for line in lines],
        cents=back.cents,
    )
    tell_withdrawal(withdrawal, back)
    return withdrawal


def _said(contract: Contract, lines: list[OrderLine], said: Declaration) -> Mapping[str, Any]:
    """The declaration's content, as the law's model form has it (annex of R221-1)."""
    order, seller = contract.part.order, contract.part.seller
    return {
        "seller": seller.legal_name or seller.name,
        "address": address_of(place_of(seller)),
        "seller_email": seller.email,
        "order": order.public_id,
        "part": contract.part.public_id,
        "ordered_on": timezone.localdate(order.paid_at or order.created_at).isoformat(),
        "received_on": contract.received_on.isoformat() if contract.received_on else "",
        "lines": [
            {"title": line.title, "code": line.item.code, "quantity": line.quantity, "cents": line.left_cents}
            for line in lines
        ],
        "buyer_address": ", ".join(p for p in (order.address, f"{order.postal_code} {order.city}".strip()) if p),
    }


def _open_return(part: SellerOrder, going: Going, withdrawal: Withdrawal, now: datetime.datetime) -> Return:
    """What has not left, or came back, is owed within 14 days; what is away is awaited first."""
    today = timezone.localdate(now)
    is_awaited = going.is_away and not going.is_back
    state = ReturnState.ARRIVED if going.is_back else ReturnState.AWAITED if is_awaited else ReturnState.UNSENT
    back = Return.objects.create(
        part=part,
        withdrawal=withdrawal,
        state=state,
        objects_cents=sum(line.left_cents for line in going.lines),
        shipping_cents=going.shipping_cents,
        due_on=send_back_end(today) if is_awaited else refund_end(today),
        created_at=now,
        arrived_at=now if going.is_back else None,
    )
    ReturnLine.objects.bulk_create([ReturnLine(back=back, line=line) for line in going.lines])
    hold_for_returns(part=part)
    for shipment in came_back(going.lines).values() if going.is_back else ():
        tie_own(back=back, shipment=shipment, now=now)
    return back


@transaction.atomic
def explain_withdrawal(*, withdrawal: Withdrawal, reason: str, comment: str, by: Any = None) -> Withdrawal:
    """Keep the reason that the buyer chose to give afterwards; it changes nothing to what is owed."""
    Withdrawal.objects.filter(pk=withdrawal.pk).update(reason=reason, comment=comment)
    record("shop.withdrawal.explained", subject=withdrawal, by=by, organisation=withdrawal.part.seller, reason=reason)
    withdrawal.reason, withdrawal.comment = reason, comment
    return withdrawal
