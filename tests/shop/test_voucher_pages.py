"""The code at the checkout, and vouchers at the desk: without JavaScript, guessed at by nobody, seen by their people."""

import uuid

import pytest
from bs4 import BeautifulSoup
from django.core.cache import caches
from django.urls import reverse
from django.utils.timezone import localdate

from rebond.journal.models import Entry, OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.money_request import grant_money
from rebond.ledger.models import MoneyRequest
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.voucher_desk import Terms, create_voucher
from rebond.shop.models import Order, Voucher, VoucherUse
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.vouchers import display_voucher
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
REFUSED = "Ce code ne donne rien ici"


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = "test"
    caches["default"].clear()


@pytest.fixture
def basket(client, seller, chairs, index, operator):
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    seller.delivery_modes = ["pickup"]
    seller.save()
    item = ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise", price_cents=2_540)
    client.post("/panier/ajout/", {"code": item.code}, headers=HERE)
    return client


def made(seller=None, **changes):
    terms = {"name": "Rentrée", "amount_cents": 500, "starts_on": localdate(), "ends_on": localdate(), "uses_max": 10}
    return create_voucher(seller=seller, terms=Terms(**terms | changes), by=None)


def form(**changes):
    return {
        "name": "Camille Vasseur", "email": "camille@example.org", "phone": "", "address": "18 rue de la Libération",
        "postal_code": "47200", "city": "Marmande", "has_read": "on", "parcel_1": "pickup", "total": "2540",
        "objects": "2540", "operation": str(uuid.uuid4()),
    } | changes  # fmt: skip


def send(client, **changes):
    return client.post("/commande/", form(**changes), headers=HERE)


def main(response):
    return BeautifulSoup(response.content, "html.parser").main


def words(response):
    return main(response).get_text(" ", strip=True)


def proof_of(response):
    return main(response).select_one("input[name=code_proof]")["value"]


def test_a_code_is_counted_shown_ordered_and_told(basket, seller):
    voucher = made(seller)
    shown = send(basket, code=display_voucher(voucher.code).lower(), points="1", name="Camille V.")
    page = main(shown)
    assert (shown.status_code, page.select_one("input[name=total]")["value"]) == (200, "2040")
    assert page.select_one("input[name=name]")["value"] == "Camille V."  # nothing typed is lost
    assert f"Bon d’achat {display_voucher(voucher.code)}" in page.get_text(" ", strip=True)

    done = send(basket, code=voucher.code, total="2040", code_proof=proof_of(shown))

    order = Order.objects.get()
    assert (done.status_code, order.total_cents, VoucherUse.objects.get().cents) == (302, 2_040, 500)
    assert "− 5,00\u00a0€" in words(basket.get(order_path(order, "order-pay")))
    payment = order.payments.get()
    receive_event(told=Told("test", "e1", "paid", payment.public_id, payment.amount_cents))
    assert "− 5,00\u00a0€" in words(basket.get(order_path(order)))
    write_order_mail(order_id=order.pk)
    assert "5,00\u00a0€ de moins" in OutgoingMail.objects.get(kind="shop.order").text
    assert check_ledger().told == []


def test_ordered_at_once_the_new_total_is_shown_first(basket, seller):
    voucher = made(seller)
    refused = send(basket, code=voucher.code)
    assert (refused.status_code, Order.objects.count()) == (422, 0)
    assert "Votre code est maintenant pris en compte." in words(refused)
    assert main(refused).select_one("input[name=total]")["value"] == "2040"
    assert send(basket, code=voucher.code, total="2040", code_proof=proof_of(refused)).status_code == 302


@pytest.mark.parametrize("which", ["unknown", "other", "used", "ended", "short"])
def test_every_code_that_gives_nothing_has_the_same_answer_beside_its_field(basket, operator, which):
    other = OrganisationFactory(seller_state="admitted", letters="ZZZ", kind="association")
    code = {"unknown": "ABCDEFGHJKMN", "other": made(other).code, "short": "NOEL"}.get(which)
    if which in {"used", "ended"}:
        voucher = made(uses_max=1)
        Voucher.objects.filter(pk=voucher.pk).update(**({"used": 1} if which == "used" else {"state": "ended"}))
        code = voucher.code
    refused = send(basket, code=code)
    field = main(refused).select_one("#id_code").find_parent("div", class_="field")
    assert (refused.status_code, Order.objects.count()) == (422, 0)
    assert REFUSED in field.get_text(" ", strip=True)
    assert main(refused).select_one("#id_code")["value"] == code
    assert Entry.objects.filter(action="shop.voucher.tried").count() == 1


def test_too_little_in_the_basket_says_from_how_much(basket, operator):
    assert "à partir de 30,00\u00a0€" in words(send(basket, code=made(floor_cents=3_000).code, points="1"))


def test_after_ten_tries_even_the_right_code_waits(basket, operator):
    voucher = made()
    for _ in range(10):
        assert REFUSED in words(send(basket, code="ABCDEFGHJKMN", points="1"))
    assert "Trop de codes" in words(send(basket, code=voucher.code, points="1"))
    assert send(basket).status_code == 302  # without a code one orders
    assert Entry.objects.filter(action="shop.voucher.tried").count() == 10


def test_a_code_that_was_counted_is_no_new_try_and_its_proof_is_nobody_elses(basket, operator, client):
    voucher = made()
    proof = proof_of(send(basket, code=voucher.code, points="1"))
    for _ in range(12):
        assert "Trop de codes" not in words(send(basket, code=voucher.code, code_proof=proof, points="1"))
    for n in range(10):
        said = words(send(basket, code=f"ABCDEFGHJKM{n % 8 + 2}", code_proof=proof, points="1"))
    assert "Trop de codes" in said


def test_used_already_by_the_same_mail_is_said_beside_the_field(basket, seller, operator, client, chairs):
    voucher = made(seller)
    first = send(basket, code=voucher.code, points="1")
    send(basket, code=voucher.code, total="2040", code_proof=proof_of(first))
    payment = Order.objects.get().payments.get()
    receive_event(told=Told("test", "e1", "paid", payment.public_id, payment.amount_cents))
    item = ItemFactory(seller=seller, category=chairs, on_sale=True, price_cents=2_540)
    basket.post("/panier/ajout/", {"code": item.code}, headers=HERE)

    again = send(basket, code=voucher.code, total="2040")

    assert (again.status_code, Order.objects.count()) == (422, 1)
    assert REFUSED in words(again)
    assert main(again).select_one("input[name=total]")["value"] == "2540"


# The desk


def terms(**changes):
    return {
        "name": "Rentrée", "amount_cents": "5", "percent": "", "ceiling_cents": "", "floor_cents": "", "category": "",
        "starts_on": str(localdate()), "ends_on": str(localdate()), "uses_max": "10", "buyer_max": "1",
        "operation": str(uuid.uuid4()),
    } | changes  # fmt: skip


def test_a_seller_makes_pauses_and_ends_its_own(as_user, owner, seller):
    client, once = as_user(owner), terms()
    for _ in range(2):
        client.post(reverse("shop:voucher-create"), once)
    voucher = Voucher.objects.get()
    assert (voucher.seller, voucher.amount_cents) == (seller, 500)
    assert display_voucher(voucher.code) in words(client.get(reverse("shop:voucher-list")))
    move = reverse("shop:voucher-move", args=[voucher.public_id])
    for verb, state in (
        ("pause", "paused"),
        ("x", "paused"),
        ("resume", "active"),
        ("end", "ended"),
        ("resume", "ended"),
    ):
        client.post(move, {"verb": verb})
        voucher.refresh_from_db()
        assert voucher.state == state


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"amount_cents": ""}, "amount_cents"),
        ({"percent": "10"}, "amount_cents"),
        ({"ceiling_cents": "3"}, "ceiling_cents"),
        ({"ends_on": "2020-01-01"}, "ends_on"),
        ({"buyer_max": "11"}, "buyer_max"),
        ({"amount_cents": "-5"}, "amount_cents"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_kept(as_user, owner, changes, name):
    refused = as_user(owner).post(reverse("shop:voucher-create"), terms(**changes))
    assert (refused.status_code, Voucher.objects.count()) == (422, 0)
    assert main(refused).select_one(f"#id_{name}")["aria-invalid"] == "true"
    assert main(refused).select_one("#id_name")["value"] == "Rentrée"


def test_a_stranger_sees_and_moves_nothing(as_user, seller, operator):
    voucher = made(seller)
    other = MembershipFactory(organisation=OrganisationFactory(admitted=True, letters="AI"), role="manager").user
    client = as_user(other)
    assert client.get(reverse("shop:voucher-detail", args=[voucher.public_id])).status_code == 404
    assert client.post(reverse("shop:voucher-move", args=[voucher.public_id]), {"verb": "end"}).status_code == 404
    assert "Rentrée" not in words(client.get(reverse("shop:voucher-list")))


def test_a_dear_voucher_of_the_network_takes_two_people(as_user, coordinator, operator):
    finance = MembershipFactory(organisation=coordinator.memberships.get().organisation, role="finance").user
    client = as_user(finance)
    client.post(reverse("shop:voucher-create"), terms(uses_max="1000"))
    assert Voucher.objects.count() == 0
    request = MoneyRequest.objects.get()
    assert (request.cents, request.state) == (500_000, "asked")
    grant_money(request=request, by=coordinator)
    voucher = Voucher.objects.get()
    assert (voucher.seller, voucher.uses_max) == (None, 1_000)
    client.post(reverse("shop:voucher-create"), terms(name="Petit", uses_max="100"))
    assert Voucher.objects.count() == 2
    assert client.post(reverse("shop:voucher-create"), terms(amount_cents="", percent="5")).status_code == 422


def test_the_network_reads_a_seller_s_and_leaves_it(as_user, coordinator, seller, operator):
    voucher = made(seller)
    client = as_user(coordinator)
    assert client.get(reverse("shop:voucher-detail", args=[voucher.public_id])).status_code == 200
    assert client.post(reverse("shop:voucher-move", args=[voucher.public_id]), {"verb": "end"}).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_a_fixed_number_of_queries(as_user, owner, seller, n, django_assert_num_queries):
    for _ in range(n):
        made(seller)
    client = as_user(owner)
    client.get(reverse("shop:voucher-list"))
    with django_assert_num_queries(4):
        client.get(reverse("shop:voucher-list"))
