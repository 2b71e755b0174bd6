"""Carriers: the trial one behaves, labels are read back by a barcode reader, outages wait, credentials stay sealed."""

import datetime
import io
import itertools
import json

import pytest
import zxingcpp
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw
from pypdf import PdfReader

from rebond.core.pdf import _compile
from rebond.warehouse.actions.carrier import add_account, change_account, note_success, try_account
from rebond.warehouse.actions.due import ask_carriers
from rebond.warehouse.actions.label import ask_label, cancel_label, make_label
from rebond.warehouse.actions.tracking import take_events
from rebond.warehouse.carriers.by_hand import StampedLetter
from rebond.warehouse.carriers.contract import (
    Address,
    AddressRefused,
    CredentialsRefused,
    Event,
    PointRefused,
    ServiceDown,
    ShipmentRefused,
    Step,
    Wanted,
    WeightRefused,
)
from rebond.warehouse.carriers.papers import bars_svg
from rebond.warehouse.carriers.registry import CARRIERS
from rebond.warehouse.carriers.trial import TrialCarrier, make_number, read_number
from rebond.warehouse.errors import AccountOff, FieldInvalid, ShipmentStateForbids, WayNotServed
from rebond.warehouse.models import CarrierAccount, Shipment, TrackingEvent
from rebond.warehouse.signals import shipment_late
from tests.factories.carriers import CAMILLE, account_of

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
SENDER = Address("La Bascule", "1 rue des Tilleuls", "47000", "Agen")
hours = lambda n: datetime.timedelta(hours=n)  # noqa: E731 -- short for a table of moments


def wanted(reference="abc-1", mode="home", grams=1200, point="", **address):
    return Wanted(reference, mode, grams, SENDER, Address(**(CAMILLE | address)), point)


@pytest.fixture
def carrier():
    return TrialCarrier({"key": "open"})


@pytest.fixture
def account(seller, folders):
    return account_of(seller)


@pytest.fixture
def told_late():
    found = []
    hear = lambda sender, shipment, **kwargs: found.append(shipment)  # noqa: E731 -- kept by its name: signals hold it weakly
    shipment_late.connect(hear)
    yield found
    shipment_late.disconnect(hear)


def asked(account, now=NOW, **fields):
    return ask_label(account=account, wanted=wanted(**fields), subject="abc", by=None, now=now)


def ready(account, now=NOW, **fields):
    return make_label(shipment=asked(account, now, **fields), now=now)


# --- the trial carrier ---


def test_a_number_says_when_and_how_and_no_other_number_is_known():
    number = make_number(wanted(), NOW)
    assert (len(number), read_number(number)) == (13, (NOW, "H", "D"))
    wrong = number[:-1] + ("A" if number[-1] != "A" else "B")
    for other in (wrong, "", "T", "6A12345678901", number.lower()):
        with pytest.raises(ShipmentRefused):
            read_number(other)


@pytest.mark.parametrize(
    ("street", "mode", "last", "days"),
    [
        ("3 rue du Port", "home", "delivered", 3),
        ("3 rue du Port", "relay", "delivered", 4),
        ("3 rue perdue", "home", "lost", 11),
        ("3 rue du retard", "home", "delivered", 10),
        ("3 rue du refus", "home", "returned", 5),
        ("3 rue du refus", "relay", "returned", 20),
    ],
)
def test_the_clock_moves_a_parcel_to_its_fate(carrier, street, mode, last, days):
    number = carrier.label(wanted(mode=mode, point="47157", address=street), NOW).number
    told = [carrier.tracking(number, NOW + hours(h)) for h in range(0, 24 * days, 6)]
    assert told[-1][-1].step == last
    for before, after in itertools.pairwise(told):
        assert after[: len(before)] == before  # nothing that was told changes
    assert carrier.tracking(number, NOW + hours(24 * 400)) == told[-1]


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"postal_code": "99999"}, AddressRefused, "postal_code"),
        ({"address": "12 rue inconnue"}, AddressRefused, "address"),
        ({"name": " "}, AddressRefused, "name"),
        ({"city": ""}, AddressRefused, "city"),
        ({"grams": 30_001}, WeightRefused, None),
        ({"mode": "relay"}, PointRefused, None),
        ({"mode": "relay", "point": "47157X"}, PointRefused, None),
        ({"address": "rue de la panne"}, ServiceDown, None),
    ],
)
def test_what_it_does_not_take_is_said_with_the_field(carrier, fields, error, field):
    with pytest.raises(error) as refused:
        carrier.label(wanted(**fields), NOW)
    assert getattr(refused.value, "field", None) == field


@pytest.mark.parametrize(
    ("key", "error"), [("", CredentialsRefused), ("wrong", CredentialsRefused), ("panne", ServiceDown)]
)
def test_keys_that_do_not_open(key, error):
    with pytest.raises(error):
        TrialCarrier({"key": key}).check()


def test_relay_points_stand_in_every_commune_and_prices_follow_weight(carrier):
    assert {point.postal_code for point in carrier.points("47200")} == {"47200"}
    with pytest.raises(AddressRefused):
        carrier.points("00000")
    assert [rate.cents for rate in carrier.rates(wanted(grams=2_000))] == [1_050, 1_690, 2_890]


# --- labels, read back ---


def read_back(png):
    return [(code.format.name, code.text) for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))]


ELSEWHERE = {"mondial_relay", "colissimo", "chronopost"}  # their labels are their own: each has its file of tests


@pytest.mark.parametrize("key", [key for key in CARRIERS if key not in ELSEWHERE])
def test_every_label_of_ours_is_a_page_with_name_and_number(key, folders):
    one = CARRIERS[key]({"key": "open"})
    mode = next(iter(one.kind.modes - {"relay"}))
    label = one.label(wanted(mode=mode), NOW)
    pages = PdfReader(io.BytesIO(label.pdf)).pages
    text = pages[0].extract_text()
    assert (len(pages), "Camille Vasseur" in text, label.number in text) == (1, True, True)
    assert (key == "letter") == (label.number == "")
    assert (f"^FD{label.number}^FS".encode() in label.zpl) == (b"^BC" in label.zpl) == (key != "letter")


def test_the_bars_of_a_label_say_its_number():
    data = {
        "lang": "fr", "title": "x", "carrier": "x", "way": "", "from": "x", "to_label": "x", "to": ["x"], "point": "",
        "bars": bars_svg("T0A76PRDKA993"), "number": "T0A76PRDKA993", "weight": "1 kg", "foot": "x",
    }  # fmt: skip
    png = _compile("warehouse/carrier_label", data, format="png", ppi=203.0)
    assert ("Code128", "T0A76PRDKA993") in read_back(png)


def test_the_bars_of_the_zebra_label_say_its_number(carrier):
    """The printer draws Code 128 from the field; we draw what it is told, and read it."""
    label = carrier.label(wanted(), NOW)
    told = label.zpl.split(b"^BCN,260,N,N,N,A^FD")[1].split(b"^FS")[0].decode()
    image = zxingcpp.create_barcode(told, zxingcpp.BarcodeFormat.Code128).to_image(scale=3)
    sheet = Image.new("L", (812, 400), 255)
    sheet.paste(Image.fromarray(image), (40, 40))
    ImageDraw.Draw(sheet)
    found = zxingcpp.read_barcodes(sheet)
    assert [code.text for code in found] == [label.number]


def test_a_letter_weighs_two_kilograms_at_most():
    with pytest.raises(WeightRefused) as refused:
        StampedLetter({}).label(wanted(grams=2_001), NOW)
    assert "2 kg" in str(refused.value)


# --- accounts ---


def test_credentials_are_sealed_and_an_empty_one_keeps_what_is_there(seller, owner):
    account = add_account(organisation=seller, carrier="test", secrets={"key": "s3cret"}, by=owner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM warehouse_carrieraccount")
        assert "s3cret" not in cursor.fetchone()[0]
    change_account(account=account, secrets={"key": ""}, is_active=False, by=owner)
    account = CarrierAccount.objects.get()
    assert (account.secrets["key"], account.is_active) == ("s3cret", False)


def test_an_account_is_there_once_and_says_what_is_missing(seller, owner):
    with pytest.raises(FieldInvalid) as missing:
        add_account(organisation=seller, carrier="test", secrets={}, by=owner)
    assert missing.value.field == "key"
    add_account(organisation=seller, carrier="test", secrets={"key": "a"}, by=owner)
    for carrier in ("test", "nobody"):
        with pytest.raises(FieldInvalid):
            add_account(organisation=seller, carrier=carrier, secrets={"key": "b"}, by=owner)
    assert CarrierAccount.objects.get().secrets["key"] == "a"


@pytest.mark.parametrize("key", CARRIERS)
def test_every_carrier_says_what_it_asks_for(key, seller, owner):
    kind = CARRIERS[key].kind
    given = {one.key: one.choices[-1][0] if one.choices else "x" for one in kind.secrets}
    account = add_account(organisation=seller, carrier=key, secrets=given, by=owner)
    assert (account.secrets, kind.key, bool(str(kind.label) and str(kind.words))) == (given, key, True)
    assert kind.modes <= {"home", "relay", "local", "pickup"}
    assert ("relay" in kind.modes) == kind.has_points
    for one in kind.secrets:
        assert str(one.label)
        assert not (one.choices and one.is_hidden)  # what is chosen is shown again
        if one.choices:
            with pytest.raises(FieldInvalid) as refused:
                change_account(account=account, secrets={one.key: "else"}, is_active=True, by=owner)
            assert refused.value.field == one.key


def test_the_form_shows_again_what_is_chosen_and_nothing_that_is_secret(seller, owner, as_user):
    page = as_user(owner).get(reverse("warehouse-desk:carrier-add", args=["colissimo"])).content.decode()
    assert all(words in page for words in ('value="DOM"', 'value="DOS"', "X-Okapi-Key"))
    account = account_of(
        seller, "colissimo", contract="c0ntr", access="password", secret="s3cr", product="DOS", okapi="0k"
    )
    url, change = (reverse(f"warehouse-desk:carrier-{name}", args=[account.public_id]) for name in ("detail", "change"))
    page = as_user(owner).get(url).content.decode()
    assert '<option value="DOS" selected>' in page
    assert '<option value="password" selected>' in page
    assert not any(secret in page for secret in ("c0ntr", "s3cr", "0k"))
    given = {"access": "key", "product": "DOM", "secret": "new", "is_active": "on"}
    assert as_user(owner).post(change, given | {"product": "COLI"}).status_code == 422
    assert as_user(owner).post(change, given).status_code == 302
    kept = CarrierAccount.objects.get().secrets
    assert kept == {"contract": "c0ntr", "access": "key", "secret": "new", "product": "DOM", "okapi": "0k"}


@pytest.mark.parametrize(("key", "health"), [("open", "ok"), ("wrong", "refused"), ("panne", "down")])
def test_the_connection_is_tried(seller, key, health):
    account = account_of(seller, key=key)
    assert try_account(account_id=account.pk, now=NOW) == health
    assert CarrierAccount.objects.get().health == health


# --- labels of parcels ---


def test_a_label_is_made_once_with_its_price_and_no_address_is_kept(account):
    shipment = ready(account)
    assert (shipment.state, shipment.cents, shipment.wanted) == ("ready", 1050, "")
    assert shipment.pdf.delete_after == datetime.date(2027, 1, 1)
    again = make_label(shipment=ask_label(account=account, wanted=wanted(), subject="abc", by=None, now=NOW), now=NOW)
    assert (again.pk, again.number, Shipment.objects.count()) == (shipment.pk, shipment.number, 1)


def test_two_labels_of_one_parcel_cannot_be_alive(account):
    first = ready(account)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shipment.objects.create(
            organisation=first.organisation,
            account=account,
            reference=first.reference,
            subject="x",
            mode="home",
            grams=1,
        )


def test_what_is_refused_leaves_a_row_that_is_over_and_the_next_try_is_another(account):
    with pytest.raises(AddressRefused):
        ready(account, postal_code="99999")
    assert ready(account).state == "ready"
    assert [row.state for row in Shipment.objects.order_by("pk")] == ["refused", "ready"]


def test_an_outage_waits_longer_each_time_then_the_breaker_opens_and_closes(seller, folders):
    account = account_of(seller, key="panne")
    shipment, now, pauses = asked(account), NOW, []
    for _ in range(4):
        shipment = make_label(shipment=shipment, now=now)
        pauses.append((shipment.next_at - now).total_seconds() // 60)
        now = shipment.next_at
    assert (shipment.state, pauses) == ("queued", [1, 2, 5, 15])
    account.refresh_from_db()
    assert (account.health, account.failures, account.open_until > NOW) == ("down", 4, True)

    other = make_label(
        shipment=asked(account, reference="other-1", now=account.open_until - hours(0.01)),
        now=account.open_until - hours(0.01),
    )
    account.refresh_from_db()
    assert (other.state, account.failures) == ("queued", 4)  # the breaker is open: nobody was asked
    assert (other.attempts, other.next_at >= account.open_until) == (0, True)  # nor is it a try of its own

    change_account(account=account, secrets={"key": "open"}, is_active=True, by=None)
    assert ask_carriers(now=now + hours(3))["labels"] == 2
    account.refresh_from_db()
    assert (account.failures, account.open_until, account.health) == (0, None, "ok")


def test_the_first_answer_after_an_outage_wakes_the_labels_that_wait_for_long(account):
    waiting, held = (asked(account, reference=name) for name in ("waits-1", "held-1"))
    Shipment.objects.filter(pk=waiting.pk).update(next_at=NOW + hours(1), attempts=6)
    Shipment.objects.filter(pk=held.pk).update(next_at=NOW + datetime.timedelta(minutes=2))  # somebody asks just now
    note_success(account=account, now=NOW)  # never tried before: it answers
    waiting.refresh_from_db()
    held.refresh_from_db()
    assert (waiting.next_at, held.next_at) == (NOW, NOW + datetime.timedelta(minutes=2))

    Shipment.objects.filter(pk=waiting.pk).update(next_at=NOW + hours(1))
    note_success(account=account, now=NOW)  # it answered before already: the pause of a label is its own
    waiting.refresh_from_db()
    assert waiting.next_at == NOW + hours(1)


def test_one_that_is_being_asked_for_is_asked_by_nobody_else(account):
    shipment = asked(account)
    Shipment.objects.update(next_at=NOW + datetime.timedelta(minutes=2))  # somebody asks just now
    assert make_label(shipment=shipment, now=NOW).state == "queued"
    assert make_label(shipment=shipment, now=NOW + datetime.timedelta(minutes=3)).state == "ready"  # they died


def test_accounts_that_are_off_and_ways_that_are_not_served(account):
    with pytest.raises(WayNotServed):
        asked(account, mode="local")
    CarrierAccount.objects.update(is_active=False)
    with pytest.raises(AccountOff):
        asked(account)
    assert Shipment.objects.count() == 0


def test_a_label_is_cancelled_until_the_carrier_has_the_parcel(account):
    assert cancel_label(shipment=ready(account), by=None, now=NOW + hours(5)).state == "cancelled"
    second = ready(account)
    with pytest.raises(ShipmentRefused):
        cancel_label(shipment=second, by=None, now=NOW + hours(6))
    take_events(shipment=second, events=[Event("x", Step.TAKEN, NOW)], now=NOW)
    with pytest.raises(ShipmentStateForbids):
        cancel_label(shipment=second, by=None, now=NOW)


# --- tracking ---

TOLD = [
    Event("1", Step.ANNOUNCED, NOW),
    Event("2", Step.TAKEN, NOW + hours(6)),
    Event("3", Step.AT_POINT, NOW + hours(40)),
    Event("4", Step.DELIVERED, NOW + hours(60)),
]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1, 2, 3, 3], [1, 3, 1, 0, 2]])
def test_any_order_and_any_repetition_end_in_one_state(account, order):
    shipment, late = ready(account), NOW + hours(100)
    for n in order:
        take_events(shipment=shipment, events=[TOLD[n], TOLD[n]], now=late)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.delivered_at, shipment.next_at) == ("delivered", TOLD[3].at, None)
    assert TrackingEvent.objects.count() == 4


def test_what_is_delivered_stays_so_unless_it_comes_back(account):
    shipment, late = ready(account), NOW + hours(200)
    take_events(shipment=shipment, events=[*TOLD, Event("5", Step.MOVING, NOW + hours(61))], now=late)
    assert Shipment.objects.get().state == "delivered"
    take_events(shipment=shipment, events=[Event("6", Step.RETURNED, NOW + hours(90))], now=late)
    assert Shipment.objects.get().state == "returned"


def test_nothing_of_tomorrow_is_believed(account):
    shipment = ready(account)
    assert take_events(shipment=shipment, events=[Event("9", Step.DELIVERED, NOW + hours(50))], now=NOW) == 0
    assert Shipment.objects.get().state == "ready"


def test_carriers_are_asked_by_what_is_due_a_bounded_number_at_a_time(account, django_assert_num_queries):
    for n in range(3):
        ready(account, reference=f"abc-{n}")
    assert ask_carriers(now=NOW + hours(1)) == {"labels": 0, "refused": 0, "events": 0}
    assert ask_carriers(now=NOW + hours(30), at_once=2)["events"] == 6
    assert ask_carriers(now=NOW + hours(30))["events"] == 3
    with django_assert_num_queries(3):
        ask_carriers(now=NOW + hours(30))


def test_a_label_that_is_awaited_does_not_stand_behind_the_parcels_to_follow(account):
    for n in range(3):
        ready(account, reference=f"old-{n}")
    CarrierAccount.objects.update(credentials='{"key": "panne"}')
    waiting = ready(account, reference="new")
    CarrierAccount.objects.update(credentials='{"key": "open"}', open_until=None, failures=0)
    assert waiting.state == "queued"
    Shipment.objects.filter(pk=waiting.pk).update(next_at=NOW + hours(29))  # what is to be followed is due since longer
    assert ask_carriers(now=NOW + hours(30), at_once=1) == {"labels": 1, "refused": 0, "events": 3}


def test_one_carrier_that_fails_leaves_the_others_alone(seller, stranger, folders):
    other = stranger.memberships.get().organisation
    down, up = account_of(seller), account_of(other)
    for account, reference in ((down, "a-1"), (up, "b-1")):
        ready(account, reference=reference)
    CarrierAccount.objects.filter(pk=down.pk).update(credentials='{"key": "panne"}')
    assert ask_carriers(now=NOW + hours(30))["events"] == 3
    assert list(Shipment.objects.order_by("reference").values_list("state", flat=True)) == ["ready", "moving"]


def test_nobody_asks_for_ever(account):
    shipment = ready(account)
    Shipment.objects.update(next_at=NOW + hours(1), labelled_at=timezone.now() - datetime.timedelta(days=3_000))
    CarrierAccount.objects.update(credentials='{"key": "open"}')
    ask_carriers(now=NOW + hours(1.5))
    shipment.refresh_from_db()
    assert shipment.next_at is None


@pytest.mark.parametrize("carrier", ["own", "plain"])
def test_what_we_carry_ourselves_is_asked_of_nobody_and_is_never_late(seller, folders, told_late, carrier):
    shipment = ready(
        account_of(seller, carrier, webhook="shared") if carrier == "plain" else account_of(seller, carrier)
    )
    take_events(shipment=shipment, events=[Event("m", Step.TAKEN, NOW)], now=NOW)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.next_at) == ("moving", None)
    Shipment.objects.update(next_at=NOW)  # as one of before
    ask_carriers(now=NOW + hours(24 * 8))
    shipment.refresh_from_db()
    assert (told_late, shipment.next_at, shipment.late_at) == ([], None, None)


def test_late_counts_from_what_the_carrier_took_and_not_from_the_label(account, told_late, monkeypatch):
    monkeypatch.setattr(TrialCarrier, "tracking", lambda *asked: [])
    shipment = ready(account)
    left = NOW + hours(24 * 6)
    take_events(shipment=shipment, events=[Event("m", Step.TAKEN, left)], now=left)
    for days, late in ((8, 0), (12, 0), (14, 1), (15, 1)):
        Shipment.objects.update(next_at=NOW)
        ask_carriers(now=NOW + hours(24 * days))
        assert len(told_late) == late, days


# --- for scripts ---


def test_carrier_check_asks_each_account_and_fails_for_one_that_does_not_answer(seller, stranger, folders):
    account_of(seller)
    out = io.StringIO()
    call_command("carrier_check", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ok"], [row["health"] for row in told["accounts"]]) == (True, ["ok"])

    account_of(stranger.memberships.get().organisation, key="panne")
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("carrier_check", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ok"], sorted(row["health"] for row in told["accounts"])) == (False, ["down", "ok"])

    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("carrier_check", "--stored", stdout=out)
    assert "2 accounts, 1 that do not answer." in out.getvalue()
    assert CarrierAccount.objects.get(credentials__isnull=False, health="down").failures == 1
