"""Delivery prices by weight and size: what they give, who writes them, from lines or a file."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from rebond.journal.models import Entry
from rebond.network.actions.carriage import remove_carriage, save_carriage
from rebond.network.errors import NetworkError, StaleError
from rebond.network.models import Carriage
from rebond.network.queries.carriage import Load, Table, Tariff, stack, tariffs_for
from tests.factories.network import AgreementFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
STEPS = [(500, 410), (2_000, 590), (20_000, 1_990)]
RELAY = Table("relay", "Relais", tuple(STEPS), max_length_mm=1_200, max_sum_mm=1_500)
FIELDS = {
    "mode": "relay",
    "carrier": "Relais",
    "zone": [],
    "max_length_mm": 1_200,
    "max_sum_mm": None,
    "source": "Contrat 2026",
}
TODAY = datetime.date(2026, 11, 27)
FORM = {
    "mode": "relay",
    "carrier": "Relais",
    "zone": "",
    "length_cm": "120",
    "sum_cm": "",
    "source": "Contrat 2026",
    "steps": "500 g ; 4,10\n2 kg;5,90 €\n\n20 kg\t19.90",
}


@pytest.fixture
def agreement(seller, operator):
    return AgreementFactory(organisation=seller, operator=operator, kind="brick", scope={"shipping": "seller"})


def path(agreement, end="nouvelle/"):
    return f"/bureau/accords/{agreement.public_id}/livraison/{end}"


@pytest.mark.parametrize(
    ("load", "cents"),
    [
        (Load(500), 410),
        (Load(501), 590),
        (Load(20_000), 1_990),
        (Load(20_001), None),
        (Load(100, (1_200, 200, 100)), 410),
        (Load(100, (1_201, 10, 10)), None),
        (Load(100, (800, 400, 301)), None),
    ],
)
def test_a_parcel_costs_its_step_or_is_not_carried(load, cents):
    assert RELAY.price(load) == cents


def test_objects_are_stacked():
    """As the module says: the largest length and width, the smallest sides added, in the order of their length."""
    assert stack([Load(400, (210, 140, 20)), Load(1_800, (450, 250, 240))]) == Load(2_200, (450, 260, 250))
    assert stack([]) == Load(0)


@pytest.mark.parametrize(
    ("zone", "code", "served"),
    [
        ((), "47200", True),
        ((), "20000", True),
        ((), "97400", False),
        (("47", "82200"), "47310", True),
        (("47", "82200"), "82200", True),
        (("47", "82200"), "82000", False),
        (("47",), "", True),
    ],
)
def test_a_carrier_goes_where_its_zone_says(zone, code, served):
    assert Table("home", "C", ((1_000, 500),), zone).serves(code) is served


def test_the_lowest_price_that_suits_is_taken():
    dear, near = Table("home", "Loin", ((30_000, 900),)), Table("home", "Ici", ((5_000, 300),), ("47",))
    tariff = Tariff({"home": 690, "relay": 490}, (dear, near))
    assert tariff.best("home", Load(1_000), "47200") == (300, "Ici")
    assert tariff.best("home", Load(1_000), "37000") == (900, "Loin")
    assert tariff.best("home", Load(9_000), "47200") == (900, "Loin")
    assert tariff.best("home", Load(31_000)) is None  # the flat price does not carry what the tables refuse
    assert tariff.best("relay", Load(31_000)) == (490, "")
    assert tariff.best("relay", Load(1), "97400") is None
    assert tariff.best("local", Load(1)) is None


def test_prices_of_many_sellers_cost_two_queries(agreement, operator, coordinator, django_assert_num_queries):
    other = AgreementFactory(operator=operator, kind="brick", shipping={"home_cents": 690})
    save_carriage(agreement=agreement, fields=FIELDS, steps=STEPS, by=coordinator)
    with django_assert_num_queries(2):
        found = tariffs_for([agreement.organisation_id, other.organisation_id, 0], TODAY)
    assert found[agreement.organisation_id].tables == (Table("relay", "Relais", tuple(STEPS), (), 1_200),)
    assert (found[other.organisation_id].flat, found[other.organisation_id].tables) == ({"home": 690}, ())
    assert 0 not in found


def test_a_table_is_saved_whole_and_the_journal_keeps_it(agreement, coordinator):
    table = save_carriage(agreement=agreement, fields=FIELDS, steps=STEPS, by=coordinator)
    save_carriage(agreement=agreement, fields=FIELDS, steps=[(900, 450)], by=coordinator, table=table, version=1)
    assert list(table.steps.values_list("up_to_g", "cents")) == [(900, 450)]
    told = list(
        Entry.objects.filter(action="network.carriage.saved").order_by("pk").values_list("data__steps", flat=True)
    )
    assert told == [[list(step) for step in STEPS], [[900, 450]]]
    with pytest.raises(StaleError):
        save_carriage(agreement=agreement, fields=FIELDS, steps=STEPS, by=coordinator, table=table, version=1)
    assert table.steps.count() == 1
    remove_carriage(table=table, by=coordinator)
    assert not Carriage.objects.exists()


@pytest.mark.parametrize(
    ("changed", "steps"),
    [({}, []), ({}, [(500, 1), (500, 2)]), ({"mode": "local"}, STEPS), ({}, [(n, n) for n in range(1, 62)])],
)
def test_what_says_no_price_is_refused(agreement, coordinator, changed, steps):
    with pytest.raises(NetworkError):
        save_carriage(agreement=agreement, fields=FIELDS | changed, steps=steps, by=coordinator)
    assert not Carriage.objects.exists()


def test_a_coordinator_previews_then_saves(as_user, coordinator, agreement):
    client = as_user(coordinator)
    shown = client.post(path(agreement), FORM | {"preview": "1"})
    text = BeautifulSoup(shown.content, "html.parser").main.get_text(" ", strip=True)
    assert shown.status_code == 200
    assert "Les deux dans un colis, 2,2\u00a0kg 19,90\u00a0€" in text
    assert not Carriage.objects.exists()
    saved = client.post(path(agreement), FORM)
    table = Carriage.objects.get()
    assert saved["Location"] == f"/bureau/accords/{agreement.public_id}/"
    assert list(table.steps.values_list("up_to_g", "cents")) == STEPS
    assert table.max_length_mm == 1_200
    assert "Relais" in client.get(saved["Location"]).content.decode()
    page = BeautifulSoup(client.get(path(agreement, f"{table.public_id}/")).content, "html.parser")
    lines = page.select_one("textarea[name=steps]").text.split("\n")
    assert [line.strip() for line in lines if line.strip()] == [
        "500\u00a0g ; 4,10\u00a0€",
        "2\u00a0kg ; 5,90\u00a0€",
        "20\u00a0kg ; 19,90\u00a0€",
    ]
    client.post(path(agreement, f"{table.public_id}/retrait/"))
    assert not Carriage.objects.exists()


def test_a_file_replaces_the_lines(as_user, coordinator, agreement):
    file = SimpleUploadedFile("prix.csv", "poids;prix\n1 kg;4,90\n".encode("latin-1"))
    as_user(coordinator).post(path(agreement), FORM | {"file": file})
    assert list(Carriage.objects.get().steps.values_list("up_to_g", "cents")) == [(1_000, 490)]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"steps": "500 g"}, "Ligne 1"),
        ({"steps": "1 kg ; 4\nlourd ; 5"}, "Ligne 2"),
        ({"steps": ""}, "au moins un prix"),
        ({"steps": "1 kg;4\n1000 g;5"}, "deux prix"),
        ({"zone": "Marmande"}, "2 à 5"),
        ({"sum_cm": "100"}, "au plus long"),
        ({"mode": "local"}, "codes postaux"),
        ({"carrier": ""}, "obligatoire"),
    ],
)
def test_what_is_wrong_is_said(as_user, coordinator, agreement, changed, sentence):
    response = as_user(coordinator).post(path(agreement), FORM | changed)
    assert response.status_code == 422
    assert sentence in BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)
    assert not Carriage.objects.exists()


def test_a_manager_sets_the_prices_only_where_the_seller_ships(as_user, owner, stranger, reader, agreement):
    assert as_user(owner).get(path(agreement)).status_code == 200
    assert as_user(stranger).get(path(agreement)).status_code == 404
    assert as_user(reader).post(path(agreement), FORM).status_code == 403
    agreement.scope = {"shipping": "platform"}
    agreement.save()
    assert as_user(owner).post(path(agreement), FORM).status_code == 404
    assert not Carriage.objects.exists()


def test_two_saves_of_one_page_do_not_overwrite(as_user, coordinator, agreement):
    table = save_carriage(agreement=agreement, fields=FIELDS, steps=STEPS, by=coordinator)
    client = as_user(coordinator)
    client.post(path(agreement, f"{table.public_id}/"), FORM | {"version": "1", "steps": "1 kg;4"})
    late = client.post(path(agreement, f"{table.public_id}/"), FORM | {"version": "1", "steps": "1 kg;9"})
    assert late.status_code == 422
    assert list(table.steps.values_list("up_to_g", "cents")) == [(1_000, 400)]
