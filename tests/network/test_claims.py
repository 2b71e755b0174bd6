"""Applications with the SIREN of an organisation that the network has already, and what forbids an admission."""

import pytest
from django.urls import reverse

from rebond.journal.models import OutgoingMail
from rebond.network.actions.admission import (
    answer_information,
    ask_information,
    save_answers,
    start_review,
    withdraw_admission,
)
from rebond.network.actions.claim import confirm_claim, disown_claim
from rebond.network.actions.decision import admit_admission
from rebond.network.actions.membership import end_membership, invite_member
from rebond.network.actions.trader import verify_trader_file
from rebond.network.errors import NetworkError, NotAllowedError, WrongStateError
from rebond.network.models import Admission, Invitation, Organisation, TraderFile
from rebond.network.queries.criteria import criteria
from tests.factories.admission import STRUCTURE, cast_vote, make_admission, make_review
from tests.factories.network import MembershipFactory, OrganisationFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
REASONS = "Le projet est solide."
SIREN = STRUCTURE["siren"]


@pytest.fixture
def partner():
    """In the network without selling: an operator, a collector, a seller that stopped."""
    return OrganisationFactory(name="Les Cimes", slug="les-cimes", siren=SIREN)


@pytest.fixture
def manager(partner):
    return MembershipFactory(organisation=partner, role="manager", user__name="Maud Manager").user


def desk(name, *args):
    return reverse(f"network:{name}", args=args)


# --- submission


@pytest.mark.parametrize("state", ["none", "ended"])
def test_a_siren_of_the_network_ties_nothing_and_moves_nothing(partner, manager, state):
    Organisation.objects.filter(pk=partner.pk).update(seller_state=state)
    admission = make_admission("inconnu@example.org")
    partner.refresh_from_db()
    assert (admission.state, admission.organisation, admission.claimed) == ("submitted", None, partner)
    assert partner.seller_state == state
    assert TraderFile.objects.get().organisation is None
    asked = OutgoingMail.objects.get(kind="network.admission.claim")
    assert (asked.to, desk("organisation-detail", partner.public_id) in asked.text) == (manager.email, True)
    assert admission.token not in asked.text


def test_the_operator_does_not_become_a_candidate_by_somebody_s_form(operator):
    Organisation.objects.filter(pk=operator.pk).update(siren=SIREN)
    make_admission("inconnu@example.org")
    operator.refresh_from_db()
    assert operator.seller_state == "none"


def test_an_applicant_who_comes_back_finds_the_organisation_of_their_first_try():
    first = make_admission()
    withdraw_admission(admission=first)
    again = make_admission()
    assert (again.organisation, again.claimed) == (first.organisation, None)
    withdraw_admission(admission=again)
    other = make_admission("inconnu@example.org")
    assert (other.organisation, other.claimed) == (None, first.organisation)


def test_nobody_takes_an_organisation_whose_members_are_gone(partner, manager, coordinator):
    MembershipFactory(organisation=partner, role="manager")
    end_membership(membership=partner.memberships.get(user=manager), by=coordinator)
    admission = make_admission(manager.email)
    assert admission.is_unconfirmed


def test_a_mended_siren_gives_the_application_its_own_organisation(partner, coordinator):
    admission = make_admission()
    ask_information(admission=admission, text="Est-ce bien votre SIREN ?", by=coordinator)
    save_answers(admission=admission, answers={"siren": "552100554"})
    answer_information(admission=admission, text="Non, le voici.")
    admission.refresh_from_db()
    assert (admission.claimed, admission.organisation.siren) == (None, "552100554")
    assert admission.organisation.seller_state == "candidate"


def test_an_answer_that_mends_nothing_asks_the_managers_once(partner, manager, coordinator):
    admission = make_admission()
    ask_information(admission=admission, text="Est-ce bien votre SIREN ?", by=coordinator)
    answer_information(admission=admission, text="Oui.")
    admission.refresh_from_db()
    assert admission.is_unconfirmed
    assert OutgoingMail.objects.filter(kind="network.admission.claim").count() == 1


# --- the managers' answer


def test_the_committee_reads_once_a_manager_has_agreed(partner, manager, coordinator):
    admission = make_admission()
    with pytest.raises(NetworkError, match="l’accord de l’un de ses responsables"):
        start_review(admission=admission, by=coordinator)
    confirmed = confirm_claim(admission=admission, by=manager)
    partner.refresh_from_db()
    assert (confirmed.organisation, partner.seller_state) == (partner, "candidate")
    assert TraderFile.objects.get().organisation == partner
    assert start_review(admission=confirmed, by=coordinator).state == "in_review"
    with pytest.raises(WrongStateError):
        confirm_claim(admission=admission, by=manager)


def test_only_a_manager_of_it_answers(partner, manager, coordinator, stranger):
    admission = make_admission()
    seller = MembershipFactory(organisation=partner, role="seller").user
    for person in (coordinator, stranger, seller):
        for answer in (confirm_claim, disown_claim):
            with pytest.raises(NotAllowedError):
                answer(admission=admission, by=person)
    admission.refresh_from_db()
    assert (admission.state, admission.organisation) == ("submitted", None)


def test_a_disowned_application_is_closed_and_the_applicant_told(partner, manager):
    admission = disown_claim(admission=make_admission("inconnu@example.org"), by=manager)
    partner.refresh_from_db()
    assert (admission.state, admission.organisation, partner.seller_state) == ("withdrawn", None, "none")
    assert TraderFile.objects.get().ended_on is not None
    assert OutgoingMail.objects.get(kind="network.admission.disowned").to == "inconnu@example.org"
    with pytest.raises(WrongStateError):
        disown_claim(admission=admission, by=manager)
    with pytest.raises(WrongStateError):
        confirm_claim(admission=admission, by=manager)


def test_two_claims_are_agreed_to_once(partner, manager):
    first, second = make_admission("a@example.org"), make_admission("b@example.org")
    confirm_claim(admission=first, by=manager)
    with pytest.raises(NetworkError, match="déjà candidate"):
        confirm_claim(admission=second, by=manager)


def test_the_applicant_is_never_invited_where_the_siren_was_known(partner, manager, coordinator, committee_member):
    admission = make_admission("inconnu@example.org")
    verify_trader_file(admission=admission, by=coordinator)
    confirm_claim(admission=admission, by=manager)
    partner.memberships.filter(role="manager").update(role="reader")
    start_review(admission=admission, by=coordinator)
    cast_vote(admission, committee_member)
    assert admit_admission(admission=admission, reasons=REASONS, by=coordinator).state == "admitted"
    assert not Invitation.objects.exists()


# --- pages


def test_pages_of_a_claim(as_user, client, partner, manager, coordinator):
    admission = make_admission("inconnu@example.org")
    seen = as_user(coordinator).get(desk("admission-detail", admission.public_id)).text
    assert "Ce SIREN est celui de Les Cimes" in seen
    assert "Maud Manager" in seen
    assert desk("admission-open", admission.public_id) not in seen
    assert "est celui de Les Cimes" in client.get(reverse("joining:apply", args=[admission.token])).text
    own = as_user(manager).get(desk("organisation-detail", partner.public_id)).text
    assert "Cette candidature est-elle la vôtre" in own
    assert desk("claim-confirm", partner.public_id, admission.public_id) in own
    staff = as_user(coordinator).get(desk("organisation-detail", partner.public_id)).text
    assert desk("claim-confirm", partner.public_id, admission.public_id) not in staff


def test_the_list_marks_what_no_organisation_confirmed(as_user, partner, manager, coordinator):
    admission = make_admission("inconnu@example.org")
    desk_list = as_user(coordinator)
    assert "Pas confirmée par la structure" in desk_list.get(desk("admission-list")).text
    confirm_claim(admission=admission, by=manager)
    assert "Pas confirmée par la structure" not in desk_list.get(desk("admission-list")).text


def test_without_a_manager_the_coordinator_is_told_to_invite_one(as_user, partner, coordinator):
    admission = make_admission("inconnu@example.org")
    seen = as_user(coordinator).get(desk("admission-detail", admission.public_id)).text
    assert "n’a pas de responsable" in seen


@pytest.mark.parametrize(("verb", "state"), [("claim-confirm", "submitted"), ("claim-disown", "withdrawn")])
def test_a_manager_answers_at_the_desk(as_user, partner, manager, stranger, coordinator, verb, state):
    admission = make_admission("inconnu@example.org")
    address = desk(verb, partner.public_id, admission.public_id)
    assert as_user(manager).get(address).status_code == 405
    assert as_user(stranger).post(address).status_code in {403, 404}
    assert as_user(coordinator).post(address).status_code == 403
    admission.refresh_from_db()
    assert (admission.state, admission.organisation) == ("submitted", None)
    assert as_user(manager).post(address).url == desk("organisation-detail", partner.public_id)
    admission.refresh_from_db()
    assert admission.state == state
    assert (admission.organisation == partner) is (verb == "claim-confirm")
    again = as_user(manager).post(address, follow=True)
    assert "a changé" in again.text


# --- what forbids an admission


def test_nobody_is_admitted_before_the_file_is_verified(as_user, coordinator, committee_member):
    admission = make_review(coordinator)
    TraderFile.objects.update(verified_at=None, verified_by="")
    cast_vote(admission, committee_member)
    with pytest.raises(NetworkError, match="n’est pas vérifié"):
        admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    page = as_user(coordinator).get(desk("admission-detail", admission.public_id)).text
    assert "Pas encore admissible" in page
    sent = {"decision": "admit", "reasons": REASONS}
    refused = as_user(coordinator).post(desk("admission-decide", admission.public_id), sent)
    assert refused.status_code == 422
    assert "n’est pas vérifié" in refused.text
    admission.refresh_from_db()
    assert (admission.state, admission.organisation.seller_state) == ("in_review", "candidate")
    verify_trader_file(admission=admission, by=coordinator)
    assert admit_admission(admission=admission, reasons=REASONS, by=coordinator).state == "admitted"


def test_nobody_is_admitted_with_a_required_criterion_unmet_or_unread(coordinator, committee_member):
    admission = make_review(coordinator)
    required = [c for c in criteria() if c.is_required]
    assert required
    cast_vote(admission, committee_member, score=0)
    with pytest.raises(NetworkError, match=required[0].name):
        admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    admission.readings.update(scores={})
    with pytest.raises(NetworkError, match="Obligatoire et non rempli"):
        admit_admission(admission=admission, reasons=REASONS, by=coordinator)
    assert Admission.objects.get().state == "in_review"
    admission.readings.update(scores={c.key: 3 for c in required})
    assert admit_admission(admission=admission, reasons=REASONS, by=coordinator).state == "admitted"


# --- secret links


def test_no_desk_shows_the_applicant_s_address(as_user, operator, coordinator):
    admission = make_admission()
    mails = OutgoingMail.objects.filter(to=admission.email)
    assert {mail.kind for mail in mails} == {"network.admission.started", "network.admission.submitted"}
    for mail in mails:
        assert mail.is_secret
        assert (
            admission.token not in as_user(coordinator).get(reverse("journal:mail-detail", args=[mail.public_id])).text
        )


def test_an_invitation_is_shown_at_no_desk(coordinator, partner):
    invite_member(organisation=partner, email="a@example.org", role="reader", by=coordinator)
    assert OutgoingMail.objects.get(kind="network.invitation").is_secret
