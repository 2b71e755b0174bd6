"""Appointments on pages: chosen at checkout, changed from the order, worked at the desk, set by the manager."""

import datetime
import uuid

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from rebond.network.models import Agreement
from rebond.shop.models import Agenda, Appointment, Order, SellerOrder, Slot
from rebond.shop.queries.orders import order_path
from rebond.shop.web.slot_forms import AgendaForm
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.slots import make_agenda, offers, pay, placed_with

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
DAY = datetime.timedelta(days=1)
BUYER = {
    "name": "Camille Vasseur",
    "email": "camille@example.org",
    "phone": "",
    "address": "18 rue de la Libération",
    "postal_code": "47200",
    "city": "marmande",
    "has_read": "on",
    "parcel_1": "pickup",
    "total": "2500",
}


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = "test"


@pytest.fixture
def site(seller):
    seller.delivery_modes = ["pickup", "local"]
    seller.save()
    Agreement.objects.create(
        organisation=seller,
        operator=OrganisationFactory(kind="operator"),
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        shipping={"local_cents": 300},
    )
    return SiteFactory(organisation=seller, address="12 rue des Ateliers", name="La Bascule")


@pytest.fixture
def chair(chairs, site, index):
    return ItemFactory(seller=site.organisation, category=chairs, on_sale=True, price_cents=2500, title="Chaise")


@pytest.fixture
def buyer(client, chair):
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    return client


def main(response):
    return BeautifulSoup(response.content, "html.parser").main


def words(response):
    return " ".join(main(response).get_text(" ", strip=True).split())


def send(client, **changes):
    typed = BUYER | {"operation": str(uuid.uuid4())} | changes
    return client.post("/commande/", typed, headers=HERE)


def led_to(response):
    """What the summary of errors calls each field; its link must lead to something of the page."""
    links = main(response).select(".errors a")
    assert all(main(response).find(id=link["href"].removeprefix("#")) for link in links)
    return [" ".join(link.get_text().split()) for link in links]


def hours(response, name="slot_1_pickup"):
    return [field["value"] for field in main(response).select(f"input[name={name}]")]


# --- at checkout


def test_without_an_agenda_collecting_goes_on_as_before(buyer):
    assert not main(buyer.get("/commande/")).select(".slots")
    assert send(buyer).status_code == 302
    assert not Appointment.objects.exists()


def test_the_buyer_chooses_a_day_and_an_hour(buyer, site):
    make_agenda(site)
    page = buyer.get("/commande/")
    shown = hours(page)
    assert len(main(page).select("details.slot-day")) >= 10  # a fortnight without holidays
    assert len(main(page).select("details.slot-day[open]")) == 1

    refused = send(buyer)
    assert refused.status_code == 422
    assert "Choisissez un jour et une heure" in words(refused)
    assert led_to(refused) == ["Rendez-vous pour le colis 1"]
    assert led_to(send(buyer, parcel_1="camel")) == ["Livraison du colis 1"]
    assert not Order.objects.exists()

    assert send(buyer, slot_1_pickup=shown[3]).status_code == 302
    one = Appointment.objects.select_related("slot").get()
    assert f"{one.slot.agenda.public_id}-{timezone.localtime(one.slot.starts_at):%Y%m%d%H%M}" == shown[3]
    assert one.state == "held"


def test_on_the_last_place_the_other_is_told_beside_the_hours_and_loses_nothing(buyer, site, seller):
    agenda = make_agenda(site, capacity=1)
    key = hours(buyer.get("/commande/"))[0]
    taken = next(offer for offer in offers(agenda) if offer.key == key)
    placed_with(ItemFactory(seller=seller, on_sale=True), taken)

    refused = send(buyer, slot_1_pickup=key, name="Zoé")

    assert refused.status_code == 422
    assert "Quelqu’un vient de prendre" in main(refused).select_one(".slots .error").get_text()
    assert main(refused).select_one("input[name=name]")["value"] == "Zoé"
    assert key not in hours(refused)
    assert Order.objects.count() == 1
    assert send(buyer, slot_1_pickup=hours(refused)[0]).status_code == 302


def test_taken_between_the_check_and_the_order_it_is_told_the_same_way(buyer, site, seller, monkeypatch):
    agenda = make_agenda(site, capacity=1)
    key = hours(buyer.get("/commande/"))[0]
    from rebond.shop.web.views import checkout

    real = checkout.place_order

    def late(**facts):
        placed_with(
            ItemFactory(seller=seller, on_sale=True), next(offer for offer in offers(agenda) if offer.key == key)
        )
        return real(**facts)

    monkeypatch.setattr(checkout, "place_order", late)
    refused = send(buyer, slot_1_pickup=key)

    assert refused.status_code == 422
    assert main(refused).select_one(".slots .error")
    assert key not in hours(refused)


def test_when_every_hour_is_taken_the_way_is_refused_with_the_reason(buyer, site):
    make_agenda(site, windows=[((timezone.localdate() + DAY).weekday(), datetime.time(9), datetime.time(9, 30))])
    Agenda.objects.update(ahead_days=1, lead_days=5)

    page = buyer.get("/commande/")

    assert "tous les rendez-vous des prochains jours sont pris" in words(page)
    assert not main(page).select("input[value=pickup]")


def test_a_zone_shows_its_days_once_the_postal_code_is_known(buyer, seller, site):
    make_agenda(organisation=seller, zone=["472"])
    page = buyer.get("/commande/")
    assert not hours(page, "slot_1_local")
    assert "Voir les jours où le vendeur passe chez moi" in words(page)

    asked = buyer.post("/commande/", BUYER | {"points": "1", "parcel_1": "local"}, headers=HERE)
    shown = hours(asked, "slot_1_local")
    assert shown
    elsewhere = buyer.post("/commande/", BUYER | {"points": "1", "postal_code": "69001", "city": "Lyon"}, headers=HERE)
    assert not main(elsewhere).select("input[value=local]")

    assert send(buyer, parcel_1="local", slot_1_local=shown[0], total="2800").status_code == 302
    assert Appointment.objects.get().slot.agenda.mode == "local"


def test_the_days_cost_the_same_queries_whatever_their_number(buyer, site, django_assert_max_num_queries):
    make_agenda(site)
    buyer.get("/commande/")
    for offer in offers(Agenda.objects.get())[:6]:
        Slot.objects.create(agenda=offer.agenda, starts_at=offer.starts_at, ends_at=offer.ends_at, capacity=2, taken=1)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        buyer.get("/commande/")
    for offer in offers(Agenda.objects.get())[6:40]:
        Slot.objects.create(agenda=offer.agenda, starts_at=offer.starts_at, ends_at=offer.ends_at, capacity=2, taken=1)
    with CaptureQueriesContext(connection) as many:
        buyer.get("/commande/")
    assert len(many) == len(few)


# --- from the order


@pytest.fixture
def order(chair, site):
    agenda = make_agenda(site)
    return pay(placed_with(chair, offers(agenda)[-1]))


def test_the_order_says_when_where_and_what_to_show(client, order):
    text = words(client.get(order_path(order)))
    one = Appointment.objects.get()
    for expected in ("12 rue des Ateliers", one.code.upper(), "Ajouter à mon agenda", "Changer d’heure"):
        assert expected in text


def test_the_calendar_is_for_whoever_has_the_link(client, order):
    path = f"{order_path(order)}rendez-vous/1.ics"
    answer = client.get(path)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert client.get(path.replace(order_path(order), f"/commandes/{order.public_id}/x/")).status_code == 404
    assert client.get(f"{order_path(order)}rendez-vous/2.ics").status_code == 404


def test_the_buyer_changes_the_hour(client, order):
    path = f"{order_path(order)}rendez-vous/1/"
    before = Appointment.objects.get()
    shown = hours(client.get(path), "slot")

    assert client.post(path, {"slot": ""}, headers=HERE).status_code == 422
    assert client.post(path, {"slot": "nothing-202701010900"}, headers=HERE).status_code == 422
    moved = client.post(path, {"slot": shown[0]}, headers=HERE)

    assert moved.status_code == 302
    before.refresh_from_db()
    assert before.state == "freed"
    assert Appointment.objects.exclude(pk=before.pk).get().state == "booked"


def test_on_the_day_itself_it_stays(client, order):
    soon = timezone.localtime().replace(hour=23, minute=0, second=0, microsecond=0)
    Slot.objects.update(starts_at=soon, ends_at=soon + datetime.timedelta(minutes=30))
    path = f"{order_path(order)}rendez-vous/1/"

    assert "Changer d’heure" not in words(client.get(order_path(order)))
    assert client.get(path).status_code == 302
    assert client.post(path, {"slot": "x"}, headers=HERE).status_code == 302
    assert Appointment.objects.get().state == "booked"


# --- at the desk


@pytest.fixture
def today(order):
    """The appointment is today, at noon."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    Slot.objects.update(starts_at=noon, ends_at=noon + datetime.timedelta(minutes=30))
    return Appointment.objects.get()


def test_the_day_says_who_comes_and_hands_over(as_user, colleague, today):
    client = as_user(colleague)
    text = words(client.get("/bureau/rendez-vous/"))
    for expected in ("12:00" if "12:00" in text else "12 h", "Camille Vasseur", today.code.upper(), "Chaise"):
        assert expected in text

    done = client.post(reverse("shop:slot-hand", args=[today.public_id]), headers={"origin": "http://testserver"})

    assert done.status_code == 302
    assert SellerOrder.objects.get().state == "delivered"


def test_the_code_that_the_buyer_shows_is_found(as_user, colleague, today):
    client = as_user(colleague)
    spaced = f"{today.code[:3]} {today.code[3:]}".upper()
    assert "Camille Vasseur" in words(client.get("/bureau/rendez-vous/", {"q": spaced}))
    assert "Aucun rendez-vous" in words(client.get("/bureau/rendez-vous/", {"q": "zzzzzz"}))


def test_a_day_that_is_none_is_today(as_user, colleague, today):
    for asked in ("2026-13-45", "x", "9999-12-31", "0001-01-01"):
        assert as_user(colleague).get("/bureau/rendez-vous/", {"jour": asked}).status_code == 200


def test_a_reader_reads_and_a_stranger_sees_nothing(as_user, reader, stranger, today):
    assert "Remis" not in words(as_user(reader).get("/bureau/rendez-vous/"))
    assert as_user(reader).post(reverse("shop:slot-hand", args=[today.public_id])).status_code == 403
    assert "Camille" not in as_user(stranger).get("/bureau/rendez-vous/").content.decode()
    for name in ("slot-hand", "slot-absent", "slot-off"):
        assert as_user(stranger).post(reverse(f"shop:{name}", args=[today.public_id])).status_code == 404
    today.refresh_from_db()
    assert today.state == "booked"


def test_the_day_is_a_spreadsheet_too(as_user, colleague, stranger, today):
    rows = b"".join(as_user(colleague).get("/bureau/rendez-vous/?export=csv").streaming_content).decode().splitlines()
    assert len(rows) == 2
    for expected in ("Camille Vasseur", today.code.upper(), "Chaise"):
        assert expected in rows[1]
    elsewhere = as_user(colleague).get("/bureau/rendez-vous/?export=csv&jour=2020-01-01")
    assert len(b"".join(elsewhere.streaming_content).decode().splitlines()) == 1
    assert "Camille" not in as_user(stranger).get("/bureau/rendez-vous/?export=csv").getvalue().decode()


def test_a_long_day_has_pages(as_user, colleague, today, seller, monkeypatch):
    monkeypatch.setattr("rebond.shop.web.views.desk_slots.SIZE", 1)
    Slot.objects.update(capacity=9)
    other = pay(placed_with(ItemFactory(seller=seller, on_sale=True), offers(Agenda.objects.get())[-1]))
    Appointment.objects.filter(parcel__order=other).update(slot=today.slot)
    client = as_user(colleague)

    pages = [main(client.get("/bureau/rendez-vous/", {"page": n})) for n in ("1", "2", "x")]

    codes = [page.select_one(".slot-code").text for page in pages]
    assert codes[0] != codes[1]
    assert codes[2] == codes[0]
    assert [len(page.select("tbody tr")) for page in pages] == [1, 1, 1]
    assert pages[0].select("nav.pager a[href*='page=2']")
    whole = client.get("/bureau/rendez-vous/?export=csv")
    assert len(b"".join(whole.streaming_content).decode().splitlines()) == 3


def test_the_list_costs_the_same_for_any_number(as_user, colleague, today, seller):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_user(colleague)
    client.get("/bureau/rendez-vous/")
    with CaptureQueriesContext(connection) as one:
        client.get("/bureau/rendez-vous/")
    Slot.objects.update(capacity=9)
    for _n in range(3):
        other = pay(placed_with(ItemFactory(seller=seller, on_sale=True), offers(Agenda.objects.get())[-1]))
        Appointment.objects.filter(parcel__order=other).update(slot=today.slot)
    with CaptureQueriesContext(connection) as four:
        page = client.get("/bureau/rendez-vous/")
    assert len(main(page).select("tbody tr")) == 4
    assert len(four) == len(one)


# --- the openings


def typed(**changes):
    return {
        "slot_min": "30",
        "capacity": "3",
        "lead_days": "1",
        "ahead_days": "14",
        "d1_1_from": "09:00",
        "d1_1_to": "12:00",
        "d1_2_from": "14:00",
        "d1_2_to": "17:00",
    } | changes


def test_a_manager_sets_when_buyers_come(as_user, owner, site):
    client = as_user(owner)
    path = reverse("shop:agenda-add", args=["pickup"])
    assert client.get(path).status_code == 200

    form = typed(site=str(site.pk), operation=str(uuid.uuid4()))
    assert client.post(path, form).status_code == 302
    assert client.post(path, form).status_code in {302, 422}

    agenda = Agenda.objects.get()
    assert (agenda.site, agenda.capacity, agenda.windows.count()) == (site, 3, 2)
    change = reverse("shop:agenda-change", args=[agenda.public_id])
    assert client.post(change, typed(version="1", d1_2_from="", d1_2_to="")).status_code == 302
    assert client.post(change, typed(version="1")).status_code == 422
    agenda.refresh_from_db()
    assert agenda.windows.count() == 1
    client.post(reverse("shop:agenda-close", args=[agenda.public_id]))
    agenda.refresh_from_db()
    assert agenda.closed_at is not None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"d1_1_to": "08:00"}, "d1_1_to"),
        ({"d1_1_to": ""}, "d1_1_to"),
        ({"d1_1_to": "09:10"}, "d1_1_to"),
        ({"d1_2_from": "11:00"}, "d1_2_to"),
        ({"capacity": "0"}, "capacity"),
        ({"lead_days": "-1"}, "lead_days"),
    ],
)
def test_what_does_not_hold_is_said_beside_its_field(changes, field, site, owner):
    from rebond.network.models import Site

    form = AgendaForm(typed(site=str(site.pk), **changes), mode="pickup", sites=Site.objects.all())
    assert list(form.errors) == [field]


def test_a_week_without_openings_is_refused(site):
    from rebond.network.models import Site

    data = {key: value for key, value in typed(site=str(site.pk)).items() if not key.startswith("d1_")}
    form = AgendaForm(data, mode="pickup", sites=Site.objects.all())
    assert list(form.errors) == ["__all__"]


def test_a_round_needs_postal_codes(as_user, owner, site):
    client = as_user(owner)
    path = reverse("shop:agenda-add", args=["local"])
    form = typed(name="Vélo-cargo", zone="47200, 472", operation=str(uuid.uuid4()))
    assert client.post(path, form | {"zone": "Marmande"}).status_code == 422
    assert client.post(path, form).status_code == 302
    agenda = Agenda.objects.get()
    assert (agenda.zone, agenda.slot_min, agenda.site) == (["472", "47200"], 0, None)


def test_others_cannot(as_user, colleague, stranger, site):
    agenda = make_agenda(site)
    assert as_user(colleague).get(reverse("shop:agenda-add", args=["pickup"])).status_code == 403
    assert as_user(colleague).get(reverse("shop:agendas")).status_code == 200
    assert as_user(stranger).get(reverse("shop:agenda-change", args=[agenda.public_id])).status_code == 404
    as_user(stranger).post(reverse("shop:agenda-close", args=[agenda.public_id]))
    agenda.refresh_from_db()
    assert agenda.closed_at is None
