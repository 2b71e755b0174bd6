"""Two orders at once never have a voucher's last use, on both databases."""

import uuid

import pytest
from django.utils.timezone import localdate

from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.part import lapse_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.voucher_desk import Terms, create_voucher
from rebond.shop.errors import VoucherRefusedError
from rebond.shop.models import Order, Voucher, VoucherUse
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.shop import CONTACT
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]


def made(uses):
    terms = Terms(name="Rentrée", amount_cents=500, starts_on=localdate(), ends_on=localdate(), uses_max=uses)
    return create_voucher(seller=None, terms=terms, by=None)


def ordering(item, voucher, said, email):
    keeper = Keeper(visitor=uuid.uuid4().hex[:20])
    take_item(keeper=keeper, item=item)
    agreed = Agreed({item.pk: Way(1, "home", 0)}, item.price_cents - 500, CONTACT, voucher=voucher)

    def run():
        try:
            place_order(keeper=keeper, email=email, operation=uuid.uuid4(), provider="test", agreed=agreed)
        except VoucherRefusedError:
            said.append("refused")

    return run


def test_six_orders_at_once_and_two_uses(seller, operator, index):
    voucher, said = made(2), []
    items = [ItemFactory(seller=seller, on_sale=True, price_cents=1_000) for _ in range(6)]
    acts = [ordering(item, voucher, said, f"a{n}@example.org") for n, item in enumerate(items)]

    assert race(acts) == []
    voucher.refresh_from_db()
    assert (voucher.used, voucher.used_cents, Order.objects.count(), said) == (2, 1_000, 2, ["refused"] * 4)
    assert check_ledger().is_right


def test_one_buyer_in_two_windows_has_it_once(seller, operator, index):
    voucher, said = made(10), []
    items = [ItemFactory(seller=seller, on_sale=True, price_cents=1_000) for _ in range(3)]
    acts = [ordering(item, voucher, said, "a@example.org") for item in items]

    assert race(acts) == []
    assert (Voucher.objects.get().used, said) == (1, ["refused"] * 2)


def test_paid_and_lapsed_at_once_end_in_one_right_state(seller, operator, index):
    voucher = made(1)
    ordering(ItemFactory(seller=seller, on_sale=True, price_cents=1_000), voucher, [], "a@example.org")()
    payment = Order.objects.get().payments.get()
    told = Told("test", "e1", "paid", payment.public_id, payment.amount_cents)

    assert race([lambda: receive_event(told=told), lambda: lapse_order(order=Order.objects.get())]) == []
    assert (Order.objects.get().state, VoucherUse.objects.get().state) == ("paid", "taken")
    assert (Voucher.objects.get().used, check_ledger().told) == (1, [])
