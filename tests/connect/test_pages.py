"""Desk pages of imports: who sees what, what each does, without JavaScript."""

import re

import pytest
from django.urls import reverse

from rebond.catalogue.models import Item
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.actions.trial import run_trial, start_trial
from rebond.connect.actions.undo import undo_batches
from rebond.connect.actions.uploads import upload_import
from rebond.connect.models import CategoryMapping, ImportProfile, ImportRun
from rebond.connect.perms import can_import
from tests.factories.connect import imported, line, template, upload
from tests.factories.network import MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "/bureau/imports/"
POSTED = ("columns", "categories", "start", "pause", "resume", "undo")


def url(name, run, *args):
    return reverse(f"connect:import-{name}", args=[run.public_id, *args])


@pytest.fixture
def run(seller, owner, novels):
    return upload_import(seller=seller, upload=template(line("A"), line("B", price="x", category="Bibelots")), by=owner)


@pytest.fixture
def tried(run, owner):
    start_trial(run=run, by=owner, enqueue=False)
    run_trial(run_id=run.pk)
    run.refresh_from_db()
    return run


def plain(text):
    """Without the tokens, which differ at each answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def columns_data(run, **changes):
    data = {f"c{i}": run.mapping[c] for i, c in enumerate(run.columns)}
    return data | {"condition": "good", "origin": "gift", "keep": "on"} | changes


def test_a_file_sent_opens_its_import(as_user, owner, novels):
    response = as_user(owner).post(LIST, {"file": template(line("A"))})
    run = ImportRun.objects.get()
    assert (response.status_code, response["Location"]) == (302, url("detail", run))
    page = as_user(owner).get(url("detail", run)).content.decode()
    assert "Lampe orange" in page
    assert "Essayer tout le fichier" in page


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "vide"),
        (b"{}\n{}\n", "a.json", "JSON"),
        (b"PK\x03\x04rien", "a.zip", "abîmée"),
        (b"x" * 100, "a.exe", "CSV"),
    ],
)
def test_a_file_that_is_no_catalogue_says_why_beside_the_field(as_user, owner, content, name, said):
    response = as_user(owner).post(LIST, {"file": upload(content, name)})
    assert response.status_code == 422
    assert said in re.search(r'<p class="error" id="id_file_error">(.*?)</p>', response.content.decode(), re.DOTALL)[1]
    assert ImportRun.objects.count() == 0


def test_three_hundred_bad_uploads_in_a_row_leave_nothing(as_user, owner):
    client = as_user(owner)
    for _n in range(30):
        assert client.post(LIST, {"file": upload(b"[1", "a.json")}).status_code == 422
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(as_user, owner, seller, novels, count, django_assert_num_queries):
    for n in range(count):
        upload_import(seller=seller, upload=template(line(f"A{n}")), by=owner)
    client = as_user(owner)
    client.get(LIST)
    with django_assert_num_queries(5):
        response = client.get(LIST)
    assert response.content.decode().count("stock.csv") == count


def test_columns_are_kept_and_the_trial_is_asked(as_user, owner, run):
    response = as_user(owner).post(url("columns", run), columns_data(run, weight_g="500 g"))
    run.refresh_from_db()
    assert (response.status_code, run.state, run.defaults["weight_g"]) == (302, "trying", 500)
    assert ImportProfile.objects.count() == 1
    assert "Essai en cours" in as_user(owner).get(url("detail", run)).content.decode()


def test_mistakes_of_the_columns_are_told_and_nothing_changes(as_user, owner, run):
    data = columns_data(run, category="rien de tel", vat_percent="abc")
    data |= {f"c{i}": "" for i, c in enumerate(run.columns) if c == "Prix"}
    response = as_user(owner).post(url("columns", run), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert [word in page for word in ("prix en euros", "Choisissez dans la liste", "Un nombre de 0 à 99")] == [True] * 3
    run.refresh_from_db()
    assert (run.state, ImportProfile.objects.count()) == ("uploaded", 0)


def test_the_trial_shows_what_to_correct_and_the_categories_to_choose(as_user, owner, tried):
    page = as_user(owner).get(url("detail", tried)).content.decode()
    assert "L’essai" in page
    assert "«\u00a0Bibelots\u00a0»" in page
    assert "Un nombre. Exemple\u00a0: 12,50." in page
    assert "Importer 1 article" in page


def test_categories_are_chosen_in_the_page_and_the_file_tried_again(as_user, owner, tried, lamps):
    response = as_user(owner).post(url("categories", tried), {"k0": "Luminaires", "k1": "Romans"})
    assert response.status_code == 302
    found = set(CategoryMapping.objects.values_list("label", "category__key"))
    assert found == {("Bibelots", "lamps"), ("Romans", "novels")}
    tried.refresh_from_db()
    assert tried.state == "trying"


def test_an_unknown_category_is_told_beside_its_field(as_user, owner, tried):
    response = as_user(owner).post(url("categories", tried), {"k0": "Rayon inventé"})
    assert response.status_code == 422
    assert 'id="id_k0_error"' in response.content.decode()
    assert CategoryMapping.objects.count() == 0


def test_an_import_starts_pauses_goes_on_and_is_undone_from_its_page(as_user, owner, tried):
    client = as_user(owner)
    client.post(url("start", tried), {"target": "on_sale"})
    client.post(url("pause", tried))
    tried.refresh_from_db()
    assert (tried.state, tried.target) == ("paused", "on_sale")
    client.post(url("resume", tried))
    run_batches(run_id=tried.pk)
    assert Item.objects.get().state == "on_sale"
    assert "Annuler cet import" in client.get(url("detail", tried)).content.decode()
    client.post(url("undo", tried))
    undo_batches(run_id=tried.pk)
    assert Item.objects.get().state == "withdrawn"
    assert "Tout est comme avant" in client.get(url("detail", tried)).content.decode()


def test_what_the_state_forbids_says_so_and_changes_nothing(as_user, owner, run):
    for name in ("pause", "resume", "undo"):
        response = as_user(owner).post(url(name, run), follow=True)
        assert "a avancé entre-temps" in response.content.decode()
    run.refresh_from_db()
    assert run.state == "uploaded"


def test_the_progress_polls_itself_and_brings_the_page_back_at_the_end(as_user, owner, run):
    start_import(run=run, by=owner, enqueue=False)
    client = as_user(owner)
    page = client.get(url("detail", run)).content.decode()
    fragment = client.get(url("detail", run), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 2s"' in page
    assert fragment.content.decode().strip().startswith('<div class="stack g5" id="progress"')
    assert plain(fragment.content.decode()).strip() in plain(page)
    assert "HX-Refresh" not in fragment.headers
    run_batches(run_id=run.pk)
    assert client.get(url("detail", run), headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_the_report_is_downloaded_in_both_forms(as_user, owner, tried):
    response = as_user(owner).get(url("report", tried, "csv"))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "3;Prix;x;Un nombre. Exemple\u00a0: 12,50." in text
    workbook = as_user(owner).get(url("report", tried, "xlsx"))
    assert workbook.getvalue().startswith(b"PK")
    assert as_user(owner).get(url("report", tried, "pdf")).status_code == 404


def test_the_template_is_downloaded(as_user, owner):
    for ending in ("csv", "xlsx"):
        response = as_user(owner).get(reverse("connect:import-template", args=[ending]))
        assert (response.status_code, f"modele-annonces.{ending}" in response["Content-Disposition"]) == (200, True)


@pytest.mark.parametrize("name", POSTED)
def test_only_those_who_import_here_act(as_user, reader, stranger, coordinator, owner, tried, name):
    for user, status in ((None, 302), (reader, 403), (coordinator, 403), (stranger, 404)):
        assert as_user(user).post(url(name, tried), {"target": "draft"}).status_code == status
    assert as_user(owner).get(url(name, tried)).status_code == 405
    tried.refresh_from_db()
    assert (tried.state, Item.objects.count(), CategoryMapping.objects.count()) == ("tried", 0, 0)


def test_another_organisation_sees_nothing(as_user, reader, stranger, tried):
    for name, args in (("detail", ()), ("report", ("csv",))):
        assert as_user(stranger).get(url(name, tried, *args)).status_code == 404
        assert as_user(reader).get(url(name, tried, *args)).status_code == 403
        assert as_user(None).get(url(name, tried, *args)).status_code == 302
    assert "stock.csv" not in as_user(stranger).get(LIST).content.decode()
    assert as_user(stranger).post(LIST).status_code == 422


def test_the_two_answers_on_rights_agree(owner, colleague, reader, stranger, coordinator, seller, run):
    for user in (owner, colleague, reader, stranger, coordinator):
        seen = ImportRun.objects.visible_to(user).exists()
        assert seen == can_import(user, seller) == (user in {owner, colleague})


def test_without_letters_the_page_says_when_it_opens(as_user):
    user = MembershipFactory(organisation=OrganisationFactory(letters=None), role="manager").user
    page = as_user(user).get(LIST).content.decode()
    assert "lettres de vos codes" in page
    assert '<input type="file"' not in page


def test_a_shop_that_is_no_public_address_is_refused_beside_its_field(as_user, owner):
    wrong = ("https://127.0.0.1:8000", "https://169.254.169.254/", "https://[::1]", "http://boutique.fr")
    for address in (*wrong, "pas une adresse", "localhost", "file:///etc/passwd"):
        response = as_user(owner).post(LIST + "boutique/", {"address": address, "key": "K" * 32})
        assert response.status_code == 422
        assert 'id="id_address_error"' in response.content.decode()
    assert ImportRun.objects.count() == 0


XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def test_payloads_in_names_columns_and_values_show_as_text(as_user, owner, seller, novels):
    text = f'Titre{XSS};Prix;Rayon;"{XSS}"\n{XSS};{XSS};{XSS};{XSS}\n'
    run = upload_import(
        seller=seller, upload=upload(text, "a&lt;b.csv"), by=owner, mapping={f"Titre{XSS}"[:80]: "title"}
    )
    start_trial(run=run, by=owner, enqueue=False)
    run_trial(run_id=run.pk)
    page = as_user(owner).get(url("detail", run)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_done_import_of_a_colleague_is_shown_too(as_user, colleague, owner, seller, novels):
    run = imported(seller, template(line("A")), by=owner)
    page = as_user(colleague).get(url("detail", run)).content.decode()
    assert "Ce que sont devenues les lignes" in page
