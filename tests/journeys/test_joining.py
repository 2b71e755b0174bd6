"""How an organisation becomes a seller: its application on a phone, the committee's votes, the decision."""

import pytest

from rebond.network.models import Admission
from rebond.network.queries.criteria import criteria
from tests.factories.admission import DOCUMENT, STRUCTURE, cast_vote, make_review
from tests.factories.network import MembershipFactory
from tests.journeys.steps import ErrorSummary, enter, work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def go_on(page):
    page.get_by_role("button", name="Garder et continuer").click()


def fill_structure(page):
    page.get_by_label("Vous êtes").select_option("recycling_shop")
    page.get_by_label("Forme juridique").select_option("association_1901")
    page.get_by_label("SIREN").fill("732829321")
    page.get_by_label("Adresse", exact=True).fill("3 rue des Skis")
    page.get_by_label("Code postal").fill("38000")
    page.get_by_role("button", name="Trouver la commune").click()
    page.get_by_label("Commune").select_option(label="Grenoble (38)")
    page.get_by_label("Votre nom").fill("Sabine Roques")
    page.get_by_label("Téléphone").fill("0476000000")


def test_an_organisation_applies_from_a_phone(phone, sound, operator):
    phone.goto("/vendre/")
    sound(phone)
    phone.get_by_role("button", name="Commencer").click()
    summary = ErrorSummary(phone)
    summary.wait()
    sound(phone)
    phone.get_by_label("Nom de votre structure").fill("Recyclerie des Cimes")
    phone.get_by_label("Votre adresse mail").fill("sabine@example.org")
    phone.get_by_role("button", name="Commencer").click()

    phone.get_by_text("Nous venons d’écrire à sabine@example.org").wait_for()
    sound(phone)
    phone.goto(f"/vendre/dossier/{Admission.objects.get().token}/")
    phone.get_by_role("heading", name="Votre structure").wait_for()
    fill_structure(phone)
    go_on(phone)
    assert "SIREN" in summary.wait().inner_text()
    assert phone.get_by_label("Adresse", exact=True).input_value() == "3 rue des Skis"
    sound(phone)
    phone.get_by_label("SIREN").fill(STRUCTURE["siren"])
    go_on(phone)

    phone.get_by_label("Ce que vous vendriez").fill("Skis, vélos")
    phone.get_by_label("Votre histoire").fill("Née en 2012.")
    phone.get_by_label("Objets mis en ligne").fill("30")
    phone.get_by_label("Qui s’en occuperait").fill("Deux personnes.")
    go_on(phone)
    phone.get_by_label(criteria()[0].label).wait_for()
    for criterion in criteria():
        phone.get_by_label(criterion.label).fill("Oui, depuis toujours.")
    sound(phone)
    go_on(phone)
    phone.get_by_label("Nom légal").fill("Association Recyclerie des Cimes")
    phone.get_by_label("Numéro dans ce registre").fill(STRUCTURE["siren"])
    phone.get_by_label("Adresse du siège").fill("3 rue des Skis, 38000 Grenoble")
    phone.get_by_label("Adresse mail montrée aux clients").fill("contact@cimes.example.org")
    phone.get_by_label("Téléphone montré aux clients").fill("0476000000")
    phone.get_by_label("Représentant légal").fill("Sabine Roques")
    file = {"name": "carte.pdf", "mimeType": "application/pdf", "buffer": DOCUMENT}
    phone.get_by_label("La pièce").set_input_files(file)
    phone.get_by_label("Titulaire du compte").fill("Recyclerie des Cimes")
    phone.get_by_label("IBAN").fill("FR7630006000011234567890189")
    phone.get_by_role("checkbox").check()
    sound(phone)
    go_on(phone)
    phone.get_by_role("button", name="Envoyer la candidature").click()
    phone.get_by_role("heading", name="Nous l’avons bien reçue").wait_for()
    sound(phone)
    assert list(Admission.objects.values_list("state", "department")) == [("submitted", "38")]


def test_the_committee_votes_and_the_answer_is_told(
    desk, sound, operator, committee_member, coordinator, live_server, mailoutbox
):
    others = [MembershipFactory(organisation=operator, role="committee").user for _ in range(2)]
    admission = make_review(coordinator)
    for other in others:
        cast_vote(admission, other)
    enter(desk, committee_member, live_server)
    desk.goto("/bureau/candidatures/")
    sound(desk)
    desk.get_by_role("link", name="Recyclerie des Cimes").click()
    mine = desk.get_by_role("form", name="Ma lecture")
    for criterion in criteria():
        mine.get_by_text(criterion.label, exact=True).first.click()
        mine.get_by_role("group", name=criterion.label).get_by_role("radio", name="3 ·").check()
    mine.get_by_role("radio", name="Oui", exact=True).check()
    sound(desk)
    mine.get_by_role("button", name="Garder ma lecture").click()
    assert "Donnez la raison de votre vote." in ErrorSummary(desk).wait().inner_text()
    mine.get_by_label("Pourquoi").fill("Un projet solide, une équipe qui dure.")
    mine.get_by_role("button", name="Garder ma lecture").click()
    desk.get_by_text("3 sur 3").wait_for()

    enter(desk, coordinator, live_server)
    desk.reload()
    decision = desk.get_by_role("form", name="La décision")
    decision.get_by_role("radio", name="Admettre", exact=True).check()
    decision.get_by_role("button", name="Décider et prévenir").click()
    ErrorSummary(desk).wait()
    sound(desk)
    decision.get_by_label("Raisons").fill("La grille est remplie, trois voix sur trois.")
    decision.get_by_role("button", name="Décider et prévenir").click()
    desk.get_by_role("link", name="La fiche de la structure").wait_for()
    sound(desk)
    work()
    admission.refresh_from_db()
    assert (admission.state, admission.organisation.seller_state) == ("admitted", "admitted")
    assert "sabine@example.org" in {to for mail in mailoutbox for to in mail.to}
