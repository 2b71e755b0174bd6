"""The application and its follow page, the committee's pages, the seller's state: as people see them."""

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from rebond.journal.models import Entry, OutgoingMail
from rebond.network.models import Admission, AdmissionReading, TraderFile
from rebond.network.queries.criteria import criteria
from tests.factories.admission import (
    DOCUMENT,
    PROJECT,
    STRUCTURE,
    TRADER,
    as_bytes,
    cast_vote,
    make_admission,
    make_draft,
    make_review,
)

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def joining(name, *args):
    return reverse(f"joining:{name}", args=args)


def desk(name, *args):
    return reverse(f"network:{name}", args=args)


def test_sell_page_shows_the_grid(client):
    answer = client.get(joining("sell"))
    assert answer.status_code == 200
    for criterion in criteria():
        assert criterion.public in answer.text


def test_the_questions_are_asked_in_the_language_of_the_page(client):
    for criterion in criteria():
        assert all(criterion.guidance_en)
        assert len(criterion.guidance_en) == len(criterion.guidance)
        with translation.override("en"):
            assert (criterion.question, criterion.proof_asked) == (criterion.ask_en, criterion.proof_en)
            assert criterion.meanings == criterion.guidance_en
        with translation.override("fr"):
            assert (criterion.question, criterion.meanings) == (criterion.ask, criterion.guidance)


def test_the_whole_application_without_javascript(client):
    answer = client.post(joining("sell"), {"name": "Cimes", "email": "s@example.org"})
    admission = Admission.objects.get()
    assert answer.url == joining("sell")
    assert admission.token in OutgoingMail.objects.get().text
    steps = {
        "structure": STRUCTURE,
        "projet": PROJECT,
        "criteres": {c.key: "Oui." for c in criteria()},
        "vendeur": TRADER
        | {"certified": "on", "document": SimpleUploadedFile("carte.pdf", DOCUMENT, "application/pdf")},
    }
    for step, fields in steps.items():
        address = joining("apply-step", admission.token, step)
        assert fill(client, address, fields).status_code == 302, step
    address = joining("apply-step", admission.token, "envoi")
    assert "Tout y est" in client.get(address).text
    assert client.post(address).url == joining("apply", admission.token)
    admission.refresh_from_db()
    assert (admission.state, admission.department, admission.place) == ("submitted", "38", "Grenoble (38)")
    assert "Nous l’avons bien reçue" in client.get(joining("apply", admission.token)).text
    assert client.get(joining("apply-step", admission.token, "projet")).status_code == 302


def test_a_wrong_step_keeps_what_was_right(client):
    client.post(joining("sell"), {"name": "Cimes", "email": "s@example.org"})
    admission = Admission.objects.get()
    answer = fill(client, joining("apply-step", admission.token, "structure"), STRUCTURE | {"siren": "732829321"})
    assert answer.status_code == 422
    assert "Ce SIREN n’existe pas" in answer.text
    admission.refresh_from_db()
    assert admission.answers["address"] == "3 rue des Skis"
    assert "siren" not in admission.answers
    assert 'value="3 rue des Skis"' in client.get(joining("apply-step", admission.token, "structure")).text


def test_postal_code_brings_its_communes(client):
    client.post(joining("sell"), {"name": "Cimes", "email": "s@example.org"})
    admission = Admission.objects.get()
    address = joining("apply-step", admission.token, "structure")
    answer = fill(client, address, {"postal_code": "38000", "find": "1", "name": "Cimes"})
    assert answer.status_code == 200
    assert "Grenoble (38)" in answer.text


def test_trader_step_never_shows_the_account_again(client):
    admission = make_draft()
    address = joining("apply-step", admission.token, "vendeur")
    wrong = TRADER | {"iban": "FR7630006000011234567890188", "certified": "on"}
    assert fill(client, address, wrong).status_code == 422
    assert not TraderFile.objects.exists()
    document = SimpleUploadedFile("carte.pdf", DOCUMENT, "application/pdf")
    assert fill(client, address, TRADER | {"certified": "on", "document": document}).status_code == 302
    page = client.get(address).text
    assert "FR7630006000011234567890189" not in page
    assert "0189" in page
    assert fill(client, address, TRADER).status_code == 422  # not certified


def test_an_unknown_or_incomplete_file(client):
    assert client.get(joining("apply", "nothing")).status_code == 404
    client.post(joining("sell"), {"name": "Cimes", "email": "s@example.org"})
    admission = Admission.objects.get()
    assert client.get(joining("apply", admission.token)).url == joining("apply-step", admission.token, "structure")
    address = joining("apply-step", admission.token, "envoi")
    assert "Il reste à compléter" in client.get(address).text
    assert client.post(address).status_code == 422
    admission.refresh_from_db()
    assert admission.state == "draft"


def test_the_start_says_the_same_whether_a_file_is_open_or_not(client):
    first = client.post(joining("sell"), {"name": "Cimes", "email": "s@example.org"}, follow=True)
    again = client.post(joining("sell"), {"name": "Cimes", "email": "s@example.org"}, follow=True)
    assert "Nous venons d’écrire à s@example.org" in first.text
    assert [row[0] for row in first.redirect_chain] == [row[0] for row in again.redirect_chain] == [joining("sell")]
    pages = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.text) for answer in (first, again)]
    assert pages[0] == pages[1]
    assert Admission.objects.count() == 1
    links = set(re.findall(r"http\S+", " ".join(OutgoingMail.objects.values_list("text", flat=True))))
    assert [Admission.objects.get().token in link for link in links].count(True) == 1
    assert OutgoingMail.objects.count() == 2


def seen_in(text):
    return re.search(r'name="seen" value="([^"]*)"', text)[1]


def fill(client, address, fields):
    """Open the step, then send it as the page was drawn."""
    return client.post(address, fields | {"seen": seen_in(client.get(address).text)})


def test_a_second_tab_is_told_and_keeps_its_words(client):
    admission = make_draft()
    address = joining("apply-step", admission.token, "projet")
    first, second = seen_in(client.get(address).text), seen_in(client.get(address).text)
    assert client.post(address, PROJECT | {"goods": "Lampes", "seen": first}).status_code == 302

    answer = client.post(address, PROJECT | {"goods": "Bols", "seen": second})

    assert answer.status_code == 422
    assert 'value="Bols"' in answer.text
    assert "Lampes" in answer.text
    admission.refresh_from_db()
    assert admission.answers["goods"] == "Lampes"
    assert client.post(address, PROJECT | {"goods": "Bols", "seen": seen_in(answer.text)}).status_code == 302
    admission.refresh_from_db()
    assert admission.answers["goods"] == "Bols"


def test_two_tabs_on_two_steps_do_not_disturb_each_other(client):
    admission = make_draft()
    structure, project = (joining("apply-step", admission.token, step) for step in ("structure", "projet"))
    seen = seen_in(client.get(structure).text)
    assert fill(client, project, PROJECT | {"goods": "Lampes"}).status_code == 302
    assert client.post(structure, STRUCTURE | {"contact_name": "Zoé", "seen": seen}).status_code == 302
    admission.refresh_from_db()
    assert (admission.answers["goods"], admission.answers["contact_name"]) == ("Lampes", "Zoé")


def test_without_its_mark_nothing_is_written_over(client):
    admission = make_draft()
    answer = client.post(joining("apply-step", admission.token, "projet"), PROJECT | {"goods": "Bols"})
    assert answer.status_code == 422
    assert 'value="Bols"' in answer.text
    admission.refresh_from_db()
    assert admission.answers["goods"] == PROJECT["goods"]


def test_the_trader_file_in_two_tabs(client):
    admission = make_draft()
    address = joining("apply-step", admission.token, "vendeur")
    stale = seen_in(client.get(address).text)
    sent = {"certified": "on", "document": SimpleUploadedFile("carte.pdf", DOCUMENT, "application/pdf")}
    assert fill(client, address, TRADER | sent).status_code == 302
    answer = client.post(address, TRADER | {"certified": "on", "legal_name": "Autre", "seen": stale})
    assert answer.status_code == 422
    assert 'value="Autre"' in answer.text
    assert TraderFile.objects.get().legal_name == TRADER["legal_name"]


def test_applicant_answers_appeals_and_withdraws(client, coordinator, committee_member, as_user):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "no", score=1)
    browser = as_user(coordinator)
    address = desk("admission-decide", admission.public_id)
    browser.post(address, {"decision": "ask", "reasons": "Quel médiateur ?"})
    page = client.get(joining("apply", admission.token))
    assert "Quel médiateur ?" in page.text
    client.post(joining("apply-answer", admission.token), {"text": ""})
    admission.refresh_from_db()
    assert admission.state == "more_info"
    client.post(joining("apply-answer", admission.token), {"text": "MédiaConso."})
    assert "MédiaConso." in browser.get(desk("admission-detail", admission.public_id)).text
    answer = browser.post(address, {"decision": "refuse", "reasons": "Rien de prêt."})
    assert answer.status_code == 302
    assert "Rien de prêt." in client.get(joining("apply", admission.token)).text
    client.post(joining("apply-appeal", admission.token), {"text": "Relisez, s’il vous plaît."})
    admission.refresh_from_db()
    assert (admission.state, admission.round) == ("appealed", 2)
    assert "seconde lecture" in browser.get(desk("admission-detail", admission.public_id)).text
    client.post(joining("apply-withdraw", admission.token))
    admission.refresh_from_db()
    assert admission.state == "withdrawn"
    client.post(joining("apply-withdraw", admission.token))


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_more_rows(as_user, coordinator, rows, django_assert_num_queries):
    sirens = ["732829320", "552100554", "552032534"]
    for n in range(rows):
        make_admission(f"a{n}@example.org", siren=sirens[n])
    browser = as_user(coordinator)
    with django_assert_num_queries(7):
        answer = browser.get(desk("admission-list"))
    assert answer.text.count("Recyclerie des Cimes") == rows


def test_list_fragment_and_tabs(as_user, coordinator):
    make_admission()
    browser = as_user(coordinator)
    fragment = browser.get(desk("admission-list"), headers={"HX-Request": "true"}).text.strip()
    assert fragment in browser.get(desk("admission-list")).text
    assert "Recyclerie des Cimes" not in browser.get(f"{desk('admission-list')}?etat=admises").text


def test_committee_reads_votes_and_the_coordinator_decides(as_user, coordinator, committee_member):
    admission = make_admission()
    chief, member = as_user(coordinator), as_user(committee_member)
    address = desk("admission-detail", admission.public_id)
    assert "Ma lecture" not in member.get(address).text
    assert member.post(desk("admission-open", admission.public_id)).status_code == 403
    assert chief.post(desk("trader-verify", admission.public_id)).status_code == 302
    assert chief.post(desk("admission-open", admission.public_id)).status_code == 302
    assert "Ma lecture" in member.get(address).text
    vote = desk("admission-vote", admission.public_id)
    assert chief.post(vote, {"vote": "yes", "reason": "Oui"}).status_code == 403
    assert member.post(vote, {"vote": "yes"}).status_code == 422
    fields = {f"score_{c.key}": "2" for c in criteria()} | {"vote": "yes", "reason": "Solide.", "note_pay_gap": "1 à 2"}
    assert member.post(vote, fields).status_code == 302
    assert AdmissionReading.objects.get().notes == {"pay_gap": "1 à 2"}
    page = chief.get(address).text
    assert "Solide." in page
    assert "66 sur 100" in page
    decide = desk("admission-decide", admission.public_id)
    assert member.post(decide, {"decision": "admit", "reasons": "Oui"}).status_code == 403
    assert chief.post(decide, {"decision": "admit_if", "reasons": "Oui"}).status_code == 422
    answer = chief.post(decide, {"decision": "admit_if", "reasons": "Oui.", "conditions": "Un tuteur"}, follow=True)
    assert "Un tuteur" in answer.text
    admission.refresh_from_db()
    assert admission.organisation.is_selling


def test_a_decision_against_the_votes_is_told(as_user, coordinator, committee_member):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "no", score=0)
    answer = as_user(coordinator).post(
        desk("admission-decide", admission.public_id), {"decision": "admit", "reasons": "Si."}
    )
    assert answer.status_code == 422
    assert "Les votes ne portent pas" in answer.text


def test_a_draft_is_not_shown_at_the_desk(as_user, coordinator):
    admission = make_draft()
    assert as_user(coordinator).get(desk("admission-detail", admission.public_id)).status_code == 404


def test_trader_file_is_for_the_coordinator_and_each_reading_is_noted(as_user, coordinator, committee_member, owner):
    admission = make_admission()
    address = desk("trader-detail", admission.public_id)
    for stranger in (committee_member, owner):
        assert as_user(stranger).get(address).status_code == 403
        assert as_user(stranger).get(desk("trader-document", admission.public_id)).status_code == 403
        assert as_user(stranger).post(desk("trader-verify", admission.public_id)).status_code == 403
    browser = as_user(coordinator)
    assert "FR7630006000011234567890189" in browser.get(address).text
    document = browser.get(desk("trader-document", admission.public_id))
    assert (as_bytes(document), document["Content-Type"]) == (DOCUMENT, "application/pdf")
    assert browser.post(desk("trader-verify", admission.public_id)).status_code == 302
    assert Entry.objects.filter(action__startswith="network.trader", actor_id=coordinator.public_id).count() == 3


def test_a_seller_is_suspended_resumed_and_its_end_announced(as_user, coordinator, owner, seller):
    browser = as_user(coordinator)
    assert as_user(owner).post(desk("seller-suspend", seller.public_id), {"reasons": "x"}).status_code == 403
    assert browser.get(desk("seller-suspend", seller.public_id)).status_code == 200
    assert browser.post(desk("seller-suspend", seller.public_id), {"reasons": ""}).status_code == 422
    assert browser.post(desk("seller-suspend", seller.public_id), {"reasons": "Retards."}).status_code == 302
    assert "Retards." in as_user(owner).get(desk("organisation-detail", seller.public_id)).text
    browser.post(desk("seller-resume", seller.public_id))
    seller.refresh_from_db()
    assert seller.is_selling
    soon = timezone.localdate() + datetime.timedelta(days=3)
    end = desk("seller-end", seller.public_id)
    answer = browser.post(end, {"reasons": "Fin.", "effective_on": soon.isoformat()})
    assert answer.status_code == 422
    assert "Trop tôt" in answer.text
    later = timezone.localdate() + datetime.timedelta(days=40)
    assert browser.post(end, {"reasons": "Fin.", "effective_on": later.isoformat()}).status_code == 302
    browser.post(desk("seller-end-cancel", seller.public_id))
    assert seller.measures.get(kind="ending").lifted_at is not None
