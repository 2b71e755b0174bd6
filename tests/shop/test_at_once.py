"""Several real acts at once: the buyer withdraws, the seller cancels, sends and refunds, the provider tells."""

import contextlib
import datetime
import uuid

import pytest
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.part import CancelLine, change_part, ship_part
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.returning import note_arrival, refund_return, tell_sent
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import ShopError
from rebond.shop.models import Order, OrderLine, Payment, Refund, Return, SellerOrder
from rebond.shop.queries.returns import left_of
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import paid_order
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]
NOW = timezone.now()


def fresh(part):
    return SellerOrder.objects.select_related("order", "seller").get(pk=part.pk)


def quiet(act):
    """What comes second may be refused: that is the right answer."""

    def run():
        with contextlib.suppress(ShopError):
            act()

    return run


@pytest.mark.parametrize("seed", range(4))
def test_withdraw_cancel_ship_and_the_provider_at_once_end_in_one_right_state(seller, operator, owner, index, seed):
    chair = ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2_500)
    lamp = ItemFactory(seller=seller, on_sale=True, title="Lampe", price_cents=700)
    order = paid_order(chair, lamp, shipping=490, now=NOW - datetime.timedelta(days=1))
    part, chair_line = order.parts.get(), OrderLine.objects.get(item=chair).pk
    early = ask_refund(
        part=fresh(part), lines={OrderLine.objects.get(item=lamp).pk: 100}, reason="gesture", by=None,
        operation=uuid.uuid4(),
    )  # fmt: skip
    said = Declaration([chair_line], "Camille Vasseur", "camille@example.org", uuid.uuid4())
    told = Told("test", f"refunded-{early.public_id}", "refunded", early.public_id, early.amount_cents)

    def give_back():
        for back in Return.objects.filter(part=part):
            refund_return(back=back, by=owner, operation=uuid.uuid4())

    acts = [
        lambda: declare_withdrawal(order=Order.objects.get(pk=order.pk), said=said),
        lambda: change_part(
            part=fresh(part), changes=[CancelLine(chair_line, "not_found")], by=owner, operation=uuid.uuid4()
        ),
        lambda: ship_part(part=fresh(part), carrier="", tracking="", by=owner),
        give_back,
        lambda: receive_event(told=told),
        lambda: receive_event(told=told),
        lambda: make_refund(refund_id=early.pk),
    ]

    raised = race([quiet(act) for act in acts[seed:] + acts[:seed]])

    assert raised == []
    for back in Return.objects.exclude(state="closed"):  # what was declared is ended by the people, whatever came first
        if back.state == "awaited":
            tell_sent(back=back, way="parcel")
            note_arrival(back=back, by=owner)
        back.refresh_from_db()
        refund_return(back=back, by=owner, operation=uuid.uuid4())
    for refund in Refund.objects.filter(state="asked"):
        make_refund(refund_id=refund.pk)

    line = OrderLine.objects.get(pk=chair_line)
    given = sum(Refund.objects.values_list("amount_cents", flat=True))
    assert line.refunded_cents in {0, 2_500}
    assert (line.refunded_cents == 2_500) == (
        line.state == "cancelled" or Return.objects.filter(state="closed").exists()
    )
    assert given == sum(one.refunded_cents + one.shipping_refunded_cents for one in OrderLine.objects.all())
    assert Payment.objects.get().refunded_cents == given <= 3_690
    assert all(left_of(back) == 0 for back in Return.objects.all())
    assert Return.objects.count() <= 1
    assert Item.objects.get(pk=chair.pk).state in {"sold", "withdrawn"}
    assert check_ledger().is_right
