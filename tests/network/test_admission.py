"""From the first line typed to the decision, the appeal, and the end of a seller."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from rebond.journal.models import Entry, OutgoingMail, Transition
from rebond.network.actions.admission import (
    answer_information,
    appeal_admission,
    ask_information,
    save_answers,
    start_admission,
    start_review,
    submit_admission,
    withdraw_admission,
)
from rebond.network.actions.decision import admit_admission, free_letters, refuse_admission, save_reading
from rebond.network.actions.seller import announce_end, cancel_end, end_due_sellers, resume_seller, suspend_seller
from rebond.network.actions.trader import (
    open_document,
    purge_trader_files,
    read_trader_file,
    verify_trader_file,
    write_trader_file,
)
from rebond.network.enums import AdmissionState
from rebond.network.errors import NetworkError, NotAllowedError, TooEarlyError, WrongStateError
from rebond.network.models import Admission, AdmissionReading, Invitation, SellerMeasure, TraderFile
from rebond.network.models.admission import TRANSITIONS
from rebond.network.queries.admissions import standing_of
from rebond.network.queries.criteria import criteria, criteria_named, findings, grid, total_of, votes_needed
from rebond.network.signals import seller_state_changed
from tests.factories.admission import (
    DOCUMENT,
    TRADER,
    answers,
    cast_vote,
    make_admission,
    make_draft,
    make_review,
)
from tests.factories.network import MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
REASONS = "Le projet est solide."


@pytest.fixture
def second_member(operator):
    return MembershipFactory(organisation=operator, role="committee", user__name="Zoé Zhang").user


@pytest.fixture
def second_coordinator(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Aline Autre").user


def test_every_transition_names_known_states():
    states = set(AdmissionState.values)
    for verb, (sources, target) in TRANSITIONS.items():
        assert set(sources) <= states, verb
        assert target in states, verb


def test_a_draft_is_found_again_by_its_mail_and_not_made_twice():
    first = start_admission(name="Cimes", email="Sabine@example.org")
    second = start_admission(name="Autre", email="sabine@example.org")
    assert first == second
    assert [m.to for m in OutgoingMail.objects.all()] == ["sabine@example.org"] * 2
    assert first.token in OutgoingMail.objects.first().text


def test_answers_are_kept_step_by_step():
    admission = start_admission(name="Cimes", email="s@example.org")
    save_answers(admission=admission, answers={"goods": "Skis"})
    save_answers(admission=admission, answers={"weekly": 12, "name": "Les Cimes"})
    admission.refresh_from_db()
    assert (admission.answers, admission.name) == ({"goods": "Skis", "weekly": 12}, "Les Cimes")
    with pytest.raises(ValueError, match="state"):
        save_answers(admission=admission, answers={"state": "admitted"})


def test_submit_makes_a_candidate():
    admission = make_admission()
    organisation = admission.organisation
    assert (admission.state, organisation.seller_state, organisation.is_selling) == ("submitted", "candidate", False)
    assert TraderFile.objects.get().organisation == organisation
    with pytest.raises(WrongStateError):
        save_answers(admission=admission, answers={"goods": "Autre"})
    with pytest.raises(WrongStateError):
        write_trader_file(admission=admission, fields=TRADER)


def test_submit_twice_or_without_trader_file_is_refused():
    draft = make_draft()
    with pytest.raises(NetworkError):
        submit_admission(admission=draft, department="38")
    sent = make_admission("autre@example.org", siren="552100554")
    with pytest.raises(NetworkError):
        submit_admission(admission=sent, department="38")
    assert Admission.objects.filter(state="submitted").count() == 1


def test_a_seller_cannot_apply_again():
    OrganisationFactory(admitted=True, siren="732829320")
    with pytest.raises(NetworkError):
        make_admission()
    assert not Admission.objects.exclude(state="draft").exists()


def test_trader_file_keeps_the_iban_that_is_not_typed_again():
    draft = make_draft()
    with pytest.raises(NetworkError):
        write_trader_file(admission=draft, fields=TRADER | {"iban": ""})
    with pytest.raises(NetworkError):
        write_trader_file(admission=draft, fields=TRADER)
    write_trader_file(admission=draft, fields=TRADER, document=ContentFile(DOCUMENT), document_type="application/pdf")
    write_trader_file(admission=draft, fields=TRADER | {"iban": "", "phone": "0476111111"})
    trader = TraderFile.objects.get()
    assert (trader.iban, trader.iban_end, trader.phone) == ("FR7630006000011234567890189", "0189", "0476111111")


def test_a_replaced_identity_document_leaves_the_disk(django_capture_on_commit_callbacks):
    draft = make_draft()
    sent = {"admission": draft, "fields": TRADER, "document_type": "application/pdf"}
    first = write_trader_file(document=ContentFile(DOCUMENT), **sent).document.name
    with django_capture_on_commit_callbacks(execute=True):
        trader = write_trader_file(document=ContentFile(DOCUMENT + b"2"), **sent)
    assert trader.document.name != first
    assert trader.document.storage.exists(trader.document.name)
    assert not trader.document.storage.exists(first)


def test_the_file_of_an_application_never_sent_goes_after_six_months():
    write_trader_file(
        admission=make_draft(), fields=TRADER, document=ContentFile(DOCUMENT), document_type="application/pdf"
    )
    today = timezone.localdate()
    assert purge_trader_files(today=today + datetime.timedelta(days=182)) == 0
    assert purge_trader_files(today=today + datetime.timedelta(days=183)) == 1
    assert not TraderFile.objects.exists()


def test_each_reading_of_the_trader_file_is_noted(coordinator):
    admission = make_admission()
    read_trader_file(admission=admission, by=coordinator)
    content, kind = open_document(admission=admission, by=coordinator)
    assert (content.read(), kind) == (DOCUMENT, "application/pdf")
    verify_trader_file(admission=admission, by=coordinator)
    with pytest.raises(WrongStateError):
        verify_trader_file(admission=admission, by=coordinator)
    noted = Entry.objects.filter(actor_id=coordinator.public_id).order_by("pk").values_list("action", flat=True)
    assert list(noted) == ["network.trader.read", "network.trader.document_read", "network.trader.verified"]


def test_one_vote_each_changeable_until_the_decision(coordinator, committee_member):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "no", score=1)
    cast_vote(admission, committee_member, "yes")
    assert [r.vote for r in AdmissionReading.objects.all()] == ["yes"]
    admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    with pytest.raises(WrongStateError):
        cast_vote(admission, committee_member, "no")
    assert AdmissionReading.objects.get().vote == "yes"


@pytest.mark.parametrize(
    ("scores", "vote", "reason"),
    [({"reuse_first": 4}, "", ""), ({"charm": 2}, "", ""), ({}, "yes", " ")],
)
def test_a_reading_off_the_grid_or_without_reason_is_refused(coordinator, committee_member, scores, vote, reason):
    admission = make_review(coordinator)
    with pytest.raises(NetworkError):
        save_reading(admission=admission, scores=scores, notes={}, vote=vote, reason=reason, by=committee_member)
    assert not AdmissionReading.objects.exists()


def test_a_member_tied_to_the_organisation_steps_aside(coordinator, committee_member):
    admission = make_review(coordinator)
    MembershipFactory(user=committee_member, organisation=admission.organisation, role="reader")
    with pytest.raises(NotAllowedError):
        cast_vote(admission, committee_member, "yes")
    cast_vote(admission, committee_member, "recused", reason="J’y travaille.")
    assert standing_of(admission)["cast"] == 0


def test_nobody_sells_without_having_certified(coordinator, committee_member):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "yes")
    TraderFile.objects.all().delete()
    with pytest.raises(NetworkError, match="file is missing"):
        admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    admission.refresh_from_db()
    assert (admission.state, admission.organisation.seller_state) == ("in_review", "candidate")


def test_admission_gives_letters_a_place_an_invitation_and_opens_sales(coordinator, committee_member):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "yes_if", score=2)
    heard = []

    def listen(sender, organisation, before, after, **kwargs):
        heard.append((before, after))

    seller_state_changed.connect(listen)
    try:
        admit_admission(admission=admission, reasons=REASONS, conditions="Tuteur 6 mois", by=coordinator)
    finally:
        seller_state_changed.disconnect(listen)

    organisation = admission.organisation
    organisation.refresh_from_db()
    admission.refresh_from_db()
    assert (admission.state, admission.conditions, organisation.seller_state) == (
        "admitted",
        "Tuteur 6 mois",
        "admitted",
    )
    assert (organisation.letters, organisation.admitted_on) == ("RC", timezone.localdate())
    assert organisation.certified_at == admission.trader.certified_at
    assert organisation.criteria_met == [c.key for c in criteria()]
    assert organisation.sites.get().city == "Grenoble"
    assert organisation.attributes.get().value == "association_1901"
    assert Invitation.objects.get().email == "sabine@example.org"
    assert heard == [("candidate", "admitted")]
    with pytest.raises(NetworkError):
        admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    assert [t.verb for t in Transition.objects.filter(verb__startswith="admission").order_by("pk")] == [
        "admission.submit",
        "admission.start_review",
        "admission.admit",
    ]


def test_no_decision_without_quorum_reasons_or_against_the_votes(coordinator, committee_member, second_member):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "no", score=1)
    for action in (admit_admission, refuse_admission):
        with pytest.raises(NetworkError):
            action(admission=admission, reasons=REASONS, by=coordinator)
    cast_vote(admission, second_member, "no", score=1)
    with pytest.raises(NetworkError):
        refuse_admission(admission=admission, reasons=" ", by=coordinator)
    with pytest.raises(NetworkError):
        admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    admission.refresh_from_db()
    assert admission.state == "in_review"
    assert not admission.organisation.is_selling


def test_a_tie_does_not_carry_an_admission(coordinator, committee_member, second_member):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "yes")
    cast_vote(admission, second_member, "no", score=1)
    with pytest.raises(NetworkError):
        admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    refuse_admission(admission=admission, reasons="Égalité des voix.", by=coordinator)
    admission.refresh_from_db()
    assert (admission.state, admission.organisation.seller_state) == ("refused", "none")


def test_an_appeal_is_read_and_decided_by_other_people(
    coordinator, committee_member, second_member, second_coordinator
):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "no", score=1)
    cast_vote(admission, second_member, "recused", reason="Absente.")
    refuse_admission(admission=admission, reasons="Pas assez d’éléments.", by=coordinator)
    admission.refresh_from_db()
    appeal_admission(admission=admission, text="Voici nos comptes.", by=None)
    admission.refresh_from_db()
    assert (admission.state, admission.round, admission.organisation.seller_state) == ("appealed", 2, "candidate")
    newcomer = MembershipFactory(organisation__kind="operator", role="committee", user__name="Nora Neuve").user
    with pytest.raises(NotAllowedError):
        cast_vote(admission, committee_member, "yes")
    cast_vote(admission, newcomer, "yes")
    with pytest.raises(NotAllowedError):
        admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    admit_admission(admission=admission, reasons=REASONS, by=second_coordinator)
    admission.refresh_from_db()
    assert (admission.state, admission.organisation.seller_state) == ("admitted", "admitted")


def test_an_appeal_is_in_time_and_once(coordinator, committee_member, second_coordinator):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "no", score=1)
    refuse_admission(admission=admission, reasons="Non.", by=coordinator)
    admission.refresh_from_db()
    late = timezone.now() + datetime.timedelta(days=grid().appeal_days + 1)
    with pytest.raises(NetworkError):
        appeal_admission(admission=admission, text="Trop tard", now=late)
    appeal_admission(admission=admission, text="À temps")
    newcomer = MembershipFactory(organisation__kind="operator", role="committee").user
    cast_vote(admission, newcomer, "no", score=1)
    refuse_admission(admission=admission, reasons="Non, encore.", by=second_coordinator)
    admission.refresh_from_db()
    with pytest.raises(WrongStateError):
        appeal_admission(admission=admission, text="Encore")


def test_information_is_asked_and_answered(coordinator):
    admission = make_review(coordinator)
    with pytest.raises(WrongStateError):
        answer_information(admission=admission, text="Rien n’était demandé")
    ask_information(admission=admission, text="Le contrat de médiation ?", by=coordinator)
    save_answers(admission=admission, answers={"lawful_seller": "Médiation signée."})
    answer_information(admission=admission, text="Le voici.")
    admission.refresh_from_db()
    assert admission.state == "in_review"
    assert [m.text for m in admission.messages.all()] == ["Le contrat de médiation ?", "Le voici."]
    with pytest.raises(WrongStateError):
        start_review(admission=admission, by=coordinator)


def test_withdrawal_ends_the_candidacy_and_the_file_is_deleted_six_months_later(
    coordinator, django_capture_on_commit_callbacks
):
    admission = make_review(coordinator)
    withdraw_admission(admission=admission)
    admission.organisation.refresh_from_db()
    assert admission.organisation.seller_state == "none"
    with pytest.raises(WrongStateError):
        withdraw_admission(admission=admission)
    trader = TraderFile.objects.get()
    storage, path = trader.document.storage, trader.document.name
    today = timezone.localdate()
    assert purge_trader_files(today=today + datetime.timedelta(days=182)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_trader_files(today=today + datetime.timedelta(days=183)) == 1
    assert not TraderFile.objects.exists()
    assert not storage.exists(path)


def test_suspension_and_its_end(seller, owner, coordinator):
    with pytest.raises(NetworkError):
        suspend_seller(organisation=seller, reasons="", by=coordinator)
    suspend_seller(organisation=seller, reasons="Colis non expédiés.", by=coordinator)
    assert not seller.is_selling
    with pytest.raises(WrongStateError):
        suspend_seller(organisation=seller, reasons="Encore", by=coordinator)
    assert "Colis non expédiés." in OutgoingMail.objects.get().text
    resume_seller(organisation=seller, by=coordinator)
    assert seller.is_selling
    assert SellerMeasure.objects.get().lifted_at is not None
    with pytest.raises(WrongStateError):
        resume_seller(organisation=seller, by=coordinator)


def test_the_end_of_a_seller_has_thirty_days_of_notice(seller, owner, coordinator):
    today = timezone.localdate()
    soon, later = today + datetime.timedelta(days=29), today + datetime.timedelta(days=30)
    with pytest.raises(TooEarlyError):
        announce_end(organisation=seller, reasons="Fin.", effective_on=soon, by=coordinator)
    announce_end(organisation=seller, reasons="Fin.", effective_on=later, by=coordinator)
    assert seller.is_selling
    with pytest.raises(WrongStateError):
        announce_end(organisation=seller, reasons="Fin.", effective_on=later, by=coordinator)
    cancel_end(organisation=seller, by=coordinator)
    with pytest.raises(WrongStateError):
        cancel_end(organisation=seller, by=coordinator)
    announce_end(organisation=seller, reasons="Fin.", effective_on=later, by=coordinator)
    assert end_due_sellers() == 0
    assert end_due_sellers(now=timezone.now() + datetime.timedelta(days=31)) == 1
    seller.refresh_from_db()
    assert seller.seller_state == "ended"
    assert end_due_sellers(now=timezone.now() + datetime.timedelta(days=31)) == 0


def test_letters_are_free_and_come_from_the_name(seller):
    assert free_letters("Les Colibris du Forez") == "CF" if seller.letters != "CF" else True
    assert free_letters("Les Colibris du Forez") != "CF"
    assert free_letters("La Bascule") == "BA"
    assert free_letters("42") == "XX"


def test_grid_says_who_meets_what(coordinator, committee_member, second_member):
    admission = make_review(coordinator)
    cast_vote(admission, committee_member, "yes", score=3)
    cast_vote(admission, second_member, "no", score=1)
    found = findings(standing_of(admission)["readings"], 1)
    assert {f["is_met"] for f in found} == {False}
    assert total_of(found) == 33
    assert findings([], 1)[0]["is_met"] is None
    assert total_of(findings([], 1)) is None
    assert sum(c.weight for c in criteria()) == 100
    assert [c.key for c in criteria_named(["pay_gap", "inclusion"])] == ["inclusion", "pay_gap"]


@pytest.mark.parametrize(("members", "needed"), [(0, 1), (1, 1), (2, 2), (3, 2), (7, 4), (8, 5)])
def test_votes_needed_are_more_than_half(members, needed):
    assert votes_needed(members) == needed


def test_answers_of_the_factory_are_the_form_s():
    assert set(answers()) >= {c.key for c in criteria()}
