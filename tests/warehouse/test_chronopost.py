"""Chronopost against the shapes of recorded exchanges: what it is asked, what it answers, its refusals."""

import datetime

import pytest

from rebond.warehouse.carriers.chronopost import Chronopost
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
from tests.warehouse.chronopost_stub import CLOSED, MADE, PDF, POINT, ZPL, Stub, envelope, fault, paper, scans

pytestmark = pytest.mark.unit
NOW = datetime.datetime(2026, 11, 2, 23, 30, tzinfo=datetime.UTC)  # the third, half past midnight, in Paris
SHIP, PAPER, CANCEL = "shippingMultiParcelV4", "getReservedSkybillWithTypeAndMode", "cancelSkybill"
SEARCH, PLACE, TRACK = "recherchePointChronopostInter", "rechercheDetailPointChronopostInter", "trackSkybillV2"
NUMBER = "XP503122466FR"
KEYS = {"account": "19869502", "password": "255562", "sub": "", "home": "01", "relay": "86"}
SENDER = Address("La Bascule", "1 rue des Tilleuls", "47000", "Agen", "05 53 00 00 00", "colis@bascule.example")
CAMILLE = Address("Émile Zola", "21 bis rue de Bruxelles, bâtiment B, 3ᵉ étage", "75009", "Paris", "06.12.34.56.78")


@pytest.fixture
def stub(settings):
    made = Stub()
    settings.CHRONOPOST_API_URL = made.url
    yield made
    made.close()


@pytest.fixture
def carrier():
    return Chronopost(KEYS)


def wanted(**fields):
    return Wanted(**({"reference": "k7m2p4qr8stu-1", "mode": "home", "grams": 1201, "sender": SENDER,
                      "receiver": CAMILLE, "point": ""} | fields))  # fmt: skip


def told(element):
    """Its blocks: {block: {field: value}}, what stands alone by its name."""
    return {one.tag: {row.tag: row.text or "" for row in one} if len(one) else one.text for one in element}


def test_a_label_is_reserved_and_its_papers_are_fetched(stub, carrier):
    stub.say(SHIP, MADE)
    stub.say(PAPER, paper(PDF))
    stub.say(PAPER, paper(ZPL))
    label = carrier.label(wanted(), NOW)
    assert (label.number, label.pdf, label.zpl, label.cents) == (NUMBER, PDF, ZPL, None)
    assert stub.names() == [SHIP, PAPER, PAPER]
    asked = told(stub.asked[0][1])
    assert list(asked) == [
        "headerValue", "shipperValue", "customerValue", "recipientValue", "refValue", "skybillValue",
        "skybillParamsValue", "password", "modeRetour", "numberOfParcel",
    ]  # fmt: skip
    assert asked["headerValue"] == {"accountNumber": "19869502", "idEmit": "CHRFR", "subAccount": ""}
    assert asked["shipperValue"] == {
        "shipperAdress1": "1 rue des Tilleuls", "shipperCity": "Agen", "shipperCivility": "E",
        "shipperContactName": "La Bascule", "shipperCountry": "FR", "shipperCountryName": "FRANCE",
        "shipperEmail": "colis@bascule.example", "shipperName": "La Bascule", "shipperPhone": "0553000000",
        "shipperPreAlert": "0", "shipperZipCode": "47000",
    }  # fmt: skip
    assert asked["recipientValue"] == {
        "recipientAdress1": "21 bis rue de Bruxelles, batiment B,", "recipientAdress2": "3e etage",
        "recipientCity": "Paris", "recipientContactName": "Emile Zola", "recipientCountry": "FR",
        "recipientCountryName": "FRANCE", "recipientEmail": "colis@bascule.example",
        "recipientMobilePhone": "0612345678", "recipientName": "Emile Zola", "recipientPhone": "0612345678",
        "recipientPreAlert": "0", "recipientZipCode": "75009", "recipientType": "2",
    }  # fmt: skip
    sky = asked["skybillValue"]
    assert (sky["productCode"], sky["weight"], sky["shipDate"], sky["shipHour"], sky["evtCode"]) == (
        "01", "1.21", "2026-11-03T00:00:00", "00", "DC",
    )  # fmt: skip
    assert told(stub.asked[1][1]) == {"reservationNumber": "405588805031224667082", "mode": "THE"}
    assert told(stub.asked[2][1])["mode"] == "Z2D"


def test_at_a_point_the_label_says_its_address_and_for_whom(stub):
    stub.say(PLACE, POINT)
    stub.say(SHIP, MADE)
    stub.say(PAPER, paper(PDF))
    label = Chronopost(KEYS | {"relay": "5X"}).label(wanted(mode="relay", point="8197P"), NOW)
    assert (label.pdf, label.zpl) == (PDF, b"")  # no Zebra paper came: the PDF is the label
    asked = told(stub.asked[1][1])
    recipient = asked["recipientValue"]
    assert (recipient["recipientName"], recipient["recipientName2"], recipient["recipientAdress1"]) == (
        "Tabac Presse", "Emile Zola", "5 Place De L'Esplanade",
    )  # fmt: skip
    assert (recipient["recipientZipCode"], recipient["recipientCity"]) == ("31450", "Montgiscard")
    assert (asked["refValue"]["idRelais"], asked["skybillValue"]["productCode"]) == ("8197P", "5X")
    assert told(stub.asked[0][1])["identifiant"] == "8197P"


def test_a_label_that_is_billed_and_not_given_is_cancelled_before_anybody_asks_again(stub, carrier):
    stub.say(SHIP, MADE)
    stub.say(PAPER, paper(b"<html>"))
    stub.say(CANCEL)
    with pytest.raises(ServiceDown):
        carrier.label(wanted(), NOW)
    assert stub.names() == [SHIP, PAPER, CANCEL]
    assert told(stub.asked[2][1]) == {
        "accountNumber": "19869502", "password": "255562", "language": "fr_FR", "skybillNumber": NUMBER,
    }  # fmt: skip


@pytest.mark.parametrize("code", ["1", "2"])
def test_where_it_cannot_be_cancelled_a_person_decides(stub, carrier, code):
    stub.say(SHIP, MADE)
    stub.say(PAPER, code="29", words="System error")
    stub.say(CANCEL, code=code)
    with pytest.raises(ShipmentRefused, match=NUMBER):
        carrier.label(wanted(), NOW)


@pytest.mark.parametrize(
    ("code", "words", "error", "field"),
    [
        ("3", "invalid account or password", CredentialsRefused, None),
        ("30", "Invalid contract number", CredentialsRefused, None),
        ("33", "Invalid accesColis account number", CredentialsRefused, None),
        ("33", "Invalid accesColis password", CredentialsRefused, None),
        ("38", "No routing found for country [FR] postCode [00000]", AddressRefused, "postal_code"),
        ("31", "recipientZipCode is empty", AddressRefused, "postal_code"),
        ("32", "Incorrect length : recipientAdress1", AddressRefused, "address"),
        ("33", "Invalid recipientCity", AddressRefused, "city"),
        ("33", "Invalid recipientName", AddressRefused, "name"),
        ("33", "Invalid recipientMobilePhone", AddressRefused, "phone"),
        ("33", "Invalid recipientEmail", AddressRefused, "email"),
        ("31", "shipperPhone is empty", ShipmentRefused, None),
        ("33", "Invalid idRelais", PointRefused, None),
        ("33", "Invalid weight", WeightRefused, None),
        ("29", "System error", ShipmentRefused, None),
    ],
)
def test_each_refusal_says_what_to_mend(stub, carrier, code, words, error, field):
    stub.say(SHIP, code=code, words=words)
    with pytest.raises(error) as caught:
        carrier.label(wanted(), NOW)
    assert getattr(caught.value, "field", None) == field
    assert str(caught.value)
    assert stub.names() == [SHIP]


def test_what_cannot_be_carried_is_not_even_asked(stub, carrier):
    for grams, mode in ((30_001, "home"), (20_001, "relay")):
        with pytest.raises(WeightRefused):
            carrier.label(wanted(grams=grams, mode=mode, point="8197P"), NOW)
    with pytest.raises(PointRefused):
        carrier.label(wanted(mode="relay"), NOW)
    with pytest.raises(AddressRefused) as caught:
        carrier.label(wanted(receiver=Address("A B", "rue " * 30, "75009", "Paris")), NOW)
    assert caught.value.field == "address"
    with pytest.raises(AddressRefused) as caught:
        carrier.label(wanted(mode="relay", point="8197P", receiver=SENDER), NOW)
    assert (caught.value.field, stub.asked) == ("phone", [])


@pytest.mark.parametrize(
    ("inside", "code", "error"),
    [(CLOSED, "0", PointRefused), ("", "0", PointRefused), ("", "317", PointRefused), ("", "3", CredentialsRefused)],
)
def test_a_point_that_is_not_there_is_known_before_anything_is_billed(stub, carrier, inside, code, error):
    stub.say(PLACE, inside, code)
    with pytest.raises(error):
        carrier.label(wanted(mode="relay", point="OFF01"), NOW)
    assert stub.names() == [PLACE]


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    "raw",
    [
        (200, b""),
        (200, b"<html>Service Unavailable</html>"),
        (200, b"<a><b>"),
        (200, BOMB),
        (200, b"x" * 4_000_001),
        (200, envelope("<return></return>")),
        (500, b"<html>"),
        (503, b""),
        (302, b""),
        fault("Could not open connection"),
    ],
)
def test_what_is_no_answer_is_a_service_that_is_down(stub, carrier, raw):
    for name in (SHIP, TRACK):
        stub.say(name, raw=raw)
    with pytest.raises(ServiceDown):
        carrier.label(wanted(), NOW)
    with pytest.raises(ServiceDown):
        carrier.tracking(NUMBER, NOW)


def test_a_request_that_it_cannot_read_is_not_asked_for_ever(stub, carrier):
    stub.say(SHIP, raw=fault("Unmarshalling Error: Not a number: abc"))
    with pytest.raises(ShipmentRefused, match="Unmarshalling"):
        carrier.label(wanted(), NOW)


def test_a_label_without_a_number_is_no_label(stub, carrier):
    stub.say(SHIP, "<reservationNumber>4055</reservationNumber>")
    with pytest.raises(ServiceDown):
        carrier.label(wanted(), NOW)


# --- points ---


def test_points_have_their_hours_and_closed_ones_are_not_offered(stub, carrier):
    stub.say(SEARCH, CLOSED + POINT)
    points = carrier.points("31450")
    assert [
        (point.code, point.name, point.address, point.postal_code, point.city, point.hours) for point in points
    ] == [("8197P", "Tabac Presse", "5 Place De L'Esplanade", "31450", "Montgiscard", "Mar. 08:00–12:30, 14:00–19:30")]
    asked = told(stub.asked[0][1])
    assert (asked["zipCode"], asked["productCode"], asked["type"], asked["service"]) == ("31450", "86", "P", "L")
    assert asked["city"]  # it prevails over the postal code: the town that has it
    assert carrier.check()


def test_points_are_refused_as_labels_are(stub, carrier):
    stub.say(SEARCH, code="3", words="invalid account or password")
    with pytest.raises(CredentialsRefused):
        carrier.check()
    with pytest.raises(AddressRefused):
        carrier.points("00000")


# --- cancel ---


@pytest.mark.parametrize(
    ("code", "error"),
    [("0", None), ("1", ServiceDown), ("2", ShipmentRefused), ("3", ShipmentRefused), ("9", ShipmentRefused)],
)
def test_a_label_is_cancelled_until_it_has_the_parcel(stub, carrier, code, error):
    stub.say(CANCEL, "<statusCode>0</statusCode>", code, words="why")
    if error is None:
        carrier.cancel(NUMBER, NOW)
    else:
        with pytest.raises(error):
            carrier.cancel(NUMBER, NOW)
    assert stub.names() == [CANCEL]


# --- tracking ---

STORY = [
    ("DC", "2026-11-01T13:47:53+01:00", "Colis en cours de préparation chez l&apos;expéditeur", "Web Services"),
    ("DB", "2026-11-02T16:54:13+01:00", "Colis déposé par l&apos;expéditeur", "AMBOISE"),
    ("TS", "2026-11-03T02:43:25+01:00", "Colis en cours d&apos;acheminement", "ARRAS CHRONOPOST"),
    ("SD", "2026-11-03T05:44:00+01:00", "Livraison reportée de 24h", "ARRAS CHRONOPOST"),
    ("TA", "2026-11-04T07:12:05+01:00", "Colis en cours de livraison", "ARRAS CHRONOPOST"),
    ("P", "2026-11-04T08:00:00+01:00", "Echec de livraison suite à l&apos;absence du destinataire.", "ARRAS"),
    ("AB", "2026-11-04T11:07:04+01:00", "Colis mis à disposition au point de retrait", "RELAIS"),
    ("RB", "2026-11-04T11:08:00+01:00", "Colis en cours de livraison au point de retrait", "RELAIS"),
    ("SM", "2026-11-04T11:09:00+01:00", "Destinataire informé par SMS ou mail", "Service d&apos;avisage"),
    ("D", "2026-11-05T16:04:28+01:00", "Livraison effectuée", "RELAIS"),
]


def test_tracking_reads_codes_and_the_hour_with_its_own_offset(stub, carrier):
    stub.say(TRACK, scans(*STORY))
    events = carrier.tracking(NUMBER, NOW)
    assert [event.step for event in events] == [
        Step.ANNOUNCED, Step.TAKEN, Step.MOVING, Step.DELAYED, Step.OUT, Step.MISSED, Step.AT_POINT, Step.AT_POINT,
        Step.DELIVERED,
    ]  # fmt: skip
    assert events[-1].at == datetime.datetime(2026, 11, 5, 15, 4, 28, tzinfo=datetime.UTC)
    assert (events[1].words, events[1].place) == ("Colis déposé par l'expéditeur", "Amboise")
    stub.answers.clear()
    stub.say(TRACK, scans(*reversed(STORY)))
    assert {event.id for event in carrier.tracking(NUMBER, NOW)} == {event.id for event in events}


@pytest.mark.parametrize(
    ("code", "words", "step"),
    [
        ("D3", "Livraison effectuée", Step.DELIVERED),
        ("D", "Delivered", Step.DELIVERED),
        ("D", "Colis livré à l’expéditeur", Step.RETURNED),
        ("D", "Colis en cours de livraison", Step.MOVING),  # a partner's scan with the same code
        ("D", "Echec de livraison", Step.MOVING),
        ("R", "Envoi retourné à l’expéditeur", Step.RETURNING),
        ("XX", "Colis retardé à l’agence", Step.DELAYED),
        ("XX", "Un code de plus tard", Step.MOVING),
    ],
)
def test_what_starts_a_delay_is_believed_only_where_its_words_agree(stub, carrier, code, words, step):
    stub.say(TRACK, scans((code, "2026-11-05T16:04:28+01:00", words, "")))
    assert [event.step for event in carrier.tracking(NUMBER, NOW)] == [step]


def test_an_hour_without_an_offset_is_one_of_paris_and_no_hour_is_no_event(stub, carrier):
    stub.say(TRACK, scans(("TS", "2026-10-25T02:30:00", "x", ""), ("TS", "hier", "x", "")))
    assert [event.at for event in carrier.tracking(NUMBER, NOW)] == [
        datetime.datetime(2026, 10, 25, 0, 30, tzinfo=datetime.UTC)
    ]


def test_a_label_that_it_does_not_know_yet_has_no_news_and_another_parcel_is_no_answer(stub, carrier):
    stub.say(TRACK, scans())
    stub.say(TRACK, "")
    stub.say(TRACK, scans(number="XP000000000FR"))
    stub.say(TRACK, code="1", words="System Error")
    assert carrier.tracking(NUMBER, NOW) == carrier.tracking(NUMBER, NOW) == []
    for _ in range(2):
        with pytest.raises(ServiceDown):
            carrier.tracking(NUMBER, NOW)


def test_the_proof_is_its_last_scan_with_what_it_wrote_beside(stub, carrier):
    stub.say(TRACK, scans(*STORY[:5]))
    assert carrier.proof(NUMBER, NOW) is None
    stub.answers.clear()
    stub.say(TRACK, scans(*STORY, infos="<infoCompList><name>Nom</name><value>ZOLA</value></infoCompList>"))
    proof = carrier.proof(NUMBER, NOW)
    assert proof.at == datetime.datetime(2026, 11, 5, 15, 4, 28, tzinfo=datetime.UTC)
    assert list(proof.lines) == ["Livraison effectuée", "05/11/2026 16:04", "Relais", NUMBER, "Nom : ZOLA"]
