"""A voucher in an order: taken when it is placed, given back when the order is over (decision 35).

Taking is one conditional update under a CHECK: two orders at once never have the last use. The caller holds the order;
the voucher is locked after the items, before the balances of the books and the slots.
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.shop.enums import OrderLineState
from rebond.shop.errors import VoucherRefusedError
from rebond.shop.models import Basket, Order, OrderLine, Voucher, VoucherUse
from rebond.shop.money_enums import VOUCHER_USE_TRANSITIONS, VoucherUseState
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.vouchers import Reduction, says, usable, uses_of_buyer


def take_voucher(*, order: Order, cut: Reduction | None, now: datetime.datetime) -> VoucherUse | None:
    """The order has it, with what was told; None without a code. Raise VoucherRefusedError where no use is left.

    None left at all, or none for this buyer: the same account, or the same mail. In the caller's transaction.
    """
    if cut is None:
        return None
    voucher = cut.voucher
    if not _count(voucher, order, cut.cents, now):
        raise VoucherRefusedError
    told = {"code": cut.code, "name": voucher.name, "says": says(voucher), "is_network": voucher.is_network}
    use = VoucherUse.objects.create(voucher=voucher, order=order, cents=cut.cents, told=told, created_at=now)
    record("shop.voucher.used", subject=voucher, by=order.user, organisation=voucher.seller, cents=cut.cents)
    return use


def _count(voucher: Voucher, order: Order, cents: int, now: datetime.datetime) -> bool:
    """One more use, where one is left in all and for this buyer. The row stays ours until the end."""
    rows = usable(timezone.localdate(now)).filter(pk=voucher.pk)
    if not rows.update(used=F("used") + 1, used_cents=F("used_cents") + cents):
        return False
    if uses_of_buyer(voucher, order.user, order.email) < voucher.buyer_max:
        return True
    _uncount(voucher, cents)
    return False


def _uncount(voucher: Voucher, cents: int) -> None:
    Voucher.objects.filter(pk=voucher.pk).update(used=F("used") - 1, used_cents=F("used_cents") - cents)


def _move(use: VoucherUse, verb: str, back_at: datetime.datetime | None) -> bool:
    from_states, to_state = VOUCHER_USE_TRANSITIONS[verb]
    rows = VoucherUse.objects.filter(pk=use.pk, state__in=from_states)
    return bool(rows.update(state=to_state, back_at=back_at))


def give_voucher_back(*, order: Order, now: datetime.datetime) -> bool:
    """Others may use it: the order lapsed, or nothing is left of what its voucher was for. Once.

    Not where the buyer changed their mind after they received it: the reduction was theirs. In the caller's
    transaction.
    """
    use = VoucherUse.objects.filter(order=order, state=VoucherUseState.TAKEN).select_related("voucher__seller").first()
    if use is None or not _move(use, "give_back", now):
        return False
    _uncount(use.voucher, use.cents)
    record("shop.voucher.back", subject=use.voucher, by=None, organisation=use.voucher.seller, cents=use.cents)
    return True


def free_if_over(*, order: Order, now: datetime.datetime) -> bool:
    """Give it back where every object that it lowered is cancelled, or was never had."""
    open_states = [OrderLineState.PLACED, OrderLineState.SOLD]
    rows = OrderLine.objects.filter(part__order=order, discount_cents__gt=0, state__in=open_states)
    return False if rows.exists() else give_voucher_back(order=order, now=now)


def regain_voucher(*, order: Order, now: datetime.datetime) -> bool:
    """A payment came after the order lapsed: take its voucher again; False where no use is left for it.

    True where the order has none, or has it still. In the caller's transaction.
    """
    use = VoucherUse.objects.filter(order=order, state=VoucherUseState.BACK).select_related("voucher__seller").first()
    if use is None:
        return True
    if not _count(use.voucher, order, use.cents, now):
        return False
    _move(use, "take_again", None)
    record("shop.voucher.used", subject=use.voucher, by=order.user, organisation=use.voucher.seller, cents=use.cents)
    return True


@transaction.atomic
def note_wrong_code(*, keeper: Keeper, by: Any) -> None:
    """The journal knows that codes are tried, and not which: a code that is somebody's stays theirs."""
    basket = Basket.objects.filter(user=keeper.user, visitor=keeper.visitor).first()
    if basket is not None:
        record("shop.voucher.tried", subject=basket, by=by)
