"""A catalogue that comes in from a file, and goes out again."""

import pytest

from rebond.catalogue.models import Item
from tests.factories.connect import line, template
from tests.journeys.steps import enter, work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]


def test_a_file_is_tried_imported_and_undone(desk, sound, owner, live_server):
    text = template(line("A-1"), line("A-2", price="beaucoup"), line("A-3", category="Bibelots")).read()
    enter(desk, owner, live_server)
    desk.goto("/bureau/imports/")
    sound(desk)
    desk.get_by_label("Envoyer un fichier").set_input_files(
        {"name": "stock.csv", "mimeType": "text/csv", "buffer": text}
    )
    desk.get_by_role("button", name="Lire ce fichier").click()
    desk.get_by_role("heading", name="Vos colonnes, nos champs").wait_for()
    sound(desk)
    desk.get_by_role("button", name="Essayer tout le fichier").click()
    work()
    desk.get_by_role("heading", name="L’essai : rien n’est encore publié").wait_for()
    refused = desk.get_by_role("row", name="beaucoup")
    assert "Prix" in refused.inner_text()
    sound(desk)

    desk.get_by_label("Notre rayon pour « Bibelots »").fill("Décoration › Vases")
    desk.get_by_role("button", name="Garder ces choix et refaire l’essai").click()
    work()
    desk.get_by_role("button", name="Importer 2 articles").click()
    work()
    desk.get_by_role("heading", name="Importé").wait_for()
    sound(desk)
    assert list(Item.objects.order_by("external_ref").values_list("external_ref", "category__key")) == [
        ("A-1", "novels"),
        ("A-3", "vases"),
    ]
    desk.get_by_role("button", name="Annuler cet import").click()
    work()
    desk.get_by_role("heading", name="Annulé").wait_for()
    sound(desk)
    assert Item.objects.count() == 0
