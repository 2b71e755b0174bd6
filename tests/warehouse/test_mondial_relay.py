"""Mondial Relay against exchanges made after its documentation: what it is asked, what it answers, its refusals."""

import datetime
import hashlib

import pytest

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
from rebond.warehouse.carriers.mondial_relay import MondialRelay, capitals, signature
from tests.warehouse.mondial_relay_stub import LABEL, POINT, Stub, traced

pytestmark = pytest.mark.unit
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
SEARCH, CREATE, TRACE = "WSI4_PointRelais_Recherche", "WSI2_CreationEtiquette", "WSI2_TracingColisDetaille"
SENDER = Address("La Bascule", "1 rue des Tilleuls", "47000", "Agen", "05 53 00 00 00", "colis@bascule.example")
CAMILLE = Address("Émile Zola", "21 bis rue de Bruxelles, bâtiment B, 3ᵉ étage", "75009", "Paris", "06.12.34.56.78")


@pytest.fixture
def stub(settings):
    made = Stub()
    settings.MONDIAL_RELAY_API_URL = settings.MONDIAL_RELAY_LABELS_URL = made.url
    yield made
    made.close()


@pytest.fixture
def carrier():
    return MondialRelay({"brand": "BDTEST13", "key": "PrivateK"})


def wanted(**fields):
    return Wanted(**({"reference": "k7m2p4qr8stu-1", "mode": "relay", "grams": 1200, "sender": SENDER,
                      "receiver": CAMILLE, "point": "20465"} | fields))  # fmt: skip


def test_texts_are_capitals_without_accents_and_cut():
    assert capitals("  L’Été   à Nîmes <x> ", 32) == "L'ETE A NIMES X"
    assert capitals("a b c", 2) == "A"


def test_every_request_is_signed_by_its_values_and_the_key_that_never_leaves(stub, carrier):
    stub.say(SEARCH, "0", POINT)
    carrier.points("75002")
    name, asked = stub.asked[0]
    expected = hashlib.md5(b"BDTEST13FR7500220PrivateK", usedforsecurity=False).hexdigest().upper()
    assert (name, asked) == (
        SEARCH,
        {"Enseigne": "BDTEST13", "Pays": "FR", "CP": "75002", "NombreResultats": "20", "Security": expected},
    )
    assert signature(["BDTEST13", "FR"], "K") == hashlib.md5(b"BDTEST13FRK", usedforsecurity=False).hexdigest().upper()


def test_points_have_their_hours(stub, carrier):
    stub.say(SEARCH, "0", POINT)
    point = carrier.points("75002")[0]
    assert (point.code, point.name, point.address, point.city, point.hours) == (
        "020465", "Tabac Du Marche", "12 Rue De La Paix", "Paris", "Lun. 09:00–12:30, 14:00–19:00",
    )  # fmt: skip
    assert "répond" in carrier.check() or "answers" in carrier.check()


def test_a_label_has_its_number_and_its_pdf(stub, carrier):
    stub.say(CREATE, "0", LABEL)
    label = carrier.label(wanted(), NOW)
    assert (label.number, label.pdf, label.cents) == ("31236567", b"%PDF-1.4 label", None)
    asked = stub.asked[0][1]
    order = [
        "Enseigne", "ModeCol", "ModeLiv", "NDossier", "Expe_Langage", "Expe_Ad1", "Expe_Ad3", "Expe_Ville", "Expe_CP",
        "Expe_Pays", "Expe_Tel1", "Expe_Mail", "Dest_Langage", "Dest_Ad1", "Dest_Ad3", "Dest_Ad4", "Dest_Ville",
        "Dest_CP", "Dest_Pays", "Dest_Tel1", "Poids", "NbColis", "CRT_Valeur", "LIV_Rel_Pays", "LIV_Rel", "Security",
    ]  # fmt: skip
    assert list(asked) == order  # the signature follows the order of the documentation
    assert (asked["Dest_Ad1"], asked["Dest_Ad3"], asked["Dest_Ad4"]) == (
        "EMILE ZOLA", "21 BIS RUE DE BRUXELLES, BATIMEN", "T B, 3E ETAGE",
    )  # fmt: skip
    assert (asked["Poids"], asked["LIV_Rel"], asked["Dest_Tel1"]) == ("1200", "020465", "0612345678")
    assert asked["Security"] == signature(list(asked.values())[:-1], "PrivateK")
    assert stub.asked[1] == ("GET", {"path": "/ww2/PDF/StickerMaker2.aspx?ens=BDTEST13&exp=31236567"})


@pytest.mark.parametrize(
    ("stat", "error", "field"),
    [
        ("1", CredentialsRefused, None),
        ("97", CredentialsRefused, None),
        ("14", PointRefused, None),
        ("20", WeightRefused, None),
        ("53", AddressRefused, "address"),
        ("55", AddressRefused, "city"),
        ("56", AddressRefused, "postal_code"),
        ("58", AddressRefused, "phone"),
        ("36", ShipmentRefused, None),
        ("77", ShipmentRefused, None),
        ("98", ServiceDown, None),
        ("99", ServiceDown, None),
        ("", ServiceDown, None),
    ],
)
def test_each_refusal_says_what_to_mend(stub, carrier, stat, error, field):
    stub.say(CREATE, stat)
    with pytest.raises(error) as refused:
        carrier.label(wanted(), NOW)
    assert getattr(refused.value, "field", None) == field
    assert str(refused.value)


def test_what_cannot_be_carried_is_not_even_asked(stub, carrier):
    with pytest.raises(WeightRefused):
        carrier.label(wanted(grams=30_001), NOW)
    with pytest.raises(PointRefused):
        carrier.label(wanted(point=""), NOW)
    assert stub.asked == []


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    "raw", [b"", b"<html>Service Unavailable</html>", b"<a><b>", b"\xff\xfe", BOMB, b"x" * 4_000_001]
)
def test_what_is_no_answer_is_a_service_that_is_down(stub, carrier, raw):
    stub.raw = raw
    with pytest.raises(ServiceDown):
        carrier.tracking("31236567", NOW)


@pytest.mark.parametrize("status", [301, 404, 500, 503])
def test_only_200_is_an_answer(stub, carrier, status):
    stub.say(SEARCH, "0", POINT)
    stub.status = status
    with pytest.raises(ServiceDown):
        carrier.points("75002")


def test_nobody_at_that_address_is_a_service_that_is_down(settings, carrier):
    settings.MONDIAL_RELAY_API_URL = "http://127.0.0.1:9"
    with pytest.raises(ServiceDown):
        carrier.check()


def test_a_label_that_is_no_pdf_is_no_label(stub, carrier):
    stub.say(CREATE, "0", LABEL)
    stub.pdf = b"<html>"
    with pytest.raises(ServiceDown):
        carrier.label(wanted(), NOW)


def test_tracking_is_read_in_paris_time_and_the_same_event_has_the_same_name(stub, carrier):
    rows = [
        ("RÉCEPTION DES DONNÉES", "01/11/26", "10:10", ""),
        ("PRISE EN CHARGE EN AGENCE", "02/11/26", "11:11", "LILLE"),
        ("EN COURS D'ACHEMINEMENT", "03/11/26", "04:00", "LYON"),
        ("DISPONIBLE AU POINT RELAIS", "04/11/26", "09:12", "PARIS"),
        ("COLIS LIVRÉ", "05/11/26", "18:40", "PARIS"),
    ]
    stub.say(TRACE, "82", traced(*rows))
    events = carrier.tracking("31236567", NOW)
    assert [event.step for event in events] == [
        Step.ANNOUNCED, Step.TAKEN, Step.MOVING, Step.AT_POINT, Step.DELIVERED,
    ]  # fmt: skip
    assert events[4].at == datetime.datetime(2026, 11, 5, 17, 40, tzinfo=datetime.UTC)
    stub.say(TRACE, "82", traced(*reversed(rows)))
    assert {event.id for event in carrier.tracking("31236567", NOW)} == {event.id for event in events}


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("RETOUR À L'EXPÉDITEUR EN COURS", Step.RETURNING),
        ("COLIS RETOURNÉ À L'EXPÉDITEUR", Step.RETURNED),
        ("COLIS REFUSÉ PAR LE DESTINATAIRE", Step.REFUSED),
        ("COLIS NON RÉCLAMÉ", Step.REFUSED),
        ("COLIS PERDU", Step.LOST),
        ("UN TEXTE DE PLUS TARD", Step.MOVING),
    ],
)
def test_its_texts_are_the_only_codes_it_gives(stub, carrier, words, step):
    stub.say(TRACE, "83", traced((words, "05/11/26", "18:40", "")))
    assert [event.step for event in carrier.tracking("31236567", NOW)] == [step]


def test_a_label_that_its_machines_do_not_know_yet_has_no_news(stub, carrier):
    stub.say(TRACE, "94")
    assert carrier.tracking("31236567", NOW) == []
    stub.say(TRACE, "91")
    with pytest.raises(ShipmentRefused):
        carrier.tracking("00000000", NOW)
