"""Colissimo and La Poste's tracking against the shapes of recorded exchanges: what is asked, answered, refused."""

import datetime

import pytest

from rebond.warehouse.actions.due import ask_carriers
from rebond.warehouse.actions.label import ask_label, make_label
from rebond.warehouse.carriers.colissimo import Colissimo
from rebond.warehouse.carriers.contract import (
    Address,
    AddressRefused,
    CredentialsRefused,
    PointRefused,
    ServiceDown,
    ShipmentRefused,
    Step,
    Wanted,
    WeightRefused,
)
from rebond.warehouse.carriers.la_poste import CODES
from rebond.warehouse.models import Shipment
from tests.factories.carriers import account_of
from tests.warehouse.colissimo_stub import (
    BOUNDARY,
    PDF,
    POINT,
    ZPL,
    Stub,
    found,
    labelled,
    place,
    refused,
    told,
    tracked,
)

pytestmark = pytest.mark.unit
NOW = datetime.datetime(2026, 11, 2, 23, 30, tzinfo=datetime.UTC)  # the third, in Paris
LABEL, COPY, POINTS, TRACK = "generateLabel", "getLabel", "findRDVPointRetraitAcheminement", "9V34929818521"
PLACE = "findPointRetraitAcheminementByID"
KEYS = {"contract": "123456", "access": "key", "secret": "s3cret", "product": "DOM", "okapi": "okapi-key"}
SENDER = Address("La Bascule", "1 rue des Tilleuls", "47000", "Agen", "05 53 00 00 00", "colis@bascule.example")
CAMILLE = Address(
    "Émile Zola", "21 bis rue de Bruxelles, bâtiment B, 3ᵉ étage", "75009", "Paris", "+33 (0)6.12.34.56.78"
)


@pytest.fixture
def stub(settings):
    made = Stub()
    settings.COLISSIMO_API_URL = settings.LA_POSTE_API_URL = made.url
    yield made
    made.close()


def carrier(**secrets):
    return Colissimo(KEYS | secrets)


def wanted(**fields):
    return Wanted(**({"reference": "k7m2p4qr8stu-12", "mode": "home", "grams": 1201, "sender": SENDER,
                      "receiver": CAMILLE, "point": ""} | fields))  # fmt: skip


def test_a_label_at_home_has_its_number_its_pdf_and_its_zebra_copy(stub):
    stub.say(LABEL, labelled())
    stub.say(COPY, labelled(ZPL))
    label = carrier().label(wanted(), NOW)
    assert (label.number, label.pdf, label.cents) == ("9V34929818521", PDF, None)
    assert label.zpl == ZPL.lstrip(b"\xef\xbb\xbf")
    (path, headers, asked), (copy_path, copy_headers, copy) = stub.asked
    assert path == "/sls-ws/SlsServiceWSRest/2.0/generateLabel"
    assert (copy_path, copy) == (
        "/sls-ws/SlsServiceWSRest/3.1/getLabel",
        {"parcelNumber": "9V34929818521", "outputPrintingType": "ZPL_10x15_203dpi"},
    )
    assert headers["apiKey"] == copy_headers["apiKey"] == "s3cret"
    assert asked == {
        "outputFormat": {"x": 0, "y": 0, "outputPrintingType": "PDF_10x15_300dpi"},
        "letter": {
            "service": {"productCode": "DOM", "depositDate": "2026-11-03", "orderNumber": "k7m2p4qr8stu-12"},
            "parcel": {"weight": 1.21},
            "sender": {
                "senderParcelRef": "k7m2p4qr8stu-12",
                "address": {
                    "companyName": "La Bascule", "line2": "1 rue des Tilleuls", "countryCode": "FR", "city": "Agen",
                    "zipCode": "47000", "phoneNumber": "0553000000", "email": "colis@bascule.example", "language": "FR",
                },
            },
            "addressee": {
                "addresseeParcelRef": "k7m2p4qr8stu-12",
                "address": {
                    "firstName": "Emile", "lastName": "Zola", "line2": "21 bis rue de Bruxelles, batiment",
                    "line3": "B, 3e etage", "countryCode": "FR", "city": "Paris", "zipCode": "75009",
                    "mobileNumber": "0612345678", "language": "FR",
                },
            },
        },
    }  # fmt: skip


def test_at_a_point_the_label_says_its_address_and_for_whom(stub):
    stub.say(PLACE, place(POINT))
    stub.say(LABEL, labelled())
    to = Address("Émile Zola", "", "", "", "06.12.34.56.78")  # not needed where a point was chosen
    assert carrier().label(wanted(mode="relay", point="060567", receiver=to), NOW).zpl == b""  # no copy: the PDF it is
    asked = stub.asked[0][2]
    assert (asked["id"], asked["date"], asked["accountNumber"], asked["apiKey"]) == (
        "060567", "03/11/2026", "123456", "s3cret",
    )  # fmt: skip
    letter = stub.asked[1][2]["letter"]
    assert (letter["service"]["productCode"], letter["service"]["commercialName"]) == ("HD", "La Bascule")
    assert letter["parcel"]["pickupLocationId"] == "060567"
    assert letter["addressee"]["address"] == {
        "companyName": "Bureau De Poste Villeurbanne Bellec", "firstName": "Emile", "lastName": "Zola",
        "line2": "13 Rue Bellecombe, Carrefour City", "countryCode": "FR", "city": "Villeurbanne", "zipCode": "69100",
        "mobileNumber": "0612345678", "language": "FR",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (place(None, 124), PointRefused),
        (place(None), PointRefused),
        (place(None, 201), CredentialsRefused),
        (place(None, 1000), ServiceDown),
    ],
)
def test_a_point_that_is_not_there_is_known_before_a_label_is_made(stub, answer, error):
    stub.say(PLACE, answer)
    with pytest.raises(error):
        carrier().label(wanted(mode="relay", point="060567"), NOW)
    assert len(stub.asked) == 1


def test_a_password_travels_with_the_contract_and_a_signature_is_another_product(stub):
    stub.say(LABEL, labelled())
    carrier(access="password", product="DOS").label(wanted(), NOW)
    assert len(stub.asked) == 1  # copies are for keys
    _path, headers, asked = stub.asked[0]
    assert "apiKey" not in headers
    assert (asked["contractNumber"], asked["password"]) == ("123456", "s3cret")
    assert asked["letter"]["service"]["productCode"] == "DOS"


@pytest.mark.parametrize(
    ("code", "error", "field"),
    [
        ("30000", CredentialsRefused, None),
        ("30008", CredentialsRefused, None),
        ("30200", AddressRefused, "name"),
        ("30204", AddressRefused, "address"),
        ("30208", AddressRefused, "city"),
        ("30213", AddressRefused, "postal_code"),
        ("30220", AddressRefused, "phone"),
        ("30223", AddressRefused, "email"),
        ("30301", WeightRefused, None),
        ("30401", PointRefused, None),
        ("30902", PointRefused, None),
        ("30108", ShipmentRefused, None),
        ("30009", ShipmentRefused, None),
        ("30600", ShipmentRefused, None),
        ("40015", ServiceDown, None),
    ],
)
def test_each_refusal_says_what_to_mend(stub, code, error, field):
    stub.say(LABEL, refused(code, "Le champ est incorrect"))
    with pytest.raises(error) as caught:
        carrier().label(wanted(), NOW)
    assert getattr(caught.value, "field", None) == field
    assert str(caught.value)


def test_what_nobody_knows_is_said_in_the_carriers_words(stub):
    stub.say(LABEL, refused("30600", "Le champ city contient un caractère non valide."))
    with pytest.raises(ShipmentRefused, match=r"30600.*caractère non valide"):
        carrier().label(wanted(), NOW)


def test_a_refusal_may_come_in_parts_or_as_a_closed_door(stub):
    body = (
        f'--{BOUNDARY}\r\nContent-ID: <jsonInfos>\r\n\r\n{{"messages":[{{"id":"30000","type":"ERROR"}}],'
        f'"labelV2Response":null}}\r\n--{BOUNDARY}--'
    )
    stub.say(LABEL, (200, f'multipart/mixed; boundary="{BOUNDARY}"', body.encode()))
    with pytest.raises(CredentialsRefused):
        carrier().label(wanted(), NOW)
    for status in (401, 403):
        stub.say(LABEL, (status, "text/html", b"<html>"))
        with pytest.raises(CredentialsRefused):
            carrier().label(wanted(), NOW)
    stub.say(LABEL, (422, "application/json", b'{"error": "bad"}'))
    with pytest.raises(ShipmentRefused, match="HTTP 422"):
        carrier().label(wanted(), NOW)


def test_what_cannot_be_carried_is_not_even_asked(stub):
    with pytest.raises(WeightRefused):
        carrier().label(wanted(grams=30_001), NOW)
    with pytest.raises(PointRefused):
        carrier().label(wanted(mode="relay"), NOW)
    with pytest.raises(AddressRefused, match="mobile") as caught:
        carrier().label(wanted(mode="relay", point="060567", receiver=SENDER), NOW)
    assert caught.value.field == "phone"
    with pytest.raises(AddressRefused) as caught:
        carrier().label(wanted(receiver=Address("A B", "rue " * 40, "75009", "Paris")), NOW)
    assert (caught.value.field, stub.asked) == ("address", [])


def test_a_long_address_is_read_in_its_order(stub):
    stub.say(LABEL, labelled())
    street = "Résidence des Hirondelles, escalier 4, bâtiment du fond de la cour, 12 allée du Vieux Moulin à Vent"
    carrier().label(wanted(receiver=Address("A B", street, "75009", "Paris")), NOW)
    address = stub.asked[0][2]["letter"]["addressee"]["address"]
    assert [address[f"line{n}"] for n in (1, 2, 3)] == [
        "Residence des Hirondelles, escalier", "4, batiment du fond de la cour, 12", "allee du Vieux Moulin a Vent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        (200, "application/json", b"<html>"),
        (200, "application/json", b"[" * 100_000),
        (200, "multipart/related", b"--x"),
        (200, "application/json", b"x" * 4_000_001),
        labelled(b"<html>"),
        labelled(number=""),
        (500, "application/json", b"{}"),
        (302, "text/html", b""),
    ],
)
def test_what_is_no_label_is_a_service_that_is_down(stub, answer):
    stub.say(LABEL, answer)
    with pytest.raises(ServiceDown):
        carrier().label(wanted(), NOW)


def test_nobody_at_that_address_is_a_service_that_is_down_and_a_key_of_odd_signs_is_a_bad_key(settings, stub):
    with pytest.raises(CredentialsRefused):
        carrier(secret="clé").label(wanted(), NOW)
    settings.COLISSIMO_API_URL = "http://127.0.0.1:9"
    with pytest.raises(ServiceDown):
        carrier().check()


# --- points ---


def test_points_have_their_hours_and_the_town_of_the_postal_code(stub):
    stub.say(POINTS, found(POINT))
    point = carrier().points("69100")[0]
    assert (point.code, point.name, point.address, point.city, point.hours) == (
        "060567", "Bureau De Poste Villeurbanne Bellecombe Rp", "13 Rue Bellecombe, Carrefour City", "Villeurbanne",
        "Lun. 09:00–12:00, 14:00–18:00 ; Mar. 07:00–21:00",
    )  # fmt: skip
    asked = stub.asked[0][2]
    assert (asked["accountNumber"], asked["apiKey"], asked["zipCode"], asked["city"], asked["filterRelay"]) == (
        "123456", "s3cret", "69100", "Villeurbanne", "1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "error"),
    [(201, CredentialsRefused), (202, CredentialsRefused), (125, AddressRefused), (1000, ServiceDown)],
)
def test_points_are_refused_by_their_own_codes(stub, code, error):
    stub.say(POINTS, found(code=code))
    with pytest.raises(error):
        carrier().points("69100")


def test_no_point_is_no_refusal_and_no_such_postal_code_is_not_asked(stub):
    stub.say(POINTS, found(code=301))
    assert carrier().points("69100") == []
    with pytest.raises(AddressRefused):
        carrier().points("00000")
    assert len(stub.asked) == 1


# --- tracking ---


def test_tracking_reads_codes_and_the_hour_with_its_own_offset(stub):
    rows = [
        ("DI1", "2026-11-05T09:38:00+01:00", "Votre colis est livré."),
        ("MD2", "2026-11-05T07:01:00+01:00", "Nous le préparons pour le mettre en livraison."),
        ("ET1", "2026-11-04T16:25:00+01:00", "Votre colis est en cours d’acheminement."),
        ("PC1", "2026-10-25T02:43:00", "Votre colis a été déposé dans un point postal."),
        ("DR1", "2026-10-24T14:41:00+02:00", "Votre Colissimo va bientôt nous être confié !"),
        ("XX9", "2026-11-04T17:00:00+01:00", "Un code de plus tard"),
        ("ET1", "un jour", ""),
    ]
    stub.say(TRACK, tracked(*rows))
    events = carrier().tracking("9V34929818521", NOW)
    assert [event.step for event in events] == [
        Step.DELIVERED, Step.OUT, Step.MOVING, Step.TAKEN, Step.ANNOUNCED, Step.MOVING,
    ]  # fmt: skip
    assert events[0].at == datetime.datetime(2026, 11, 5, 8, 38, tzinfo=datetime.UTC)
    assert events[3].at == datetime.datetime(2026, 10, 25, 0, 43, tzinfo=datetime.UTC)  # no offset: Paris, in summer
    path, headers, _body = stub.asked[0]
    assert (path, headers["X-Okapi-Key"]) == ("/suivi/v2/idships/9V34929818521?lang=fr_FR", "okapi-key")
    said_otherwise = [(code, day.replace("09:38:00+01:00", "08:38:00+00:00"), "Livré") for code, day, _ in rows]
    stub.say(TRACK, tracked(*reversed(said_otherwise)))
    assert {event.id for event in carrier().tracking("9V34929818521", NOW)} == {event.id for event in events}


def test_codes_that_start_a_delay_or_end_a_way_are_these_and_no_other():
    def of(step):
        return {code for code, one in CODES.items() if one == step}

    assert (of(Step.DELIVERED), of(Step.RETURNED), of(Step.RETURNING)) == ({"DI0", "DI1"}, {"DI2"}, {"RE1"})
    assert (of(Step.AT_POINT), of(Step.LOST), of(Step.REFUSED)) == ({"AG1"}, set(), set())


@pytest.mark.parametrize(
    "answer",
    [
        told({"returnCode": 104, "returnMessage": "Votre suivi n'est pas encore disponible."}, 404),
        (404, "text/html", b"<html>"),
        told([{"returnCode": 104, "idShip": "9V34929818521"}], 207),
        tracked(),
    ],
)
def test_a_label_that_la_poste_does_not_know_yet_has_no_news(stub, answer):
    stub.say(TRACK, answer)
    assert carrier().tracking("9V34929818521", NOW) == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (told({"code": "UNAUTHORIZED", "message": "This action requires an authorization"}, 401), CredentialsRefused),
        (told({"returnCode": 400, "returnMessage": "Le numéro n’est pas valide."}, 400), ShipmentRefused),
        (told({"returnCode": 504}, 504), ServiceDown),
        (told({"returnCode": 504}), ServiceDown),
        (told([]), ServiceDown),
        (told("x"), ServiceDown),
        ((429, "application/json", b"{}"), ServiceDown),
    ],
)
def test_tracking_is_refused_or_comes_later(stub, answer, error):
    stub.say(TRACK, answer)
    with pytest.raises(error):
        carrier().tracking("9V34929818521", NOW)


def test_the_connection_is_tried_on_both_sides(stub):
    stub.say(POINTS, found(POINT))
    stub.say("8R00000000000", told({"returnCode": 400}, 400))
    assert carrier().check()
    stub.say("8R00000000000", told({"code": "UNAUTHORIZED"}, 401))
    with pytest.raises(CredentialsRefused):
        carrier().check()


# --- as the desk and the worker use it ---


@pytest.mark.django_db
def test_a_parcel_waits_for_a_service_that_is_down_then_leaves_and_its_hour_starts_the_delays(stub, seller, folders):
    account = account_of(seller, "colissimo", **KEYS)
    asked = ask_label(account=account, wanted=wanted(), subject="abc", by=None, now=NOW)
    waiting = make_label(shipment=asked, now=NOW)  # nobody answers yet
    assert (waiting.state, waiting.number) == ("queued", "")
    stub.say(LABEL, labelled())
    stub.say(COPY, labelled(ZPL))
    assert ask_carriers(now=waiting.next_at)["labels"] == 1
    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.number, shipment.cents, bool(shipment.pdf), bool(shipment.zpl)) == (
        "ready", "9V34929818521", None, True, True,
    )  # fmt: skip
    stub.say(TRACK, tracked(("DI1", "2026-11-05T09:38:00+01:00", "Livré"), ("PC1", "2026-11-03T17:00:00+01:00", "")))
    assert ask_carriers(now=NOW + datetime.timedelta(days=4))["events"] == 2
    shipment.refresh_from_db()
    assert (shipment.state, shipment.delivered_at) == (
        "delivered", datetime.datetime(2026, 11, 5, 8, 38, tzinfo=datetime.UTC),
    )  # fmt: skip


@pytest.mark.django_db
def test_what_it_refuses_is_raised_with_its_field_and_the_next_try_is_another_row(stub, seller, folders):
    account = account_of(seller, "colissimo", **KEYS)
    stub.say(LABEL, refused("30204"))
    with pytest.raises(AddressRefused) as caught:
        make_label(shipment=ask_label(account=account, wanted=wanted(), subject="a", by=None, now=NOW), now=NOW)
    assert (caught.value.field, Shipment.objects.get().state) == ("address", "refused")
