"""The online withdrawal (rules.md F2): two steps, no account, once, acknowledged; then what comes back."""

import datetime
import uuid

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from django.utils.formats import date_format

from rebond.catalogue.models import Item
from rebond.journal.models import Entry, OutgoingMail
from rebond.ledger.models import Balance
from rebond.shop.actions.part import CancelLine, change_part, deliver_part, ship_part
from rebond.shop.actions.returning import note_arrival, refund_return, tell_sent
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import NothingToWithdrawError, ReturnStateForbidsError, WithdrawalOverError
from rebond.shop.models import OrderLine, Refund, Return, SellerOrder, Withdrawal
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.withdrawal import contracts_of, withdrawal_path
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
DAY = datetime.timedelta(days=1)
PARIS = timezone.get_default_timezone()


def at(day, hour=12, minute=0):
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.fixture
def chair(seller, index):
    SiteFactory(organisation=seller, is_main=True, city="Marmande", postal_code="47200", department="47")
    seller.email = "atelier@example.org"
    seller.save()
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)


@pytest.fixture
def lamp(chair):
    return ItemFactory(seller=chair.seller, on_sale=True, title="Lampe", price_cents=1200)


@pytest.fixture
def book(stranger, index):
    other = stranger.memberships.get().organisation
    return ItemFactory(seller=other, on_sale=True, title="Livre", price_cents=400)


@pytest.fixture
def delivered():
    """Say when everything was delivered."""

    def say(moment):
        SellerOrder.objects.update(state="delivered", shipped_at=moment, delivered_at=moment)

    return say


def keys(order, *items):
    rows = OrderLine.objects.filter(part__order=order)
    return [line.pk for line in rows if not items or line.item_id in {item.pk for item in items}]


def declare(order, *items, now=None, operation=None):
    said = Declaration(keys(order, *items), "Camille Vasseur", "camille@example.org", operation or uuid.uuid4())
    return declare_withdrawal(order=order, said=said, now=now)


def words(response):
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


def state(order):
    return (Withdrawal.objects.count(), Return.objects.count(), OutgoingMail.objects.count())


def test_before_the_delivery_nothing_is_sent_back_and_all_is_owed_in_14_days(chair, lamp):
    order = paid_order(chair, lamp, shipping=690, now=at(3))
    [made] = declare(order, now=at(4))

    back = Return.objects.get()
    assert (back.state, back.objects_cents, back.shipping_cents, back.due_on) == (
        "unsent",
        3700,
        690,
        datetime.date(2026, 11, 18),
    )
    assert (made.last_day, made.received_on) == (None, None)
    assert [line["title"] for line in made.said["lines"]] == ["Chaise", "Lampe"]
    assert Entry.objects.filter(action="shop.withdrawal.declared").get().data["cents"] == 4390


def test_the_acknowledgement_has_the_content_the_day_and_the_hour_for_both(chair):
    order = paid_order(chair, now=at(3))
    [made] = declare(order, now=at(4, 18, 5))

    buyer = OutgoingMail.objects.get(kind="shop.withdrawal")
    seller = OutgoingMail.objects.get(kind="shop.withdrawal.seller")
    assert (buyer.to, seller.to) == ("camille@example.org", "atelier@example.org")
    for expected in ("Chaise", chair.code, "4 nov. 2026", "18\u00a0h\u00a005", made.public_id, "25,00\u00a0€"):
        assert expected in buyer.text, expected
    assert withdrawal_path(made) in buyer.text
    assert withdrawal_path(made) not in seller.text  # the buyer's own link


def test_the_last_hour_of_the_last_day_counts_and_the_next_does_not(chair, delivered):
    order = paid_order(chair, now=at(1))
    delivered(at(2))
    with pytest.raises(WithdrawalOverError) as refusal:
        declare(order, now=at(17, 0, 0))
    assert refusal.value.last_day == datetime.date(2026, 11, 16)
    assert state(order)[:2] == (0, 0)

    [made] = declare(order, now=at(16, 23, 59))
    assert (made.received_on, made.last_day) == (datetime.date(2026, 11, 2), datetime.date(2026, 11, 16))
    assert (made.back.state, made.back.due_on) == ("awaited", datetime.date(2026, 11, 30))


def test_two_sellers_are_two_contracts_with_their_own_declaration(chair, book):
    order = paid_order(chair, book, shipping=500, now=at(3))
    made = declare(order, now=at(4))
    assert sorted((w.part.seller_id, w.back.cents) for w in made) == sorted(
        [(chair.seller_id, 3000), (book.seller_id, 900)]
    )
    assert len({w.operation for w in made}) == 1


def test_the_delivery_goes_back_with_the_last_object_of_its_parcel(chair, lamp):
    order = paid_order(chair, lamp, shipping=690, now=at(3))
    [first] = declare(order, chair, now=at(4))
    [second] = declare(order, lamp, now=at(5))
    assert (first.back.cents, second.back.cents) == (2500, 1200 + 690)


def test_sent_twice_it_is_one_declaration(chair):
    order = paid_order(chair, now=at(3))
    operation = uuid.uuid4()
    [first] = declare(order, now=at(4), operation=operation)
    before = state(order)
    assert declare(order, now=at(4), operation=operation) == [first]
    assert declare(order, now=at(5)) == [first]  # another form, the same objects
    assert state(order) == before


def test_lines_of_another_order_are_refused(chair, lamp):
    order, other = paid_order(chair, now=at(3)), paid_order(lamp, now=at(3))
    said = Declaration(keys(other), "C", "c@example.org", uuid.uuid4())
    with pytest.raises(NothingToWithdrawError):
        declare_withdrawal(order=order, said=said)
    assert state(order)[:2] == (0, 0)


def test_the_delay_to_refund_runs_from_the_proof_of_sending(chair, delivered, owner):
    order = paid_order(chair, now=at(1))
    delivered(at(2))
    back = declare(order, now=at(3))[0].back
    tell_sent(back=back, way="parcel", tracking="8L0012", now=at(20))
    assert (back.state, back.due_on) == ("sent", datetime.date(2026, 11, 20))
    with pytest.raises(ReturnStateForbidsError):
        tell_sent(back=back, way="parcel", now=at(21))
    note_arrival(back=back, by=owner, now=at(23))
    assert (back.state, back.due_on, back.tracking) == ("arrived", datetime.date(2026, 11, 20), "8L0012")
    with pytest.raises(ReturnStateForbidsError):
        note_arrival(back=back, by=owner, now=at(24))


def test_a_guest_does_it_in_two_labelled_steps(client, chair):
    order = paid_order(chair)
    page = BeautifulSoup(client.get(order_path(order)).content, "html.parser").main
    link = next(a for a in page.find_all("a") if "Renoncer au contrat ici" in a.get_text())
    first = client.get(link["href"])
    assert "Renoncer au contrat ici" in words(first)
    assert not BeautifulSoup(first.content, "html.parser").main.select("textarea, [name=reason]")

    data = {"lines": keys(order), "name": "Camille Vasseur", "email": "camille@example.org"}
    second = client.post(link["href"], data, headers=HERE)
    assert "Confirmer la rétractation" in words(second)
    assert "25,00\u00a0€" in words(second)
    assert Withdrawal.objects.count() == 0  # nothing before the second button

    fields = {
        field["name"]: field["value"]
        for field in BeautifulSoup(second.content, "html.parser").main.select("input[type=hidden]")
    }
    third = client.post(link["href"], fields, headers=HERE, follow=True)
    assert "Votre rétractation est déclarée" in words(third)
    assert Withdrawal.objects.get().said["lines"][0]["title"] == "Chaise"
    client.post(link["href"], fields, headers=HERE)
    assert Withdrawal.objects.count() == 1


def test_nothing_chosen_says_so_and_keeps_what_was_typed(client, chair):
    order = paid_order(chair)
    path = order_path(order, "order-withdraw")
    response = client.post(path, {"name": "Zoé", "email": "zoe@example.org"}, headers=HERE)
    assert response.status_code == 422
    assert "Choisissez au moins un objet." in words(response)
    assert "Zoé" in response.content.decode()


def test_the_page_tells_the_dates_and_why(client, chair, delivered):
    order = paid_order(chair)
    delivered(timezone.now() - 3 * DAY)
    contract = contracts_of(order)[0]
    text = words(client.get(order_path(order, "order-withdraw")))
    assert "Ce jour ne compte pas" in text
    assert date_format(contract.last_day, "j N Y") in text  # “1er décembre” too
    delivered(timezone.now() - 40 * DAY)
    response = client.get(order_path(order, "order-withdraw"))
    assert "Fini le" in words(response)
    assert 'name="lines"' not in response.content.decode()
    data = {"lines": keys(order), "name": "C", "email": "c@example.org", "step": "confirm"}
    assert client.post(order_path(order, "order-withdraw"), data, headers=HERE).status_code == 422
    assert Withdrawal.objects.count() == 0


def test_a_wrong_link_finds_nothing(client, chair):
    order = paid_order(chair)
    [made] = declare(order)
    for path in (
        order_path(order, "order-withdraw"),
        *(withdrawal_path(made, name) for name in ("withdrawal", "withdrawal-paper")),
    ):
        assert client.get(path).status_code == 200
        parts = path.rstrip("/").split("/")
        parts[3] = ("a" if parts[3][0] != "a" else "b") + parts[3][1:]
        tail = "" if path.endswith(".pdf") else "/"
        assert client.get("/".join(parts) + tail).status_code == 404


def test_a_form_of_another_site_changes_nothing(client, chair):
    order = paid_order(chair)
    data = {"lines": keys(order), "name": "C", "email": "c@example.org", "step": "confirm"}
    response = client.post(order_path(order, "order-withdraw"), data, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert Withdrawal.objects.count() == 0


def test_the_paper_is_a_pdf_and_the_same_each_time(client, chair):
    [made] = declare(paid_order(chair))
    first = client.get(withdrawal_path(made, "withdrawal-paper"))
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert client.get(withdrawal_path(made, "withdrawal-paper")).content == first.content


def test_the_reason_is_asked_only_after_and_text_is_escaped(client, chair, owner, as_user):
    [made] = declare(paid_order(chair))
    data = {"reason": "mind", "comment": "<script>alert(1)</script>"}
    client.post(withdrawal_path(made, "withdrawal-reason"), data, headers=HERE)
    made.refresh_from_db()
    assert (made.reason, made.comment) == ("mind", "<script>alert(1)</script>")
    answer = as_user(owner).get(f"/bureau/apres-vente/retours/{made.back.public_id}/")
    assert "<script>alert(1)" not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()


def test_the_buyer_tells_the_sending_by_the_page(client, chair, delivered):
    order = paid_order(chair)
    delivered(timezone.now() - DAY)
    [made] = declare(order)
    path = withdrawal_path(made, "withdrawal-sent")
    assert client.post(path, {"way": ""}, headers=HERE).status_code == 422
    client.post(path, {"way": "drop_off"}, headers=HERE)
    assert Return.objects.get().state == "sent"
    assert client.get(path).status_code == 405


def test_the_footer_sends_the_link_to_the_address_of_the_order_only(client, chair):
    order = paid_order(chair)
    OutgoingMail.objects.all().delete()
    right = client.post("/retractation/", {"number": order.public_id, "email": "CAMILLE@example.org"}, headers=HERE)
    wrong = client.post("/retractation/", {"number": order.public_id, "email": "eve@example.org"}, headers=HERE)
    assert (right.status_code, wrong.status_code) == (302, 302)
    mail = OutgoingMail.objects.get()
    assert mail.to == "camille@example.org"
    assert order_path(order, "order-withdraw") in mail.text
    for _n in range(9):
        client.post("/retractation/", {"number": order.public_id, "email": "camille@example.org"}, headers=HERE)
    assert OutgoingMail.objects.count() == 5


def test_the_footer_s_page_lists_one_s_own_orders(chair, as_user, owner, stranger, settings):
    order = paid_order(chair, user=owner)
    assert order.public_id in words(as_user(owner).get("/retractation/"))
    assert order.public_id not in words(as_user(stranger).get("/retractation/"))
    settings.PAYMENT_PROVIDER = ""
    assert "ne prend pas de commandes" in words(as_user(owner).get("/retractation/"))


def test_the_desk_is_the_seller_s_own(chair, as_user, owner, reader, stranger, delivered):
    order = paid_order(chair)
    delivered(timezone.now() - DAY)
    back = declare(order)[0].back
    path = f"/bureau/apres-vente/retours/{back.public_id}/"
    assert "Camille Vasseur" in words(as_user(owner).get("/bureau/apres-vente/retours/?etat=attendus"))
    assert "Camille Vasseur" not in words(as_user(stranger).get("/bureau/apres-vente/retours/?etat=attendus"))
    assert as_user(stranger).get(path).status_code == 404
    assert as_user(stranger).post(path + "arrivee/").status_code == 404
    assert as_user(reader).get(path).status_code == 200
    assert as_user(reader).post(path + "arrivee/").status_code == 403
    assert Return.objects.get().state == "awaited"
    as_user(owner).post(path + "arrivee/")
    assert Return.objects.get().state == "arrived"


def test_the_list_takes_as_many_queries_for_three_as_for_one(chair, lamp, as_user, owner, django_assert_num_queries):
    client = as_user(owner)
    declare(paid_order(chair))
    client.get("/bureau/apres-vente/retours/")
    with django_assert_num_queries(6):
        client.get("/bureau/apres-vente/retours/")
    declare(paid_order(lamp))
    declare(paid_order(ItemFactory(seller=chair.seller, on_sale=True)))
    with django_assert_num_queries(6):
        text = words(client.get("/bureau/apres-vente/retours/"))
    assert text.count("Camille Vasseur") == 3


def test_the_list_is_read_page_by_page(chair, as_user, owner, monkeypatch):
    from rebond.shop.queries import by_day, returns

    monkeypatch.setattr(by_day, "PAGE", 1)
    first = declare(paid_order(chair, now=at(1)), now=at(2))[0].back
    second = declare(paid_order(ItemFactory(seller=chair.seller, on_sale=True), now=at(1)), now=at(3))[0].back
    found, key = by_day.page_by_day(returns.returns_in(Return.objects.all(), ""), "")
    assert (found, bool(key)) == ([first], True)
    assert by_day.page_by_day(returns.returns_in(Return.objects.all(), ""), key) == ([second], "")


def test_the_refund_gives_back_all_once_and_reverses_the_seller_s_share(chair, lamp, owner):
    order = paid_order(chair, lamp, shipping=690, now=at(3))
    back = declare(order, now=at(4))[0].back
    operation = uuid.uuid4()
    refund_return(back=back, by=owner, operation=operation, now=at(10))
    refund_return(back=back, by=owner, operation=operation, now=at(10))
    with pytest.raises(ReturnStateForbidsError):
        refund_return(back=back, by=owner, operation=uuid.uuid4(), now=at(10))
    refund = Refund.objects.get()
    assert (refund.amount_cents, back.state, back.surcharge_cents) == (4390, "closed", 0)
    assert {item.state for item in Item.objects.filter(pk__in=[chair.pk, lamp.pk])} == {"withdrawn"}  # the seller's
    assert SellerOrder.objects.get().state == "cancelled"
    assert list(
        OrderLine.objects.filter(part__order=order).values_list("refunded_cents", flat=True).order_by("pk")
    ) == [2500, 1200]
    assert balance_of(back) == 0


def balance_of(back):
    """What the books owe to the seller: nothing is left of a sale that went back whole."""
    return Balance.objects.get(account__owner=back.part.seller).cents


def test_what_was_given_back_meanwhile_is_not_given_back_twice(chair, owner):
    order = paid_order(chair, shipping=690, now=at(3))
    part = SellerOrder.objects.get()
    back = declare(order, now=at(4))[0].back
    change_part(
        part=part, changes=[CancelLine(keys(order)[0], "not_found")], by=owner, operation=uuid.uuid4(), now=at(5)
    )
    refund_return(back=back, by=owner, operation=uuid.uuid4(), now=at(6))
    assert (Refund.objects.get().amount_cents, back.state, back.refund) == (3190, "closed", None)


def test_a_parcel_that_went_out_and_came_back_is_refunded_as_withdrawn(chair, owner):
    order = paid_order(chair, shipping=690, now=at(3))
    part = SellerOrder.objects.get()
    deliver_part(part=ship_part(part=part, carrier="", tracking="", by=owner, now=at(4)), by=owner, now=at(6))
    [made] = declare(order, now=at(7))
    assert (made.received_on, made.last_day) == (datetime.date(2026, 11, 6), datetime.date(2026, 11, 20))
    note_arrival(back=made.back, by=owner, now=at(12))
    refund_return(back=made.back, by=owner, operation=uuid.uuid4(), now=at(12))
    assert (Refund.objects.get().reason, Refund.objects.get().amount_cents) == ("withdrawn", 3190)
    assert balance_of(made.back) == 0


@pytest.mark.parametrize(("day", "cents"), [(18, 0), (25, 167), (29, 125), (30, 125)])
def test_a_late_refund_says_what_the_law_adds(chair, owner, day, cents):
    back = declare(paid_order(chair, now=at(3)), now=at(4))[0].back
    refund_return(back=back, by=owner, operation=uuid.uuid4(), now=at(day))
    assert back.surcharge_cents == cents


def test_objects_that_are_awaited_are_not_refunded_yet(chair, owner, delivered, as_user):
    order = paid_order(chair)
    delivered(timezone.now() - DAY)
    back = declare(order)[0].back
    path = f"/bureau/apres-vente/retours/{back.public_id}/"
    assert "remboursement/" not in as_user(owner).get(path).content.decode()
    as_user(owner).post(path + "remboursement/")
    assert Refund.objects.count() == 0
    as_user(owner).post(path + "arrivee/")
    as_user(owner).post(path + "remboursement/")
    assert (Refund.objects.get().amount_cents, Return.objects.get().state) == (2500, "closed")
