"""One gesture at the packing table: the label of the carrier and the slip; and what is said where it does not come."""

import io
import json
import threading
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.models import Order, SellerOrder
from rebond.warehouse.actions.due import ask_carriers
from rebond.warehouse.actions.label import label_packed
from rebond.warehouse.actions.packing import begin_packing, pack_parcel, scan_in
from rebond.warehouse.errors import StillMissing
from rebond.warehouse.models import CarrierAccount, Packing, Parcel, PickLine, Shipment
from rebond.warehouse.queries.packed import label_of, labels_at, number_refused
from rebond.workshop.actions.step import Hands, undo_step
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step
from tests.factories.carriers import account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order
from tests.factories.workshop import DeviceFactory, StationFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, is_main=True, name="L’entrepôt")


@pytest.fixture
def awa(seller):
    return WorkerFactory(organisation=seller, first_name="Awa", status="cddi")


@pytest.fixture
def at_work(site, awa, owner):
    DeviceFactory(station=StationFactory(site=site, kind="packing", name="La table"))
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=awa, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


@pytest.fixture
def chair(seller, operator, index, site):
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Chaise", price_cents=9000, weight_g=4_000)


@pytest.fixture
def parcel(chair, folders):
    [made] = announce_parcels(order_id=paid_order(chair, shipping=490).pk)
    Order.objects.update(
        address="18 rue de la Libération", postal_code="47200", city="Marmande", name="Camille Vasseur"
    )
    return made


def ready_to_close(parcel, awa):
    """Its task, everything in it."""
    task = begin_packing(parcel=parcel, hands=Hands(worker=awa))
    for line in PickLine.objects.filter(parcel=parcel):
        for _unit in range(line.units):
            scan_in(task=task, parcel=parcel, item_code=line.item_code, hands=Hands(worker=awa))
    parcel.refresh_from_db()
    return task


def close(browser, parcel, awa, weight="4,3"):
    task = ready_to_close(parcel, awa)
    return browser.post(reverse("warehouse:pack-finish", args=[task.public_id]), {"weight": weight, "checked": "1"})


def papers(browser, parcel):
    answer = browser.get(reverse("warehouse:pack-papers", args=[parcel.public_id]))
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def test_closing_the_parcel_gives_its_label_and_its_slip(at_work, parcel, awa, seller):
    account_of(seller)
    done = close(at_work, parcel, awa)
    shipment = Shipment.objects.get()
    assert (shipment.parcel, shipment.state, shipment.grams) == (parcel, "ready", 4_300)
    assert done.url.endswith("?imprimer=1")
    assert "Imprimer l’étiquette et le bordereau" in at_work.get(done.url).text
    label, slip = papers(at_work, parcel)
    assert shipment.number in label
    assert "Chaise" in slip
    assert Packing.objects.get().labelled_on is not None
    assert SellerOrder.objects.get().tracking == shipment.number
    assert papers(at_work, parcel) == [label, slip], "printed again, it is the same"
    code = PickLine.objects.get().item_code
    assert at_work.post("/atelier/emballer/", {"code": code}).url.endswith(f"/colis/{parcel.public_id}/")


def test_a_carrier_that_does_not_answer_keeps_nobody_waiting(at_work, parcel, awa, seller, site):
    account = account_of(seller, key="panne")
    page = at_work.get(close(at_work, parcel, awa).url)
    assert "L’étiquette n’est pas encore là" in page.text
    assert "Ce colis part bientôt" not in page.text
    assert len(papers(at_work, parcel)) == 1
    assert "1 colis attend son étiquette" in at_work.get("/atelier/emballer/").text
    Parcel.objects.update(leave_by=Shipment.objects.get().created_at)
    assert "Ce colis part bientôt" in at_work.get(f"/atelier/emballer/colis/{parcel.public_id}/").text
    CarrierAccount.objects.filter(pk=account.pk).update(credentials=json.dumps({"key": "open"}))
    assert ask_carriers(now=Shipment.objects.get().next_at)["labels"] == 1
    assert labels_at(site).came == [parcel]
    assert "Une étiquette est arrivée" in at_work.get("/atelier/emballer/").text
    assert len(papers(at_work, parcel)) == 2
    assert labels_at(site).came == []


def test_what_the_carrier_refuses_is_said_at_the_table_and_at_the_desk(at_work, parcel, awa, seller, as_user, owner):
    account_of(seller)
    Order.objects.update(address="1 rue inconnue")
    page = at_work.get(close(at_work, parcel, awa).url)
    assert "Le transporteur refuse ce colis" in page.text
    assert "ne trouve pas cette rue" in page.text
    assert (number_refused(seller), Shipment.objects.get().parcel) == (1, parcel)
    desk = as_user(owner)
    assert "1 colis emballé est refusé" in desk.get("/bureau/").text
    assert str(parcel) in desk.get("/bureau/stock/colis/?etat=refused").text
    assert "ne trouve pas cette rue" in desk.get(f"/bureau/stock/colis/{parcel.public_id}/").text
    again = labelled(SellerOrder.objects.get())  # the desk puts it right
    assert (again.parcel, number_refused(seller), label_of(parcel).how) == (parcel, 0, "ready")
    assert "Une étiquette est arrivée" in at_work.get("/atelier/emballer/").text


@pytest.mark.parametrize(
    ("carriers", "says"),
    [((), "Le bureau choisit"), (("own",), "Imprimer l’étiquette"), (("own", "letter"), "Le bureau choisit")],
)
def test_without_a_carrier_only_one_way_by_hand_is_chosen_alone(at_work, parcel, awa, seller, carriers, says):
    for carrier in carriers:
        account_of(seller, carrier)
    assert says in at_work.get(close(at_work, parcel, awa).url).text


def test_what_is_collected_wants_no_label(at_work, parcel, awa, seller):
    account_of(seller)
    Parcel.objects.update(mode="pickup")
    assert "vient le chercher" in at_work.get(close(at_work, parcel, awa).url).text
    assert not Shipment.objects.exists()


def test_a_parcel_that_two_sites_prepare_has_no_label_at_one_table(at_work, parcel, awa, seller):
    account_of(seller)
    Parcel.objects.create(
        organisation=seller,
        site=SiteFactory(organisation=seller, is_main=False),
        order_code=parcel.order_code,
        number=parcel.number,
        mode=parcel.mode,
        leave_by=parcel.leave_by,
    )
    close(at_work, parcel, awa)
    assert not Shipment.objects.exists()


def test_a_label_asked_at_the_desk_before_is_the_one_of_the_table(at_work, parcel, awa, seller):
    asked = labelled(SellerOrder.objects.get(), account_of(seller))
    assert asked.parcel == parcel
    Shipment.objects.update(parcel=None)  # as one of before
    close(at_work, parcel, awa)
    assert Shipment.objects.get().parcel == parcel
    assert len(papers(at_work, parcel)) == 2


def test_opened_again_and_packed_again_it_keeps_its_label(at_work, parcel, awa, seller):
    account_of(seller)
    close(at_work, parcel, awa)
    undo_step(step=Step.objects.get(kind="warehouse.pack"), hands=Hands(worker=awa))
    parcel.refresh_from_db()
    close(at_work, parcel, awa)
    assert Shipment.objects.get().state == "ready"
    assert len(papers(at_work, parcel)) == 2


def test_a_packing_that_is_refused_asks_no_label(parcel, awa, seller):
    account_of(seller)
    task = begin_packing(parcel=parcel, hands=Hands(worker=awa))
    with pytest.raises(StillMissing):
        pack_parcel(task=task, parcel=parcel, grams=4_300, hands=Hands(worker=awa))
    assert not Shipment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_tables_that_ask_at_once_get_one_label(parcel, awa, seller):
    account_of(seller)
    task = ready_to_close(parcel, awa)
    pack_parcel(task=task, parcel=parcel, grams=4_300, hands=Hands(worker=awa))
    gate, broken = threading.Barrier(2), []

    def ask():
        try:
            gate.wait()
            label_packed(parcel=parcel, by=awa.user)
        except Exception as error:  # noqa: BLE001 -- the test says what broke in a thread
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (broken, Shipment.objects.get().state) == ([], "ready")


def test_shipments_of_before_find_their_parcel(parcel, seller):
    labelled(SellerOrder.objects.get(), account_of(seller))
    Shipment.objects.update(parcel=None)
    step = import_module("rebond.warehouse.migrations.0003_find_the_parcels")
    for _again in range(2):
        step.find_parcels(apps, None)
        assert Shipment.objects.get().parcel == parcel


def test_another_organisation_sees_neither(parcel, seller, as_user, stranger):
    labelled(SellerOrder.objects.get(), account_of(seller))
    assert as_user(stranger).get(f"/bureau/stock/colis/{parcel.public_id}/").status_code == 404
    assert number_refused(stranger.memberships.get().organisation) == 0
