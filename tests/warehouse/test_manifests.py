"""Handing parcels to a carrier: each scanned once, what is missing is said, closed once and for all."""

import datetime
import io

import pytest
from django.db.models import TextField
from django.db.models.functions import Cast
from django_tasks_db.models import DBTaskResult
from pypdf import PdfReader

from rebond.journal.models import Entry
from rebond.warehouse.actions.due import ask_carriers
from rebond.warehouse.actions.label import ask_label, cancel_label, forget_receivers, make_label
from rebond.warehouse.actions.manifest import (
    close_manifest,
    hand_over,
    hand_over_rest,
    open_manifest,
    scan_parcel,
    take_out,
)
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.contract import Address, Wanted
from rebond.warehouse.errors import (
    AccountOff,
    ManifestClosed,
    NothingScanned,
    ParcelNotReady,
    ParcelOfAnother,
    ParcelUnknown,
    ShipmentStateForbids,
)
from rebond.warehouse.models import CarrierAccount, Manifest, Parcel, Shipment, TrackingEvent
from rebond.warehouse.queries.manifests import beside, missing_from, to_hand_over
from tests.factories.carriers import CAMILLE, account_of
from tests.factories.network import SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
DESK = "/bureau/stock/remises/"


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller, city="Marmande")


@pytest.fixture
def account(seller, folders):
    return account_of(seller, "own")


def parcel(account, number=1, at=None):
    """With its label; prepared at a site of the warehouse where one is given."""
    mode = next(iter(account.kind.modes - {"relay", "local"}))
    wanted = Wanted(f"abc-{number}", mode, 900, Address("A", "1 rue B", "47000", "Agen"), Address(**CAMILLE))
    facts = {"order_code": "abc", "number": number, "leave_by": NOW}
    prepared = Parcel.objects.create(organisation=at.organisation, site=at, **facts) if at else None
    asked = ask_label(account=account, wanted=wanted, subject="abc", by=None, parcel=prepared, now=NOW)
    return make_label(shipment=asked, now=NOW)


@pytest.fixture
def manifest(account, site):
    return open_manifest(account=account, site=site, by=None, now=NOW)


def hand_over_all():
    """The tasks of the lists that were closed, as the worker runs them; how many parcels."""
    rows = DBTaskResult.objects.filter(task_path="rebond.warehouse.tasks.hand_over_parcels").order_by("enqueued_at")
    return sum(hand_over(manifest_id=row.args_kwargs["args"][0], now=NOW) for row in rows)


def caged(manifest, account, number):
    """So many parcels scanned, and the list closed."""
    found = [parcel(account, n) for n in range(number)]
    for one in found:
        scan_parcel(manifest=manifest, text=one.number, by=None, now=NOW)
    close_manifest(manifest=manifest, by=None, now=NOW)
    return found


def states():
    return list(Shipment.objects.order_by("pk").values_list("state", flat=True))


def test_closing_asks_the_same_for_any_number_and_the_parcels_follow_one_by_one(
    manifest, account, site, django_assert_max_num_queries
):
    for number in (3, 12):
        one = open_manifest(account=account, site=site, by=None, now=NOW)
        for n in range(number):
            scan_parcel(manifest=one, text=parcel(account, 100 * number + n).number, by=None, now=NOW)
        with django_assert_max_num_queries(16):
            close_manifest(manifest=one, by=None, now=NOW)
    assert set(states()) == {"ready"}
    assert (hand_over_all(), hand_over_all(), set(states())) == (15, 0, {"moving"})


def test_a_parcel_that_fails_leaves_the_others_and_is_tried_again(manifest, account, monkeypatch):
    first, *_others = caged(manifest, account, 3)

    def broken(*, shipment, **more):
        if shipment == first:
            raise RuntimeError
        return take_events(shipment=shipment, **more)

    with monkeypatch.context() as patch:
        patch.setattr("rebond.warehouse.actions.manifest.take_events", broken)
        assert hand_over_all() == 2
    assert states() == ["ready", "moving", "moving"]
    minute = datetime.timedelta(minutes=1)
    assert [hand_over_rest(now=NOW + n * minute) for n in (1, 6, 7)] == [0, 1, 0]
    assert states() == ["moving"] * 3
    assert set(TrackingEvent.objects.values_list("at", flat=True)) == {NOW}, "the hour of the hand-over"


def test_the_carriers_minute_hands_over_what_was_left(manifest, account):
    caged(manifest, account, 1)
    ask_carriers(now=NOW + datetime.timedelta(minutes=6))
    assert states() == ["moving"]


def test_what_the_driver_has_keeps_its_label(manifest, account, owner):
    (shipment,) = caged(manifest, account, 1)
    with pytest.raises(ShipmentStateForbids):
        cancel_label(shipment=shipment, by=owner)
    assert (states(), hand_over(manifest_id=manifest.pk, now=NOW)) == (["ready"], 1)


def test_an_open_list_hands_nothing_over(manifest, account):
    scan_parcel(manifest=manifest, text=parcel(account).number, by=None, now=NOW)
    assert (hand_over(manifest_id=manifest.pk), states()) == (0, ["ready"])


def test_the_page_says_how_far_it_is(manifest, account, as_user, owner):
    first, _second = caged(manifest, account, 2)
    client, path = as_user(owner), f"{DESK}{manifest.public_id}/"
    assert "0 colis sur 2" in client.get(path).text
    Shipment.objects.filter(pk=first.pk).update(state="moving")
    part = client.get(path, headers={"HX-Request": "true"}).text
    assert ("1 colis sur 2" in part, 'hx-trigger="every 2s"' in part, "<h1>" in part) == (True, True, False)
    hand_over_all()
    part = client.get(path, headers={"HX-Request": "true"}).text
    assert ("Tout est remis" in part, "hx-trigger" in part) == (True, False)


def test_a_day_at_the_dock(manifest, account, owner):
    first, second = parcel(account, 1), parcel(account, 2)
    scan_parcel(manifest=manifest, text=f" {first.number.lower()} ", by=owner, now=NOW)
    scan_parcel(manifest=manifest, text=first.number, by=owner, now=NOW)
    assert list(missing_from(manifest)) == [second]
    closed = close_manifest(manifest=manifest, by=owner, now=NOW)
    assert (closed.units, closed.grams) == (1, 900)
    assert hand_over_all() == 1
    assert list(Shipment.objects.order_by("pk").values_list("state", flat=True)) == ["moving", "ready"]


def test_one_list_is_open_at_once_and_the_next_begins_after_it(manifest, account, site):
    assert open_manifest(account=account, site=site, by=None, now=NOW) == manifest
    with pytest.raises(NothingScanned):
        close_manifest(manifest=manifest, by=None)
    shipment = parcel(account)
    scan_parcel(manifest=manifest, text=shipment.number, by=None)
    close_manifest(manifest=manifest, by=None)
    for act in (
        lambda: close_manifest(manifest=manifest, by=None),
        lambda: scan_parcel(manifest=manifest, text=shipment.number, by=None),
        lambda: take_out(manifest=manifest, shipment=shipment, by=None),
    ):
        with pytest.raises(ManifestClosed):
            act()
    other = open_manifest(account=account, site=site, by=None, now=NOW)
    assert other != manifest
    with pytest.raises(ParcelNotReady):
        scan_parcel(manifest=other, text=shipment.number, by=None)


def test_wrong_parcels_are_said(manifest, account, seller, stranger):
    for text in ("", "ABC", "'; --"):
        with pytest.raises(ParcelUnknown):
            scan_parcel(manifest=manifest, text=text, by=None)
    elsewhere = parcel(account_of(seller, "test"), 8)
    with pytest.raises(ParcelOfAnother):
        scan_parcel(manifest=manifest, text=elsewhere.number, by=None)
    theirs = parcel(account_of(stranger.memberships.get().organisation, "own"), 9)
    with pytest.raises(ParcelUnknown):
        scan_parcel(manifest=manifest, text=theirs.number, by=None)
    assert Shipment.objects.exclude(manifest=None).count() == 0


def test_a_parcel_taken_out_waits_again_and_an_account_that_is_off_hands_over_nothing(manifest, account, site):
    shipment = scan_parcel(manifest=manifest, text=parcel(account).number, by=None)
    take_out(manifest=manifest, shipment=shipment, by=None)
    assert list(missing_from(manifest)) == [shipment]
    CarrierAccount.objects.update(is_active=False)
    account.refresh_from_db()
    with pytest.raises(AccountOff):
        open_manifest(account=account, site=site, by=None)


def test_the_desk_scans_closes_and_prints(account, site, as_user, owner, reader, stranger):
    shipment, client = parcel(account), as_user(owner)
    assert "1 colis attend" in client.get(DESK).text
    answer = client.post(f"{DESK}ouverture/", {"account": account.public_id, "site": site.public_id}, follow=True)
    path = f"{DESK}{Manifest.objects.get().public_id}/"
    assert shipment.number in answer.text  # among what is missing
    wrong = client.post(f"{path}scan/", {"code": "nope"})
    assert (wrong.status_code, "Aucun de vos colis" in wrong.text, 'value="nope"' in wrong.text) == (422, True, True)
    assert "est dans le chariot" in client.post(f"{path}scan/", {"code": shipment.number}, follow=True).text
    assert as_user(reader).post(f"{path}remise/").status_code == 403
    assert as_user(stranger).get(path).status_code == 404
    assert "Remis" in client.post(f"{path}remise/", follow=True).text
    text = PdfReader(io.BytesIO(client.get(f"{path}bordereau.pdf").content)).pages[0].extract_text()
    assert (shipment.number in text, "47200" in text) == (True, True)


@pytest.fixture
def theirs(stranger, folders):
    """The account of another seller, some of whose objects are stored here."""
    return account_of(stranger.memberships.get().organisation, "own")


def test_a_cage_with_two_accounts_has_a_list_for_each(manifest, account, theirs, site):
    mine, other, at_home = parcel(account, 1), parcel(theirs, 2, at=site), parcel(theirs, 3)
    assert list(missing_from(manifest)) == [mine, other], "what they prepare themselves is not awaited here"
    assert [(one.account, one.number, one.site) for one in to_hand_over(site.organisation)] == [
        (account, 1, None),
        (theirs, 1, site),
    ]
    scan_parcel(manifest=manifest, text=mine.number, by=None, now=NOW)
    for _twice in range(2):
        scan_parcel(manifest=manifest, text=other.number, by=None, now=NOW)
    with pytest.raises(ParcelUnknown):
        scan_parcel(manifest=manifest, text=at_home.number, by=None, now=NOW)
    [(second, number)] = beside(manifest)
    assert (second.account, second.organisation, number) == (theirs, site.organisation, 1)
    assert [close_manifest(manifest=one, by=None, now=NOW).units for one in (manifest, second)] == [1, 1]
    assert hand_over_all() == 2
    assert list(Shipment.objects.order_by("pk").values_list("state", flat=True)) == ["moving", "moving", "ready"]
    assert not Entry.objects.filter(organisation_id=theirs.organisation.public_id, action__contains="manifest").exists()


def test_the_account_of_others_is_open_only_to_the_site_that_prepares(theirs, site, account):
    for refused in (theirs, CarrierAccount.objects.create(organisation=theirs.organisation, carrier="letter")):
        with pytest.raises(AccountOff):
            open_manifest(account=refused, site=site, by=None, now=NOW)
    elsewhere = SiteFactory(organisation=site.organisation, name="L’autre", is_main=False)
    shipment = parcel(theirs, 2, at=site)
    with pytest.raises(AccountOff):
        open_manifest(account=theirs, site=elsewhere, by=None, now=NOW)
    at_home = open_manifest(account=theirs, site=SiteFactory(organisation=theirs.organisation), by=None, now=NOW)
    assert list(missing_from(at_home)) == [], "another site hands it over"
    ours = open_manifest(account=theirs, site=site, by=None, now=NOW)
    scan_parcel(manifest=ours, text=shipment.number, by=None, now=NOW)
    with pytest.raises(ParcelNotReady):
        scan_parcel(manifest=at_home, text=shipment.number, by=None, now=NOW)
    take_out(manifest=ours, shipment=shipment, by=None)
    CarrierAccount.objects.filter(pk=theirs.pk).update(is_active=False)
    assert [one.account for one in to_hand_over(site.organisation)] == [account]
    mine = open_manifest(account=account, site=site, by=None, now=NOW)
    with pytest.raises(AccountOff):
        scan_parcel(manifest=mine, text=shipment.number, by=None, now=NOW)


def test_the_sites_list_of_another_seller_at_the_desk(theirs, site, as_user, owner, stranger):
    client, name = as_user(owner), theirs.organisation.name
    given = {"account": theirs.public_id, "site": site.public_id}
    assert "Choisissez un transporteur" in client.post(f"{DESK}ouverture/", given, follow=True).text
    shipment = parcel(theirs, 2, at=site)
    assert f"compte de {name}" in client.get(DESK).text
    page = client.post(f"{DESK}ouverture/", given, follow=True).text
    theirs_page = f"/bureau/stock/envois/{shipment.public_id}/"
    assert (shipment.number in page, theirs_page in page) == (True, False)
    path = f"{DESK}{Manifest.objects.get().public_id}/"
    client.post(f"{path}scan/", {"code": shipment.number})
    client.post(f"{path}remise/")
    assert hand_over_all() == 1
    paper = PdfReader(io.BytesIO(client.get(f"{path}bordereau.pdf").content)).pages[0].extract_text()
    assert (shipment.number in paper, f"compte de {name}" in paper) == (True, True)
    assert client.get(theirs_page).status_code == 404, "nothing else of theirs is shown"
    client = as_user(stranger)
    assert [client.get(f"{path}{end}").status_code for end in ("", "bordereau.pdf")] == [404, 404]
    assert path not in client.get(DESK).text
    assert site.organisation.name in client.get(theirs_page).text, "its own page says who handed it over"


def test_a_cooperative_gets_its_list(seller, site, folders, as_user, owner):
    account = account_of(seller, "plain")
    manifest = open_manifest(account=account, site=site, by=None, now=NOW)
    shipment = scan_parcel(manifest=manifest, text=parcel(account).number, by=None)
    address = f"{DESK}{manifest.public_id}/bordereau.csv"

    def told():
        return as_user(owner).get(address).content.decode("utf-8-sig").splitlines()

    first = f"2026-11-02;{shipment.number};{shipment.subject};"
    assert told()[0] == "day;number;order;name;address;postal_code;city;phone;grams"
    assert told()[1].startswith(first)
    said = told()[1].removeprefix(first).split(";")
    assert said == [*CAMILLE.values(), "", "900"]
    kept = Shipment.objects.annotate(text=Cast("wanted", TextField())).values_list("text", flat=True).get()
    assert "Vasseur" not in str(kept)  # sealed

    assert forget_receivers(now=NOW + datetime.timedelta(days=59)) == 0
    assert forget_receivers(now=NOW + datetime.timedelta(days=61)) == 1
    assert told()[1] == f"{first};;;;;{shipment.grams}"


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_makes_the_same_queries_for_any_number(
    number, account, theirs, site, as_user, owner, django_assert_num_queries
):
    for n in range(number):
        parcel(theirs, 10 + n, at=site)
        manifest = open_manifest(account=account, site=site, by=None, now=NOW)
        scan_parcel(manifest=manifest, text=parcel(account, n).number, by=None)
        close_manifest(manifest=manifest, by=None)
    client = as_user(owner)
    client.get(DESK)
    with django_assert_num_queries(10):
        client.get(DESK)
