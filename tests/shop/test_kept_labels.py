"""What has its label and must not leave: cancelled, withdrawn from, contested, opened again. The cage refuses it."""

import uuid

import pytest
from django.utils import timezone

from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.part import CancelLine, change_part
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.models import Dispute, OrderLine, Payment
from rebond.warehouse.actions.label import cancel_label
from rebond.warehouse.actions.manifest import close_manifest, hand_over, open_manifest, scan_parcel, take_out
from rebond.warehouse.actions.parcel import move_parcel
from rebond.warehouse.errors import ParcelStays
from rebond.warehouse.models import Packing, Parcel, Shipment
from rebond.warehouse.queries.manifests import counted, kept_from, missing_from, paper_of, parcels_in, to_hand_over
from rebond.warehouse.queries.staying import labels_to_take_off, why_stays
from tests.factories.carriers import account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "/bureau/stock/remises/"


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, is_main=True, city="Marmande")


@pytest.fixture
def account(seller):
    return account_of(seller)


@pytest.fixture
def manifest(account, site):
    return open_manifest(account=account, site=site, by=None)


@pytest.fixture
def make(seller, operator, index, folders, account, site):
    """An order of two objects in one parcel, labelled; `at` says where they are prepared, None: no warehouse knows."""

    def made(at=None):
        items = [ItemFactory(seller=seller, site=at, on_sale=True, title=title) for title in ("Chaise", "Lampe")]
        order = paid_order(*items, email=f"{uuid.uuid4().hex}@example.org")
        announce_parcels(order_id=order.pk)
        part = order.parts.select_related("order", "seller").get()
        return part, labelled(part, account)

    return made


def cancel(part, by):
    lines = part.lines.values_list("pk", flat=True)
    changes = [CancelLine(line, "other") for line in lines]
    change_part(part=part, changes=changes, by=by, operation=uuid.uuid4())


def withdraw(part, by):
    lines = {OrderLine.objects.get(part=part, title="Lampe").pk}
    declare_withdrawal(order=part.order, said=Declaration(lines, "Ana", "ana@example.org", uuid.uuid4()))


def contest(part, by):
    payment = Payment.objects.get(order=part.order)
    Dispute.objects.create(payment=payment, provider="test", provider_id="dp_1", cents=payment.amount_cents)


def open_it(part, by):
    """Packed, then the packing is taken back."""
    parcel = Parcel.objects.get(order_code=part.order.public_id)
    parcel.lines.update(state="picked")
    for verb in ("pick", "pack"):
        move_parcel(parcel, verb, by)
    Packing.objects.create(parcel=parcel, undone_on=timezone.localdate())
    move_parcel(parcel, "unpack", by)


CASES = [
    (cancel, False, "Plus rien"),
    (cancel, True, "Plus rien"),
    (withdraw, False, "rétracté"),
    (withdraw, True, "rétracté"),
    (contest, False, "banque"),
    (open_it, True, "rouvert"),
]


@pytest.mark.parametrize(("happens", "is_prepared", "words"), CASES)
def test_the_cage_refuses_what_must_stay(happens, is_prepared, words, make, manifest, site, owner):
    part, shipment = make(site if is_prepared else None)
    assert list(missing_from(manifest)) == [shipment]
    happens(part, owner)
    with pytest.raises(ParcelStays, match=words):
        scan_parcel(manifest=manifest, text=shipment.number, by=owner)
    shipment.refresh_from_db()
    assert (shipment.manifest, list(missing_from(manifest)), list(kept_from(manifest))) == (None, [], [shipment])
    assert [one.number for one in to_hand_over(site.organisation)] == [0]
    assert labels_to_take_off(site.organisation).count() == (happens is not open_it)


@pytest.mark.parametrize(("happens", "is_prepared", "words"), CASES)
def test_what_must_stay_since_its_scan_is_taken_out_before_the_list_is_closed(
    happens, is_prepared, words, make, manifest, site, owner
):
    (part, shipment), (_other, good) = make(site if is_prepared else None), make()
    for one in (shipment, good):
        scan_parcel(manifest=manifest, text=one.number, by=owner)
    happens(part, owner)
    assert why_stays(shipment).find(words) >= 0
    with pytest.raises(ParcelStays, match=shipment.number):
        close_manifest(manifest=manifest, by=owner)
    assert set(Shipment.objects.values_list("state", flat=True)) == {"ready"}, "nothing was handed over"
    take_out(manifest=manifest, shipment=shipment, by=owner)
    assert close_manifest(manifest=manifest, by=owner).units == 1
    assert hand_over(manifest_id=manifest.pk) == 1
    states = Shipment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["ready", "moving"]


def test_one_of_two_sellers_or_orders_keeps_nothing_of_the_others(make, manifest, owner):
    (part, _kept), (_other, shipment) = make(), make()
    withdraw(part, owner)
    contest(part, owner)
    assert (why_stays(shipment), list(missing_from(manifest))) == ("", [shipment])
    scan_parcel(manifest=manifest, text=shipment.number, by=owner)


def test_what_is_refunded_of_a_parcel_frees_the_rest(make, manifest, owner):
    part, shipment = make()
    changes = [CancelLine(OrderLine.objects.get(part=part, title="Lampe").pk, "other")]
    change_part(part=part, changes=changes, by=owner, operation=uuid.uuid4())
    scan_parcel(manifest=manifest, text=shipment.number, by=owner)
    assert close_manifest(manifest=manifest, by=owner).units == 1


def test_a_label_cancelled_after_its_scan_is_on_no_paper(make, manifest, account, owner, as_user):
    (_part, shipment), (_other, good) = make(), make()
    for one in (shipment, good):
        scan_parcel(manifest=manifest, text=one.number, by=owner)
    cancel_label(shipment=shipment, by=owner)
    assert (list(parcels_in(manifest)), counted([manifest])) == ([good], {manifest.pk: 1})
    closed = close_manifest(manifest=manifest, by=owner)
    assert (closed.units, closed.grams, [row[0] for row in paper_of(closed)["rows"]]) == (1, good.grams, [good.number])


def test_the_desk_says_what_to_keep_and_why(make, manifest, owner, as_user):
    (first, shipment), (second, scanned) = make(), make()
    scan_parcel(manifest=manifest, text=scanned.number, by=owner)
    for part in (first, second):
        cancel(part, owner)
    client, path = as_user(owner), f"{LIST}{manifest.public_id}/"
    shown = client.get(path).text
    assert (shown.count("remettez les objets à leur place"), "Dans le chariot : retirez-le" in shown) == (2, True)
    answer = client.post(f"{path}scan/", {"code": shipment.number})
    assert (answer.status_code, "Plus rien" in answer.text) == (422, True)
    assert "Retirez d’abord du chariot" in client.post(f"{path}remise/", follow=True).text
    assert "2 colis ont une étiquette et doivent rester" in client.get("/bureau/").text
    listed = client.get("/bureau/stock/envois/?etat=stays").text
    assert (shipment.number in listed, "remettez les objets à leur place" in listed) == (True, True)
    page = f"/bureau/stock/envois/{shipment.public_id}/"
    assert "Ne le remettez pas au transporteur" in client.get(page).text
    client.post(f"{page}annulation/")
    assert shipment.number not in client.get("/bureau/stock/envois/?etat=stays").text
