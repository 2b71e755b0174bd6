"""Orders that leave with a carrier: the label at the desk, the order that follows its parcels, cases that open alone."""

import datetime
import io
import uuid

import pytest
from django.utils import timezone
from pypdf import PdfReader

from rebond.core.ids import public_id
from rebond.journal.models import OutgoingMail, StoredFile, Transition
from rebond.ledger.models import Sale
from rebond.shop.actions.carried import follow_shipment
from rebond.shop.actions.carried_mail import write_carried_mail
from rebond.shop.actions.delivery_said import say_never_came
from rebond.shop.actions.erasing import blank_orders
from rebond.shop.actions.part import deliver_part, make_part_ready, ship_part
from rebond.shop.actions.presumed import presume_delivered
from rebond.shop.actions.refund import ask_refund
from rebond.shop.errors import PartStateError
from rebond.shop.models import Conversation, Message, Order, OrderLine, SellerOrder
from rebond.shop.queries.inside import still_here
from rebond.warehouse.actions.due import ask_carriers
from rebond.warehouse.actions.label import cancel_label
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.contract import Event, Step
from rebond.warehouse.models import Shipment
from tests.factories.carriers import account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
CAMILLE = {"name": "Camille Vasseur", "address": "18 rue de la Libération", "postal_code": "47200", "city": "Marmande"}


def hours(number):
    return NOW + datetime.timedelta(hours=number)


@pytest.fixture
def chair(seller, operator, index):
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=9000, weight_g=4_000)


@pytest.fixture
def part(chair, folders):
    paid_order(chair, shipping=490, now=NOW)
    return SellerOrder.objects.select_related("order", "seller").get()


@pytest.fixture
def account(seller):
    return account_of(seller)


def path(part, name="etiquette/", number=1):
    return f"/bureau/commandes/{part.public_id}/colis/{number}/{name}"


def form(account, **fields):
    typed = {"account": account.public_id, "grams": "4,2 kg"} | CAMILLE | fields
    return {f"p1-{name}": value for name, value in typed.items()}


def tell(shipment, step, at, key=None):
    take_events(shipment=shipment, events=[Event(key or step, step, at)], now=hours(24 * 365))


# --- the desk ---


def test_one_gesture_gives_label_and_slip_and_fills_the_number(part, account, as_user, owner):
    client = as_user(owner)
    assert "Imprimer l’étiquette" in client.get(f"/bureau/commandes/{part.public_id}/").text
    answer = client.post(path(part), form(account), follow=True)
    shipment = Shipment.objects.get()
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert (answer["Content-Type"], len(pages)) == ("application/pdf", 2)
    assert shipment.number in pages[0].extract_text()
    assert "Chaise" in pages[1].extract_text()
    part.refresh_from_db()
    assert (part.state, part.tracking, shipment.grams) == ("to_prepare", shipment.number, 4_200)
    again = client.post(path(part), form(account), follow=True)
    assert (again["Content-Type"], Shipment.objects.count()) == ("application/pdf", 1)


@pytest.mark.parametrize(
    ("fields", "words", "field"),
    [
        ({"postal_code": "99999"}, "n’existe pas", "postal_code"),
        ({"address": "1 rue inconnue"}, "ne trouve pas cette rue", "address"),
        ({"grams": "31 kg"}, "30 kg", "grams"),
        ({"grams": ""}, "Pesez", "grams"),
        ({"name": ""}, "en a besoin", "name"),
    ],
)
def test_what_the_carrier_refuses_stands_beside_its_field_and_keeps_what_was_typed(
    part, account, as_user, owner, fields, words, field
):
    answer = as_user(owner).post(path(part), form(account, city="Marmande-sur-Mer", **fields))
    assert answer.status_code == 422
    assert words in answer.text
    assert f'id="id_p1-{field}_error"' in answer.text
    assert "Marmande-sur-Mer" in answer.text
    part.refresh_from_db()
    assert (part.tracking, Shipment.objects.alive().count()) == ("", 0)


def test_an_outage_is_said_and_the_label_comes_by_itself(part, seller, as_user, owner):
    account = account_of(seller, key="panne")
    answer = as_user(owner).post(path(part), form(account), follow=True)
    assert "ne donne pas l’étiquette" in answer.text
    shipment = Shipment.objects.get()
    account.credentials = '{"key": "open"}'
    account.save()
    assert ask_carriers(now=shipment.next_at)["labels"] == 1
    part.refresh_from_db()
    assert part.tracking == Shipment.objects.get().number != ""


def test_without_an_account_the_number_is_typed_as_before(part, as_user, owner):
    client = as_user(owner)
    assert "Imprimer l’étiquette" not in client.get(f"/bureau/commandes/{part.public_id}/").text
    client.post(f"/bureau/commandes/{part.public_id}/envoi/", {"carrier": "La Poste", "tracking": "6A1"})
    part.refresh_from_db()
    assert (part.state, part.tracking) == ("shipped", "6A1")


def test_readers_and_strangers_print_nothing(part, account, as_user, reader, stranger):
    assert as_user(reader).post(path(part), form(account)).status_code == 403
    assert as_user(stranger).post(path(part), form(account)).status_code == 404
    assert as_user(stranger).get(path(part, "papiers.pdf")).status_code == 404
    assert Shipment.objects.count() == 0


def test_no_label_once_the_order_left_and_none_for_a_parcel_that_is_not_there(part, account, as_user, owner):
    assert as_user(owner).post(path(part, number=7), form(account)).status_code == 404
    ship_part(part=part, carrier="C", tracking="", by=owner)
    as_user(owner).post(path(part), form(account))
    with pytest.raises(PartStateError):
        labelled(part, account)
    assert Shipment.objects.count() == 0


def test_a_cancelled_label_takes_its_number_away(part, account):
    cancel_label(shipment=labelled(part, now=NOW), by=None, now=NOW)
    part.refresh_from_db()
    assert (part.tracking, part.carrier) == ("", "")


# --- the order follows ---


def test_the_order_leaves_arrives_and_its_delays_count_from_the_carriers_hour(part, account):
    shipment = labelled(part, now=NOW)
    tell(shipment, Step.TAKEN, hours(6))
    part.refresh_from_db()
    assert (part.state, part.shipped_at) == ("shipped", hours(6))
    tell(shipment, Step.AT_POINT, hours(40))
    tell(shipment, Step.DELIVERED, hours(60))
    part.refresh_from_db()
    assert (part.state, part.delivered_at) == ("delivered", hours(60))


def test_the_label_of_what_was_ready_to_collect_is_followed_too(part, account, owner):
    """The buyer has it sent after all: the label was offered, and what the carrier told of it was lost."""
    make_part_ready(part=part, by=owner, now=NOW)
    shipment = labelled(part, now=NOW)
    tell(shipment, Step.TAKEN, hours(6))
    part.refresh_from_db()
    assert (part.state, part.shipped_at, part.tracking) == ("shipped", hours(6), shipment.number)
    tell(shipment, Step.DELIVERED, hours(60))
    part.refresh_from_db()
    assert (part.state, part.delivered_at) == ("delivered", hours(60))
    assert Transition.objects.filter(subject_id=part.public_id, verb="carry").count() == 1


def test_what_was_ready_is_here_until_its_driver_has_it(part, account, owner):
    """Its part follows by a task: until then it could be cancelled on its way."""
    make_part_ready(part=part, by=owner, now=NOW)
    labelled(part, now=NOW)
    lines = part.lines.select_related("part__order")
    assert len(still_here(lines.all())) == len(lines) > 0
    Shipment.objects.update(state="moving")
    assert still_here(lines.all()) == []


@pytest.mark.parametrize("step", [Step.REFUSED, Step.RETURNING, Step.RETURNED, Step.LOST])
def test_an_order_whose_first_news_is_that_it_comes_back_is_not_prepared_again(part, account, step):
    shipment = labelled(part, now=NOW)
    take_events(
        shipment=shipment, events=[Event("1", Step.TAKEN, hours(5)), Event("2", step, hours(60))], now=hours(70)
    )
    part.refresh_from_db()
    assert (part.state, part.shipped_at) == ("shipped", hours(5))
    assert Conversation.objects.get().part == part


def test_the_same_news_again_changes_nothing(part, account):
    shipment = labelled(part, now=NOW)
    for _ in range(2):
        tell(shipment, Step.DELIVERED, hours(60))
    shipment.refresh_from_db()
    for _ in range(2):
        follow_shipment(shipment=shipment, at=hours(60))
    part.refresh_from_db()
    assert (part.state, part.shipped_at, part.delivered_at) == ("delivered", hours(60), hours(60))


def test_an_order_of_two_parcels_leaves_with_the_first_and_is_received_with_the_last(chair, seller, folders):
    account_of(seller)
    paid_order(chair, ItemFactory(seller=seller, on_sale=True), parcels=[490, 490], now=NOW)
    part = SellerOrder.objects.select_related("order", "seller").get()
    first, second = labelled(part, now=NOW, number=1), labelled(part, now=NOW, number=2)
    part.refresh_from_db()
    assert part.tracking == f"{first.number}, {second.number}"
    tell(first, Step.DELIVERED, hours(50))
    part.refresh_from_db()
    assert part.state == "shipped"
    tell(second, Step.DELIVERED, hours(45))
    part.refresh_from_db()
    assert (part.state, part.delivered_at) == ("delivered", hours(50))


def test_a_presumption_gives_way_to_the_carriers_hour(part, account):
    shipment = labelled(part, now=NOW)
    tell(shipment, Step.TAKEN, hours(6))
    part.refresh_from_db()
    deliver_part(part=part, by=None, reason="presumed", now=hours(300))
    tell(shipment, Step.DELIVERED, hours(310))
    part.refresh_from_db()
    assert (part.delivered_at, part.presumed_at) == (hours(310), None)


@pytest.mark.parametrize("step", [Step.AT_POINT, Step.REFUSED, Step.RETURNED, Step.LOST, "late"])
def test_what_its_carrier_says_the_buyer_has_not_is_not_presumed_received(part, account, owner, step):
    shipment = labelled(part, now=NOW)
    tell(shipment, Step.TAKEN, hours(6))
    if step == "late":
        Shipment.objects.update(late_at=hours(240))
    else:
        tell(shipment, step, hours(60))
    assert presume_delivered(now=hours(24 * 40)) == 0
    part.refresh_from_db()
    with pytest.raises(PartStateError):
        deliver_part(part=part, by=None, reason="presumed", now=hours(24 * 40))
    lines = {line.pk: line.cents for line in part.lines.all()}
    ask_refund(part=part, lines=lines, reason="not_received", by=owner, operation=uuid.uuid4())
    assert presume_delivered(now=hours(24 * 41)) == 0  # nor does it count as received once all of it is given back


def test_the_lost_parcel_of_another_seller_holds_nobody(part, account, index):
    far = ItemFactory(seller=OrganisationFactory(seller_state="admitted", letters="LLL"), on_sale=True)
    near = ItemFactory(seller=part.seller, on_sale=True)
    order = paid_order(near, far, parcels=[490, 490], now=NOW)
    lost, other = order.parts.get(seller=far.seller), order.parts.get(seller=part.seller)
    account_of(far.seller)
    for one in (lost, other):
        tell(labelled(one, now=NOW), Step.TAKEN, hours(6))
    tell(Shipment.objects.get(organisation=far.seller), Step.LOST, hours(60))
    assert presume_delivered(now=hours(24 * 40)) == 1
    assert SellerOrder.objects.get(state="delivered") == other


@pytest.mark.parametrize("step", [Step.REFUSED, Step.RETURNED, Step.LOST])
def test_a_presumption_ends_where_its_carrier_lost_it_or_brings_it_back(part, account, step):
    shipment = labelled(part, now=NOW)
    tell(shipment, Step.TAKEN, hours(6))
    assert presume_delivered(now=hours(300)) == 1
    assert Sale.objects.get().payable_on is not None
    tell(shipment, step, hours(310))
    part.refresh_from_db()
    assert (part.state, part.delivered_at, part.presumed_at, part.contested_at) == ("shipped", None, None, None)
    assert Sale.objects.get().payable_on is None
    assert presume_delivered(now=hours(24 * 60)) == 0


def test_what_was_seen_to_arrive_stays_received_though_it_comes_back(part, account):
    shipment = labelled(part, now=NOW)
    tell(shipment, Step.TAKEN, hours(6))
    part.refresh_from_db()
    deliver_part(part=part, by=None, reason="said", now=hours(50))
    tell(shipment, Step.RETURNED, hours(310))
    part.refresh_from_db()
    assert (part.state, part.delivered_at) == ("delivered", hours(50))


def test_what_the_buyer_contests_no_carrier_answers(part, account):
    shipment = labelled(part, now=NOW)
    tell(shipment, Step.TAKEN, hours(6))
    part.refresh_from_db()
    say_never_came(part=part, operation=uuid.uuid4())
    tell(shipment, Step.DELIVERED, hours(60))
    part.refresh_from_db()
    assert (part.state, part.delivered_at) == ("shipped", None)


def test_mails_say_where_it_waits_and_that_it_came_once_each(part, account):
    shipment = labelled(part, now=NOW)
    tell(shipment, Step.AT_POINT, hours(40))
    tell(shipment, Step.DELIVERED, hours(60))
    for step in ("at_point", "at_point", "delivered", "delivered"):
        write_carried_mail(part_id=part.pk, shipment_id=shipment.pk, step=step)
    mails = OutgoingMail.objects.filter(key__startswith="shop.carried").order_by("pk")
    assert [("attend" in mail.subject, shipment.number in mail.text) for mail in mails] == [
        (True, True),
        (False, False),
    ]
    assert "5 novembre 2026" in mails[1].text or "4 novembre 2026" in mails[1].text


# --- what goes wrong ---


@pytest.mark.parametrize(
    ("street", "days", "words"),
    [("rue perdue", 11, ["aurait dû arriver", "est perdu"]), ("rue du refus", 6, ["retourne"])],
)
def test_a_lost_or_returned_parcel_opens_one_case(part, account, street, days, words):
    labelled(part, now=NOW, address=street)
    for day in range(1, days):
        ask_carriers(now=hours(24 * day))
        ask_carriers(now=hours(24 * day))
    told = list(Message.objects.order_by("pk"))
    assert [(message.author, word in message.text) for message, word in zip(told, words, strict=True)] == [
        ("site", True)
    ] * len(words)
    assert Conversation.objects.get().reason == "not_received"


def test_a_late_parcel_opens_one_case(part, account):
    labelled(part, now=NOW, address="rue du retard")
    for day in range(1, 9):
        ask_carriers(now=hours(24 * day))
    assert "aurait dû arriver" in Message.objects.get().text
    assert Conversation.objects.count() == 1


def test_an_erased_order_leaves_no_label_and_no_word_of_its_carrier(part, account):
    shipment = labelled(part, now=NOW)
    take_events(
        shipment=shipment, events=[Event("1", Step.TAKEN, hours(6), "Remis par Camille", "Marmande")], now=hours(9)
    )
    blank_orders([part.order_id], NOW)
    shipment.refresh_from_db()
    assert (shipment.number, shipment.postal_code, shipment.pdf) == ("", "", None)
    assert list(shipment.events.values_list("words", "place")) == [("", "")]
    assert StoredFile.objects.count() == 0


def test_a_parcel_of_nobody_is_left_alone(account, part):
    shipment = labelled(part, now=NOW)
    Shipment.objects.update(reference=f"{public_id()}-1")
    shipment.refresh_from_db()
    follow_shipment(shipment=shipment, at=NOW)
    assert OrderLine.objects.count() == 1
    assert Order.objects.get().state == "paid"


def test_the_file_of_claims_has_what_is_lost_or_late_with_its_value(part, account, as_user, owner, stranger):
    shipment = labelled(part, now=timezone.now() - datetime.timedelta(days=11), address="rue perdue")
    client = as_user(owner)
    page = client.get("/bureau/commandes/?etat=shipped").text
    assert "/bureau/reclamations-transporteurs.csv" in page
    read = lambda user: b"".join(as_user(user).get("/bureau/reclamations-transporteurs.csv")).decode().splitlines()  # noqa: E731
    assert len(read(owner)) == 1
    for _ in range(2):
        Shipment.objects.update(next_at=timezone.now())
        ask_carriers()
    rows = read(owner)
    assert (len(rows), shipment.number in rows[1], "90,00" in rows[1], "Perdu" in rows[1]) == (2, True, True, True)
    assert len(read(stranger)) == 1
