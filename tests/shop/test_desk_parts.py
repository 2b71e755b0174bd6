"""The seller's desk of orders: list, one order, what is done with it, by whom, and what a stranger sees: nothing."""

import datetime
import uuid

import pytest

from rebond.ledger.actions.check import check_ledger
from rebond.shop.actions.part import ship_part
from rebond.shop.actions.part_request import grant_change, refuse_change
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.errors import PartStateError, SamePersonError
from rebond.shop.models import Order, OrderLine, PartRequest, Refund, SellerOrder
from rebond.shop.queries.desk_parts import part_page, parts_of, ship_by
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.shop.test_refunds import buy, held

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "/bureau/commandes/"


@pytest.fixture
def chair(seller, operator, index):
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=9000)


@pytest.fixture
def part(chair, seller):
    """A paid order of a chair (90 €) and a lamp (7 €) in one parcel of 4.90 €."""
    buy(chair, ItemFactory(seller=seller, on_sale=True, title="Lampe", price_cents=700), shipping=490)
    Order.objects.update(
        name="Nadia Belkacem", address="3 rue du Port", postal_code="44000", city="Nantes", phone="0612345678"
    )
    return SellerOrder.objects.select_related("order", "seller").get()


@pytest.fixture
def helper(seller):
    """Sells, below the limit alone."""
    return MembershipFactory(organisation=seller, role="seller", user__name="Hugo Vendeur").user


def line(title):
    return OrderLine.objects.get(title=title).pk


def path(part, name=""):
    return f"{LIST}{part.public_id}/{name}"


def change(client, part, **data):
    return client.post(path(part, "modification/"), {"reason": "other", "operation": str(uuid.uuid4()), **data})


def test_the_list_shows_what_is_to_prepare_and_finds_by_code_or_name(part, as_user, owner, chair):
    client = as_user(owner)
    assert part.public_id in client.get(LIST).text
    for words, is_found in (
        ("nadia", True),
        (chair.code, True),
        (part.public_id, True),
        (part.order.public_id, True),
        ("personne", False),
    ):
        assert (part.public_id in client.get(LIST, {"q": words}).text) is is_found
    assert part.public_id not in client.get(LIST, {"etat": "shipped"}).text
    assert part.public_id in client.get(LIST, {"etat": "toutes"}).text


def test_no_parcel_leaves_on_a_holiday(part):
    part.seller.ships_in_days = 2
    part.order.paid_at = datetime.datetime(2026, 4, 30, 12, tzinfo=datetime.UTC)  # a Thursday, 1 May is one
    assert ship_by(part) == datetime.date(2026, 5, 5)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_makes_the_same_queries_for_any_number(
    number, seller, operator, index, as_user, owner, django_assert_num_queries
):
    for n in range(number):
        buy(ItemFactory(seller=seller, on_sale=True), keeper=Keeper(visitor=f"v{n}"))
    client = as_user(owner)
    client.get(LIST)
    with django_assert_num_queries(6):
        client.get(LIST)


def test_pages_follow_by_key(seller, operator, index):
    for n in range(3):
        buy(ItemFactory(seller=seller, on_sale=True), keeper=Keeper(visitor=f"v{n}"))
    rows = parts_of(seller, state="to_prepare")
    first, key = part_page(rows, "to_prepare", None, 2)
    rest, end = part_page(rows, "to_prepare", key, 2)
    assert [p.pk for p in [*first, *rest]] == sorted(SellerOrder.objects.values_list("pk", flat=True))
    assert end is None


def test_one_order_says_what_to_prepare_for_whom_and_where_the_money_goes(part, as_user, owner):
    text = as_user(owner).get(path(part)).text
    for words in ("Chaise", "Lampe", "Nadia Belkacem", "3 rue du Port", "0612345678", "101,90"):
        assert words in text


def test_the_address_is_hidden_once_the_order_is_over(part, as_user, owner):
    client = as_user(owner)
    client.post(path(part, "envoi/"), {"carrier": "Colissimo", "tracking": "6A1"})
    client.post(path(part, "reception/"))
    text = client.get(path(part)).text
    assert (SellerOrder.objects.get().state, "Nantes" in text) == ("delivered", True)
    assert "3 rue du Port" not in text
    assert "0612345678" not in text


def test_a_move_from_elsewhere_says_so_and_changes_nothing(part, as_user, owner):
    ship_part(part=part, carrier="C", tracking="", by=owner)
    answer = as_user(owner).post(path(part, "prete/"), follow=True)
    assert "a avancé entre-temps" in answer.text
    assert SellerOrder.objects.get().state == "shipped"


def test_sending_needs_a_carrier(part, as_user, owner):
    assert as_user(owner).post(path(part, "envoi/"), {"carrier": ""}).status_code == 422
    assert SellerOrder.objects.get().state == "to_prepare"


def test_a_shipping_that_is_refused_keeps_carrier_and_number(part, as_user, owner):
    said = Declaration([line("Lampe")], "Nadia", "nadia@example.org", uuid.uuid4())
    declare_withdrawal(order=part.order, said=said)
    typed = {"carrier": "La Poste du village", "tracking": "6A12345678901"}

    answer = as_user(owner).post(path(part, "envoi/"), typed)

    assert answer.status_code == 422
    assert all(f'value="{words}"' in answer.text for words in typed.values())
    part.refresh_from_db()
    assert (part.state, part.tracking) == ("to_prepare", "")


def test_a_line_cancelled_and_a_lower_price_are_one_refund(part, as_user, owner):
    data = {f"cancel_{line('Chaise')}": "on", f"lower_{line('Lampe')}": "2", "note": "Désolés."}
    operation = str(uuid.uuid4())
    client = as_user(owner)
    for _ in range(2):
        client.post(path(part, "modification/"), {"reason": "damaged", "operation": operation, **data})
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.note, held()) == (9200, "Désolés.", 990)
    assert check_ledger().is_right


@pytest.mark.parametrize("data", [{}, {"lower": "999"}, {"both": "1"}])
def test_a_change_that_cannot_be_is_told_at_the_form(part, as_user, owner, data):
    chair = line("Chaise")
    sent = {
        (): {},
        ("lower",): {f"lower_{chair}": "999"},
        ("both",): {f"lower_{chair}": "1", f"cancel_{chair}": "on"},
    }[tuple(data)]
    assert change(as_user(owner), part, **sent).status_code == 422
    assert Refund.objects.count() == 0


def test_above_the_limit_a_manager_grants_what_a_seller_asks(part, as_user, owner, helper):
    client = as_user(helper)
    change(client, part, **{f"lower_{line('Chaise')}": "20"})
    assert Refund.objects.get().amount_cents == 2000
    change(client, part, **{f"cancel_{line('Lampe')}": "on", f"lower_{line('Chaise')}": "44"})
    asked = PartRequest.objects.get()
    assert (asked.cents, asked.state, Refund.objects.count()) == (5100, "asked", 1)
    decide = path(part, f"demande/{asked.public_id}/")
    assert as_user(helper).post(decide, {"decision": "accord"}).status_code == 403

    for _ in range(2):
        as_user(owner).post(decide, {"decision": "accord"})

    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("granted", "Olivia Owner")
    assert sorted(Refund.objects.values_list("amount_cents", flat=True)) == [2000, 5100]
    assert check_ledger().is_right


def test_a_refused_request_changes_nothing_and_is_decided_once(part, as_user, owner, helper):
    change(as_user(helper), part, **{f"cancel_{line('Chaise')}": "on"})
    asked = PartRequest.objects.select_related("part__order", "part__seller").get()
    with pytest.raises(SamePersonError):
        grant_change(request=asked, by=helper)
    as_user(owner).post(path(part, f"demande/{asked.public_id}/"), {"decision": "refus"})
    with pytest.raises(PartStateError):
        refuse_change(request=asked, by=owner)
    assert (PartRequest.objects.get().state, Refund.objects.count()) == ("refused", 0)


def test_a_manager_needs_another_one_above_the_second_limit_where_there_is_one(part, as_user, owner, seller, settings):
    settings.REFUND_FOUR_EYES_CENTS = 1000
    MembershipFactory(organisation=seller, role="manager")
    change(as_user(owner), part, **{f"cancel_{line('Chaise')}": "on"})
    assert (PartRequest.objects.count(), Refund.objects.count()) == (1, 0)


def test_a_manager_alone_decides(part, as_user, owner, settings):
    settings.REFUND_FOUR_EYES_CENTS = 1000
    change(as_user(owner), part, **{f"cancel_{line('Chaise')}": "on"})
    assert Refund.objects.count() == 1


def test_a_reader_sees_and_changes_nothing(part, as_user, reader):
    client = as_user(reader)
    assert client.get(path(part)).status_code == 200
    for name in ("envoi/", "prete/", "reception/", "modification/"):
        assert client.post(path(part, name)).status_code == 403
    assert SellerOrder.objects.get().state == "to_prepare"


def test_another_organisation_sees_nothing(part, as_user, stranger):
    client = as_user(stranger)
    assert part.public_id not in client.get(LIST, {"etat": "toutes"}).text
    assert client.get(path(part)).status_code == 404
    for name in ("envoi/", "prete/", "reception/", "modification/"):
        assert client.post(path(part, name)).status_code == 404
    assert SellerOrder.objects.get().state == "to_prepare"
