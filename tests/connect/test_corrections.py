"""Wrong values corrected in the report of a trial: one line, or all that say the same; the file stays as it is."""

import re

import pytest
from django.urls import reverse

from rebond.catalogue.models import Item
from rebond.connect.actions.corrections import correct_values, remove_correction
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.actions.trial import run_trial, start_trial
from rebond.connect.actions.uploads import upload_import
from rebond.connect.errors import WrongImportState
from rebond.connect.models import ImportCorrection
from rebond.journal.models import Entry
from tests.factories.connect import line, template, upload

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def again(run, by):
    if run.state != "trying":
        start_trial(run=run, by=by, enqueue=False)
    run_trial(run_id=run.pk)
    run.refresh_from_db()
    return run


@pytest.fixture
def tried(seller, owner, novels):
    lines = [
        line("A", price="prix libre"),
        line("B", price="prix libre"),
        line("C", condition="Pas mal"),
        line("D", title=""),
        line("D2"),
        line("D2"),
    ]
    return again(upload_import(seller=seller, upload=template(*lines), by=owner), owner)


def url(name, run, *args):
    return reverse(f"connect:import-{name}", args=[run.public_id, *args])


def names(page):
    """The corrections' inputs: {label: name}."""
    labels = re.findall(r'<label[^>]*for="id_((?:all-)?[0-9a-f]{12}(?:-\d+)?)"[^>]*>(.*?)</label>', page, re.DOTALL)
    return {re.sub(r"<.*?>", "", text).strip(): name for name, text in labels}


def test_a_value_is_corrected_for_all_lines_that_say_it_and_another_for_one(as_user, owner, tried):
    assert (tried.refused, tried.created) == (5, 1)
    client = as_user(owner)
    found = names(client.get(url("detail", tried)).content.decode())
    sent = {
        found["Prix\u00a0: pour toutes les lignes qui disent cela"]: "12,50",
        found["Titre\u00a0: ligne 5"]: "Lampe d’Anna",
        found["État\u00a0: ligne 4"]: "Bon état",
    }
    response = client.post(url("corrections", tried), sent)
    assert (response.status_code, response["Location"]) == (302, url("detail", tried))
    tried.refresh_from_db()
    assert tried.state == "trying"
    again(tried, owner)
    assert (tried.refused, tried.created) == (1, 5)
    page = client.get(url("detail", tried)).content.decode()
    assert "3 corrections gardées" in page
    start_import(run=tried, by=owner, enqueue=False)
    run_batches(run_id=tried.pk)
    items = Item.objects.order_by("external_ref").values_list("external_ref", "title", "price_cents")
    assert list(items) == [
        ("A", "Lampe orange", 1250),
        ("B", "Lampe orange", 1250),
        ("C", "Lampe orange", 1800),
        ("D", "Lampe d’Anna", 1800),
        ("D2", "Lampe orange", 1800),
    ]
    assert Entry.objects.filter(action="connect.import.corrected").count() == 1


def test_lines_that_say_the_same_are_corrected_one_by_one(owner, tried):
    correct_values(
        run=tried,
        lines={(2, "Prix"): ("prix libre", "5"), (7, "Référence"): ("D2", "D3")},
        values={("Prix", "prix libre"): "9"},
        by=owner,
    )
    again(tried, owner)
    start_import(run=tried, by=owner, enqueue=False)
    run_batches(run_id=tried.pk)
    found = dict(Item.objects.values_list("external_ref", "price_cents"))
    assert found == {"A": 500, "B": 900, "D2": 1800, "D3": 1800}


@pytest.mark.parametrize("value", ["douze", "-3", "0"])
def test_a_new_value_that_is_wrong_too_is_told_beside_it(as_user, owner, tried, value):
    client = as_user(owner)
    name = names(client.get(url("detail", tried)).content.decode())[
        "Prix\u00a0: pour toutes les lignes qui disent cela"
    ]
    response = client.post(url("corrections", tried), {name: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{name}_error"' in page
    assert f'value="{value}"' in page
    assert ImportCorrection.objects.count() == 0


def test_nothing_written_is_told_and_a_page_out_of_date_changes_nothing(as_user, owner, tried):
    for data in ({}, {"all-0123456789ab": "5"}):
        response = as_user(owner).post(url("corrections", tried), data)
        assert response.status_code == 422
        assert "au moins une nouvelle valeur" in response.content.decode()
    tried.refresh_from_db()
    assert (tried.state, ImportCorrection.objects.count()) == ("tried", 0)


def test_a_wrong_value_is_left_empty(as_user, owner, seller, novels):
    text = "Référence;Titre;Rayon;Prix;Code-barres\nA;Lampe;Romans;5;123\nB;Vase;Romans;6;123\n"

    run = again(upload_import(seller=seller, upload=upload(text), by=owner), owner)
    assert run.refused == 2
    page = as_user(owner).get(url("detail", run)).content.decode()
    name = re.search(r'name="(empty-[0-9a-f]{12})"', page)[1]
    as_user(owner).post(url("corrections", run), {name: "on"})
    run.refresh_from_db()
    assert again(run, owner).refused == 0


def test_a_corrected_value_that_is_still_wrong_is_corrected_again(owner, tried):
    correct_values(run=tried, lines={}, values={("État", "Pas mal"): "Moyen"}, by=owner)
    again(tried, owner)
    assert "Moyen" in tried.rows.values_list("value", flat=True)
    correct_values(run=tried, lines={}, values={("État", "Moyen"): "Bon état"}, by=owner)
    again(tried, owner)
    assert not tried.rows.filter(column="État").exists()


def test_a_correction_is_taken_back(as_user, owner, stranger, tried):
    correct_values(run=tried, lines={(5, "Titre"): ("", "Lampe")}, values={}, by=owner)
    again(tried, owner)
    one = tried.corrections.get()
    remove = url("correction-remove", tried, one.pk)
    assert as_user(stranger).post(remove).status_code == 404
    assert as_user(owner).get(remove).status_code == 405
    assert as_user(owner).post(remove).status_code == 302
    tried.refresh_from_db()
    assert (tried.corrections.count(), again(tried, owner).refused) == (0, 5)


def test_nothing_is_corrected_once_the_import_has_started(as_user, owner, tried):
    correct_values(run=tried, lines={(5, "Titre"): ("", "Lampe")}, values={}, by=owner)
    again(tried, owner)
    start_import(run=tried, by=owner, enqueue=False)
    with pytest.raises(WrongImportState):
        correct_values(run=tried, lines={}, values={("Prix", "prix libre"): "5"}, by=owner)
    with pytest.raises(WrongImportState):
        remove_correction(run=tried, correction=tried.corrections.get(), by=owner)


def test_readers_and_strangers_correct_nothing(as_user, reader, stranger, tried):
    for user in (reader, stranger):
        assert as_user(user).post(url("corrections", tried), {"x": "y"}).status_code in {403, 404}
    assert ImportCorrection.objects.count() == 0
