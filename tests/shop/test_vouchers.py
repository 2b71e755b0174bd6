"""Vouchers: what a code takes, to the cent; who pays it, in the books and on the papers; never once too often."""

import datetime
import uuid

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localdate
from hypothesis import given, settings
from hypothesis import strategies as st

from rebond.catalogue.models import Item
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Account, Sale
from rebond.ledger.models import RefundLine as BookLine
from rebond.ledger.queries.accounts import balance_now
from rebond.ledger.splitting import share_out
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.by_hand import note_given_back, pay_later, set_pay_option, take_at_collection
from rebond.shop.actions.dispute import Contested, receive_dispute
from rebond.shop.actions.order import Agreed, Way, forget_unpaid, place_order
from rebond.shop.actions.part import CancelLine, LowerPrice, change_part, lapse_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.trial import contest_payment
from rebond.shop.actions.voucher_desk import Terms, create_voucher, move_voucher
from rebond.shop.errors import (
    OrderChangedError,
    RefundTooMuchError,
    VoucherFloorError,
    VoucherInvalidError,
    VoucherRefusedError,
    VoucherStateError,
)
from rebond.shop.models import BasketLine, Order, OrderLine, Refund, Voucher, VoucherUse
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.vouchers import display_voucher, find_voucher, parse_voucher, reduction_of
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.network import OrganisationFactory
from tests.factories.shop import CONTACT

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = settings.PAYOUT_PROVIDER = "test"


def made(seller=None, **changes):
    terms = {"name": "Rentrée", "amount_cents": 500, "starts_on": localdate(), "ends_on": localdate(), "uses_max": 10}
    return create_voucher(seller=seller, terms=Terms(**terms | changes), by=None)


def things(seller, *prices):
    return [ItemFactory(seller=seller, on_sale=True, price_cents=cents) for cents in prices]


def kept(*items, keeper=None):
    keeper = keeper or Keeper(visitor=uuid.uuid4().hex[:20])
    for item in items:
        take_item(keeper=keeper, item=item)
    return keeper


def cut(voucher, keeper):
    return reduction_of(voucher, list(keeper.lines().select_related("item").order_by("item_id")))


def placed(*items, voucher, keeper=None, email="camille@example.org", less=None, shipping=0, operation=None):
    keeper = kept(*items, keeper=keeper)
    less = cut(voucher, keeper).cents if less is None else less
    ways = {item.pk: Way(1, "home", shipping) for item in items}
    agreed = Agreed(ways, sum(item.price_cents for item in items) - less + shipping, CONTACT, voucher=voucher)
    operation = operation or uuid.uuid4()
    return place_order(keeper=keeper, email=email, operation=operation, provider="test", agreed=agreed)


def pay(payment):
    told = Told(payment.provider, uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents)
    receive_event(told=told)
    payment.order.refresh_from_db()
    return payment.order


def owed(owner, kind):
    account = Account.objects.filter(owner=owner, kind=kind).first()
    return balance_now(account) if account else 0


def cost(operator):
    """What vouchers of the network cost so far: a debit of the operator's own."""
    return -owed(operator, AccountKind.VOUCHER)


def books_are_right():
    report = check_ledger()
    return report.is_right or report.told


def numbers(voucher):
    voucher.refresh_from_db()
    return voucher.used, voucher.used_cents


# What a code takes: the sum, the objects, the days


def test_an_amount_is_split_over_the_objects_and_each_keeps_a_cent(seller, operator):
    keeper = kept(*things(seller, 1_000, 2_000, 3))
    taken = cut(made(seller, amount_cents=1_001), keeper)
    assert (taken.cents, sorted(taken.by_item.values())) == (1_001, [1, 333, 667])
    assert not taken.is_capped


def test_one_euro_is_always_left_to_pay(seller, operator):
    keeper = kept(*things(seller, 800))
    taken = cut(made(seller, amount_cents=5_000), keeper)
    assert (taken.cents, taken.is_capped) == (700, True)
    assert cut(made(seller, amount_cents=None, percent=100), keeper).cents == 700
    with pytest.raises(VoucherFloorError) as low:
        cut(made(seller), kept(*things(seller, 100)))
    assert low.value.floor_cents == 101


def test_a_percentage_rounds_half_up_and_stops_at_its_ceiling(seller, operator):
    keeper = kept(*things(seller, 1_005))
    assert cut(made(seller, amount_cents=None, percent=10), keeper).cents == 101
    assert cut(made(seller, amount_cents=None, percent=10, ceiling_cents=50), keeper).cents == 50


def test_only_the_objects_meant_are_lowered(seller, operator):
    other = OrganisationFactory(seller_state="admitted", letters="ZZZ", kind="association")
    lamps = CategoryFactory(key="lampes", path="maison/lampes")
    mine, theirs = ItemFactory(seller=seller, on_sale=True, price_cents=1_000), things(other, 1_000)[0]
    lamp = ItemFactory(seller=other, category=lamps, on_sale=True, price_cents=2_000)
    keeper = kept(mine, theirs, lamp)

    assert set(cut(made(seller), keeper).by_item) == {mine.pk}
    assert set(cut(made(category=lamps), keeper).by_item) == {lamp.pk}
    assert set(cut(made(), keeper).by_item) == {mine.pk, theirs.pk, lamp.pk}
    with pytest.raises(VoucherRefusedError):
        cut(made(seller, category=lamps), keeper)
    with pytest.raises(VoucherFloorError):
        cut(made(seller, floor_cents=1_001), keeper)


@settings(max_examples=200)
@given(prices=st.lists(st.integers(1, 100_000), min_size=1, max_size=30), wanted=st.integers(1, 2_000_000))
def test_whatever_the_prices_the_parts_add_up_and_stay_below_each_price(prices, wanted):
    whole = sum(prices)
    if whole <= 100:
        return
    taken = min(wanted, whole - 100)
    parts = share_out(taken, [price - 1 for price in prices])
    assert sum(parts) == taken
    assert all(0 <= part < price for part, price in zip(parts, prices, strict=True))


def test_a_code_is_read_however_it_is_typed(operator):
    voucher = made()
    shown = display_voucher(voucher.code)
    assert len(voucher.code) == 12
    assert find_voucher(f" {shown.lower()} ", localdate()) == voucher
    assert parse_voucher("ABCD-EFGH") == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_on": localdate() + datetime.timedelta(3), "ends_on": localdate() + datetime.timedelta(9)},
        {"starts_on": localdate() - datetime.timedelta(9), "ends_on": localdate() - datetime.timedelta(1)},
    ],
)
def test_outside_its_days_a_code_is_nothing(operator, changes):
    assert find_voucher(made(**changes).code, localdate()) is None


def test_paused_or_ended_it_is_nothing(operator):
    voucher = made()
    move_voucher(voucher=voucher, verb="pause", by=None)
    assert find_voucher(voucher.code, localdate()) is None
    move_voucher(voucher=voucher, verb="resume", by=None)
    assert find_voucher(voucher.code, localdate()) == voucher
    move_voucher(voucher=voucher, verb="end", by=None)
    for verb in ("pause", "resume", "end"):
        with pytest.raises(VoucherStateError):
            move_voucher(voucher=voucher, verb=verb, by=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"percent": 10},
        {"amount_cents": None},
        {"amount_cents": None, "percent": 101, "ceiling_cents": 100},
        {"amount_cents": None, "percent": 10},  # the network's has a ceiling
        {"ceiling_cents": 100},
        {"ends_on": localdate() - datetime.timedelta(1)},
        {"uses_max": 0},
        {"buyer_max": 11},
        {"name": " "},
    ],
)
def test_terms_that_make_no_sense_are_refused(operator, changes):
    with pytest.raises(VoucherInvalidError):
        made(**changes)
    assert Voucher.objects.count() == 0


# A seller's own: it bears it


def test_a_sellers_voucher_lowers_its_sale_and_its_commission(seller, operator, owner):
    items, voucher = things(seller, 1_000, 3_000), made(seller, amount_cents=1_000)
    order = pay(placed(*items, voucher=voucher, shipping=490))

    lines = list(OrderLine.objects.order_by("unit_cents"))
    assert [(line.cents, line.discount_cents, line.network_cents) for line in lines] == [(750, 250, 0), (2_250, 750, 0)]
    sale = Sale.objects.get()
    assert (order.total_cents, sale.total_cents, sale.voucher_cents) == (3_490, 3_490, 0)
    assert VoucherUse.objects.get().told["code"] == display_voucher(voucher.code)
    assert numbers(voucher) == (1, 1_000)
    assert books_are_right() is True


def test_what_goes_back_of_a_line_is_what_was_paid_of_it(seller, operator, owner):
    order = pay(placed(*things(seller, 1_000, 3_000), voucher=made(seller, amount_cents=1_000)))
    part = order.parts.get()
    first = part.lines.get(unit_cents=1_000)
    with pytest.raises(RefundTooMuchError):
        ask_refund(part=part, lines={first.pk: 751}, reason="other", by=owner, operation=uuid.uuid4())
    ask_refund(part=part, lines={first.pk: 750}, reason="withdrawn", by=owner, operation=uuid.uuid4())
    first.refresh_from_db()
    assert (first.left_cents, order.payments.get().refunded_cents) == (0, 750)
    assert books_are_right() is True


# The network's own: the operator pays it


def test_a_voucher_of_the_network_leaves_the_seller_its_whole_price(seller, operator):
    order = pay(placed(*things(seller, 1_000, 3_000), voucher=made(amount_cents=1_000)))
    sale = Sale.objects.get()
    assert (order.total_cents, sale.total_cents, sale.voucher_cents, sale.left_cents) == (3_000, 4_000, 1_000, 3_000)
    assert (cost(operator), [line.base_cents for line in sale.lines.first().fees.all()] or [1_000]) == (1_000, [1_000])
    assert books_are_right() is True


def test_given_back_in_parts_the_operator_has_its_share_of_each(seller, operator, owner):
    order = pay(placed(*things(seller, 1_001), voucher=made(amount_cents=333)))
    part, line = order.parts.get(), OrderLine.objects.get()
    for cents in (1, 200, 300, 167):
        ask_refund(part=part, lines={line.pk: cents}, reason="other", by=owner, operation=uuid.uuid4())
        assert books_are_right() is True
    sale = Sale.objects.get()
    assert (sale.refunded_cents, sale.voucher_refunded_cents, sale.left_cents) == (1_001, 333, 0)
    assert (cost(operator), owed(seller, AccountKind.SELLER)) == (0, 0)
    assert sum(BookLine.objects.values_list("voucher_cents", flat=True)) == 333
    with pytest.raises(RefundTooMuchError):
        ask_refund(part=part, lines={line.pk: 1}, reason="other", by=owner, operation=uuid.uuid4())


def test_a_bank_that_takes_the_payment_takes_what_the_buyer_paid_only(seller, operator):
    payment = placed(*things(seller, 1_000, 2_000), voucher=made(amount_cents=1_500), shipping=490)
    order = pay(payment)
    dispute = contest_payment(payment=order.payments.get())
    assert dispute.cents == 1_990
    receive_dispute(
        told=Contested(
            provider=dispute.provider, dispute_id=dispute.provider_id, payment=dispute.payment, state="lost",
            cents=dispute.cents, told_at=timezone.now(), is_taken=True,
        )
    )  # fmt: skip
    sale = Sale.objects.get()
    assert (sale.left_cents, sale.refunded_cents, sale.voucher_refunded_cents) == (0, 3_490, 1_500)
    assert cost(operator) == 0
    assert books_are_right() is True


def test_at_the_counter_the_seller_owes_only_what_it_took(seller, operator, owner):
    set_pay_option(organisation=seller, at_collection="all", by=owner)
    voucher = made(amount_cents=400)
    item = things(seller, 1_000)[0]
    order = placed(item, voucher=voucher).order
    pay_later(order=order, provider="collection", by=None, organisation=None)
    part = take_at_collection(part=order.parts.get(), means="card", by=owner)
    assert cost(operator) == 400
    assert books_are_right() is True

    line = part.lines.get()
    refund = ask_refund(part=part, lines={line.pk: 600}, reason="other", by=owner, operation=uuid.uuid4())
    note_given_back(refund=refund, by=owner)
    assert (cost(operator), owed(seller, AccountKind.SELLER)) == (0, 0)
    assert books_are_right() is True


# Taken once, given back


def test_the_last_use_is_taken_once(seller, operator):
    voucher = made(uses_max=1)
    placed(*things(seller, 1_000), voucher=voucher)
    with pytest.raises(VoucherRefusedError):
        placed(*things(seller, 1_000), voucher=voucher, email="autre@example.org")
    assert (Order.objects.count(), numbers(voucher)) == (1, (1, 500))
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.update(used=2)


def test_one_buyer_has_it_once_by_mail_or_by_account(seller, operator, owner):
    voucher = made()
    pay(placed(*things(seller, 1_000), voucher=voucher, keeper=Keeper(user=owner), email="a@example.org"))
    for keeper, email in ((None, " A@Example.org "), (Keeper(user=owner), "b@example.org")):
        with pytest.raises(VoucherRefusedError):
            placed(*things(seller, 1_000), voucher=voucher, keeper=keeper, email=email, less=500)
    placed(*things(seller, 1_000), voucher=voucher, email="c@example.org")
    assert numbers(voucher) == (2, 1_000)


def test_the_same_form_twice_is_one_use(seller, operator):
    voucher, operation, item = made(), uuid.uuid4(), things(seller, 1_000)[0]
    keeper = kept(item)
    agreed = Agreed({item.pk: Way(1, "home", 0)}, 500, CONTACT, voucher=voucher)
    for _ in range(2):
        place_order(keeper=keeper, email="a@b.fr", operation=operation, provider="test", agreed=agreed)
    assert numbers(voucher) == (1, 500)


def test_the_total_of_the_button_holds_the_voucher(seller, operator):
    voucher = made()
    with pytest.raises(OrderChangedError):
        placed(*things(seller, 1_000), voucher=voucher, less=499)
    assert (Order.objects.count(), numbers(voucher)) == (0, (0, 0))


def test_an_order_that_lapses_gives_it_back_once(seller, operator):
    voucher = made(uses_max=1)
    payment = placed(*things(seller, 1_000), voucher=voucher)
    for _ in range(2):
        lapse_order(order=payment.order)
    assert (numbers(voucher), VoucherUse.objects.get().state) == ((0, 0), "back")
    assert books_are_right() is True


def test_paid_late_it_takes_the_voucher_again_where_a_use_is_left(seller, operator):
    voucher = made(uses_max=1)
    payment = placed(*things(seller, 1_000), voucher=voucher)
    lapse_order(order=payment.order)
    order = pay(payment)
    assert (order.state, numbers(voucher), VoucherUse.objects.get().state) == ("paid", (1, 500), "taken")
    assert books_are_right() is True


def test_paid_late_without_a_use_left_all_of_it_goes_back(seller, operator, client):
    voucher = made(uses_max=1)
    late = placed(*things(seller, 1_000), voucher=voucher)
    lapse_order(order=late.order)
    other = pay(placed(*things(seller, 1_000), voucher=voucher, email="b@example.org"))
    order = pay(late)
    refund = Refund.objects.get()
    assert (order.state, other.state, refund.amount_cents, refund.reason) == ("lapsed", "paid", 500, "voucher")
    assert numbers(voucher) == (1, 500)
    assert books_are_right() is True
    text = BeautifulSoup(client.get(order_path(order)).content, "html.parser").main.get_text(" ", strip=True)
    assert "5,00\u00a0€ reviennent" in text
    assert "le bon d’achat de la commande" in text
    assert "Rien n’a été débité" not in text


def test_whoever_begins_again_is_not_refused_by_their_own_unpaid_order(seller, operator):
    voucher, items = made(), things(seller, 1_000)
    keeper = kept(*items)
    operation = uuid.uuid4()
    first = placed(*items, voucher=voucher, keeper=keeper, operation=operation)
    assert forget_unpaid(keeper=keeper, voucher=voucher, operation=operation) == 0
    assert forget_unpaid(keeper=keeper, voucher=voucher, operation=uuid.uuid4()) == 1
    placed(*items, voucher=voucher, keeper=keeper)
    first.order.refresh_from_db()
    assert (first.order.state, numbers(voucher)) == ("lapsed", (1, 500))


def test_cancelled_whole_it_is_given_back_in_part_it_is_not(seller, operator, owner):
    voucher = made()
    part = pay(placed(*things(seller, 1_000, 2_000), voucher=voucher)).parts.get()
    first, second = part.lines.order_by("pk")
    change_part(part=part, changes=[LowerPrice(second.pk, 100)], by=owner, operation=uuid.uuid4())
    change_part(part=part, changes=[CancelLine(first.pk, "damaged")], by=owner, operation=uuid.uuid4())
    assert numbers(voucher) == (1, 500)
    change_part(part=part, changes=[CancelLine(second.pk, "damaged")], by=owner, operation=uuid.uuid4())
    assert (numbers(voucher), cost(operator)) == ((0, 0), 0)
    assert books_are_right() is True


def test_an_order_of_which_all_was_lost_gives_it_back(seller, operator):
    voucher = made()
    payment = placed(*things(seller, 1_000), voucher=voucher)
    Item.objects.update(state="withdrawn", reserved=0)
    BasketLine.objects.all().delete()
    order = pay(payment)
    assert (order.payments.get().refunded_cents, numbers(voucher)) == (500, (0, 0))
    assert books_are_right() is True


def test_a_second_payment_leaves_the_voucher_alone(seller, operator):
    voucher = made()
    order = pay(placed(*things(seller, 1_000), voucher=voucher))
    second = order.payments.create(provider="test", amount_cents=order.total_cents)
    pay(second)
    second.refresh_from_db()
    assert (second.refunded_cents, numbers(voucher)) == (500, (1, 500))
    assert books_are_right() is True


@pytest.mark.parametrize("changes", [{"used": 2}, {"used_cents": 1}])
def test_check_ledger_sees_a_counter_that_is_wrong(seller, operator, changes):
    pay(placed(*things(seller, 1_000), voucher=made()))
    Voucher.objects.update(**changes)
    assert check_ledger().wrong["vouchers"] == 1


def test_the_database_keeps_a_cent_of_each_line(seller, operator):
    placed(*things(seller, 1_000), voucher=made())
    for changes in ({"discount_cents": 1_000}, {"network_cents": 1}, {"refunded_cents": 501}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrderLine.objects.update(**changes)
