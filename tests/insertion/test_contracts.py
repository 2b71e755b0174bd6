"""Contracts: signed, renewed, amended, suspended, ended; the status that follows; who may, and what the list tells."""

import datetime
import io

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from rebond.core.dates import add_months
from rebond.insertion.actions.contract import amend_contract, renew_contract
from rebond.insertion.actions.contract_life import end_contract, pause_contract, resume_contract
from rebond.insertion.actions.exit import record_exit
from rebond.insertion.actions.iae_pass import enter_pass
from rebond.insertion.contract_rules import last_day
from rebond.insertion.errors import ContractRefused
from rebond.insertion.models import Contract, ContractPause, ContractTerms
from rebond.insertion.queries.contract_facts import days_in_words, own_facts
from rebond.insertion.queries.contract_track import track_of
from rebond.insertion.queries.contracts import shown_contracts
from rebond.journal.models import Entry
from rebond.people.actions.status import begin_status, end_status
from rebond.people.errors import StatusRefused
from rebond.people.models import Deadline, Status
from tests.factories.accounts import UserFactory
from tests.factories.insertion import contract_of, terms_of, told
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
OPERATION = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def in_days(number):
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def person(seller, counsellor):
    said = {"kind": "candidate", "days_ago": 300, "born_on": datetime.date(1990, 2, 28)}
    return person_of(seller, by=counsellor, user=UserFactory(), **said)


def statuses(person):
    return list(Status.objects.filter(person=person).order_by("starts_on").values_list("kind", "ends_on"))


def due(person):
    return (
        Deadline.objects.filter(person=person, kind="insertion.contract_end").values_list("due_on", flat=True).first()
    )


def test_a_contract_gives_its_status_and_its_deadline(person):
    held = contract_of(person)
    first, last = held.starts_on, held.last_on
    assert (held.organisation, last) == (person.organisation, last_day(first, 6))
    assert statuses(person) == [("candidate", first - datetime.timedelta(days=1)), ("cddi_ei", last)]
    person.refresh_from_db()
    assert (due(person), person.next_due_on) == (last, last)
    terms = held.terms.get()
    assert (terms.number, terms.kind, terms.weekly_minutes, terms.week) == (0, "first", 1560, "26\u00a0h")
    with pytest.raises(ContractRefused) as refused:
        contract_of(person, starts_on=last)  # on its last day
    assert (refused.value.field, Contract.objects.count()) == ("starts_on", 1)
    assert contract_of(person, starts_on=last + datetime.timedelta(days=1))
    assert contract_of(person_of(OrganisationFactory(), kind="candidate"))  # elsewhere, a file of their own


@pytest.mark.parametrize("kind", ["companion", "eiti", "volunteer"])
def test_who_has_no_contract_signs_none(seller, kind):
    person = person_of(seller, kind=kind)
    with pytest.raises(ContractRefused) as refused:
        contract_of(person)
    assert (refused.value.field, Contract.objects.count()) == ("starts_on", 0)
    end_status(status=Status.objects.get(), ends_on=in_days(-1), by=None)
    assert contract_of(person, starts_on=in_days(0))


def test_a_status_to_come_is_in_the_way_of_a_contract(person):
    begin_status(person=person, kind="companion", starts_on=in_days(30), by=None)
    with pytest.raises(StatusRefused):
        contract_of(person)
    assert not Contract.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"job": " "}, "job"),
        ({"job": "x" * 101}, "job"),
        ({"rome_code": "11031"}, "rome_code"),
        ({"exemption": "holidays"}, "exemption"),
        ({"weekly_minutes": 2_101}, "weekly"),
        ({"months": 3}, "ends_on"),
        ({"kind": "mission"}, "structure"),
    ],
)
def test_what_is_refused_leaves_nothing(person, said, field):
    with pytest.raises(ContractRefused) as refused:
        contract_of(person, **said)
    assert refused.value.field == field
    assert (Contract.objects.count(), statuses(person)) == (0, [("candidate", None)])


def test_renewals_and_amendments_are_added_and_change_nothing_before(person):
    held = contract_of(person, months_ago=5, rome_code="n 1103")
    end = add_months(held.last_on, 6)
    amend_contract(contract=held, from_on=in_days(-3), terms=terms_of(weekly_minutes=1800), by=None)
    renew_contract(contract=held, ends_on=end, terms=terms_of(weekly_minutes=1920), by=None)
    shown = shown_contracts(person)[0]
    assert [(row.kind, row.week, row.rome_code) for row in shown.terms] == [
        ("first", "26\u00a0h", "N1103"),
        ("amendment", "30\u00a0h", ""),
        ("renewal", "32\u00a0h", ""),
    ]
    assert (shown.now.week, shown.contract.last_on) == ("30\u00a0h", end)
    assert (statuses(person)[-1], due(person)) == (("cddi_ei", end), end)
    for call, field in (
        (lambda: amend_contract(contract=held, from_on=in_days(0), terms=terms_of(), by=None), "from_on"),
        (lambda: amend_contract(contract=held, from_on=in_days(900), terms=terms_of(), by=None), "from_on"),
        (lambda: amend_contract(contract=held, from_on=end, terms=terms_of(weekly_minutes=1920), by=None), None),
        (lambda: renew_contract(contract=held, ends_on=end, terms=terms_of(), by=None), "ends_on"),
        (lambda: renew_contract(contract=held, ends_on=add_months(end, 13), terms=terms_of(), by=None), "ends_on"),
    ):
        with pytest.raises(ContractRefused) as refused:
            call()
        assert refused.value.field == field
    assert ContractTerms.objects.count() == 3


def test_more_than_24_months_is_sealed_with_its_reason(seller):
    person = person_of(seller, kind="candidate", days_ago=800)
    held = contract_of(person, months=24, months_ago=23)
    terms = terms_of(exemption="rqth", weekly_minutes=600, low_reason="Reprise douce", low_authority="Cap emploi")
    with pytest.raises(ContractRefused):
        renew_contract(contract=held, ends_on=add_months(held.last_on, 6), terms=terms_of(), by=None)
    renew_contract(contract=held, ends_on=add_months(held.last_on, 6), terms=terms, by=None)
    end_contract(contract=held, ended_on=in_days(0), reason="worker", by=None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT exemption, low_reason, low_authority FROM insertion_contractterms WHERE number = 1")
        assert all(text.startswith("gAAAA") for text in cursor.fetchone())
        cursor.execute("SELECT reason FROM insertion_contractend")
        assert cursor.fetchone()[0].startswith("gAAAA")
    said = str(list(Entry.objects.values_list("data", flat=True)))
    assert not any(word in said for word in ("rqth", "douce", "worker"))
    assert shown_contracts(person)[0].papers[0][1].startswith("Plus de 24 mois")


def test_a_suspension_and_the_day_of_return(person):
    held = contract_of(person)
    pause = pause_contract(contract=held, reason="immersion", first=in_days(-5), last=in_days(10), by=None)
    assert shown_contracts(person)[0].state == "paused"
    with pytest.raises(ContractRefused):
        pause_contract(contract=held, reason="other", first=in_days(10), last=in_days(12), by=None)
    with pytest.raises(ContractRefused):
        resume_contract(pause=pause, back_on=in_days(11), by=None)
    assert resume_contract(pause=pause, back_on=in_days(0), by=None).ends_on == in_days(-1)
    assert (shown_contracts(person)[0].state, Contract.objects.get().last_on) == ("running", held.last_on)
    assert resume_contract(pause=pause, back_on=in_days(-5), by=None) is None
    with pytest.raises(ContractRefused):
        resume_contract(pause=pause, back_on=in_days(-5), by=None)
    assert not ContractPause.objects.exists()


def test_the_end_is_written_once_and_takes_the_status_along(person):
    held, today = contract_of(person), in_days(0)
    pause_contract(contract=held, reason="trial", first=in_days(-5), last=in_days(10), by=None)
    pause_contract(contract=held, reason="other", first=in_days(20), last=in_days(21), by=None)
    for said in (
        {"ended_on": today, "reason": "term"},
        {"ended_on": today, "reason": "ill"},
        {"ended_on": in_days(900)},
    ):
        with pytest.raises(ContractRefused):
            end_contract(contract=held, by=None, **{"reason": "hired"} | said)
    end_contract(contract=held, ended_on=today, reason="hired", by=None)
    assert (statuses(person)[-1], due(person)) == (("cddi_ei", today), None)
    assert [row.ends_on for row in ContractPause.objects.all()] == [today]
    shown = shown_contracts(person)[0]
    assert (shown.state, shown.end_reason) == ("ended", "Embauche chez un autre employeur")
    for call in (
        lambda: end_contract(contract=held, ended_on=today, reason="hired", by=None),
        lambda: renew_contract(contract=held, ends_on=in_days(400), terms=terms_of(), by=None),
        lambda: amend_contract(contract=held, from_on=today, terms=terms_of(weekly_minutes=1800), by=None),
        lambda: pause_contract(contract=held, reason="other", first=today, last=today, by=None),
    ):
        with pytest.raises(ContractRefused):
            call()
    assert own_facts(person) == [("Un autre contrat", f"Contrat d’insertion (CDDI) · {days_in_words(shown)}")]
    assert contract_of(person, starts_on=in_days(1))
    assert [about for about, _said in own_facts(person)][::5] == ["Mon contrat", "Un autre contrat"]


def test_a_permanent_contract_has_no_last_day(seller):
    person = person_of(seller, kind="candidate", born_on=datetime.date(1950, 1, 1))
    held = contract_of(person, kind="cdi_inclusion", months=0)
    assert (held.has_last_day, statuses(person)[-1], due(person)) == (False, ("cdi_inclusion", None), None)
    with pytest.raises(ContractRefused):
        renew_contract(contract=held, ends_on=in_days(900), terms=terms_of(), by=None)
    with pytest.raises(ContractRefused):
        end_contract(contract=held, ended_on=datetime.date(9999, 12, 31), reason="other", by=None)
    with pytest.raises(ContractRefused):
        contract_of(person, starts_on=in_days(2_000))  # it never ends


def test_the_database_itself_keeps_what_was_signed_and_refuses_overlaps(person):
    held = contract_of(person)
    days = {"organisation": person.organisation, "person": person, "kind": "cddi", "structure": "EI"}
    for said in (
        {"starts_on": held.last_on, "last_on": in_days(900)},
        {"starts_on": in_days(900), "last_on": in_days(899)},
        {"starts_on": in_days(900), "last_on": in_days(910), "structure": "ETTI"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contract.objects.create(**days | said)
    later = Contract.objects.create(**days, starts_on=in_days(900), last_on=in_days(910))
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=later.pk).update(starts_on=held.starts_on)
    for said in ({"weekly_minutes": 1800}, {"ends_on": None}, {"job": "Vente"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContractTerms.objects.update(**said)
    assert ContractTerms.objects.update(exemption="senior") == 1  # sealed anew when keys are rotated
    ContractPause.objects.create(contract=held, reason="other", starts_on=in_days(1), ends_on=in_days(3))
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractPause.objects.create(contract=held, reason="other", starts_on=in_days(3), ends_on=in_days(4))


def test_the_line_of_24_months(person):
    held = contract_of(person, starts_on=datetime.date(2026, 3, 3), months=4)
    renew_contract(contract=held, ends_on=datetime.date(2026, 9, 2), terms=terms_of(), by=None)
    contract_of(person, starts_on=datetime.date(2026, 9, 3), months=4)
    track = track_of(shown_contracts(person), datetime.date(2026, 11, 26))
    assert [(piece.label, piece.start, piece.width) for piece in track.pieces] == [
        ("4 mois", "0.0%", "16.7%"),
        ("2 mois", "16.7%", "8.5%"),
        ("4 mois", "25.2%", "16.7%"),
    ]
    assert (track.limit, track.last, track.now) == (datetime.date(2028, 3, 2), datetime.date(2027, 1, 2), "36.7%")


SAID = {"kind": "cddi", "structure": "EI", "job": "Vente", "weekly": "17 h 30", "operation": OPERATION}


def test_pages_write_renew_amend_suspend_end_and_keep_what_was_refused(person, seller, as_user, counsellor):
    browser, days = as_user(counsellor), {"starts_on": str(in_days(-60)), "ends_on": str(in_days(90))}
    new = reverse("insertion-desk:contract-new", args=[person.public_id])
    type(seller).objects.update(kind="aci")
    assert '<option value="ACI" selected>' in browser.get(new).text
    refused = browser.post(new, SAID | days)
    assert (refused.status_code, 'value="17 h 30"' in refused.text) == (422, True)
    assert "Moins de 20 heures par semaine demande un motif." in refused.text
    assert "Écrivez des heures comme" in browser.post(new, SAID | days | {"weekly": "vingt"}).text
    low = {"low_reason": "Reprise douce", "low_authority": "France Travail"}
    assert [browser.post(new, SAID | days | low).status_code for _time in range(2)] == [302, 302]
    held = Contract.objects.get()  # sent twice, made once
    url = reverse("insertion-desk:contract", args=[person.public_id, held.public_id])
    text = browser.get(url).text
    assert "17\u00a0h\u00a030 par semaine" in text
    assert "Aucun PASS IAE n’est écrit" in text
    work = {"job": "Vente", "weekly": "26", "operation": OPERATION}
    for verb, said, wrong in (
        ("amend", {"from_on": str(in_days(0))} | work, {"from_on": str(in_days(99))}),
        ("renew", {"ends_on": str(in_days(200))} | work, {"ends_on": str(in_days(1))}),
        (
            "pause",
            {"reason": "immersion", "first": str(in_days(0)), "last": str(in_days(5))},
            {"last": str(in_days(40))},
        ),
        ("end", {"ended_on": str(in_days(3)), "reason": "agreed"}, {"reason": "term"}),
    ):
        post = reverse(f"insertion-desk:contract-{verb}", args=[person.public_id, held.public_id])
        sent = said | {"operation": OPERATION}
        answer = browser.post(post, sent | wrong)
        assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True)
        assert [browser.post(post, sent).status_code for _time in range(2)] == [302, 302]
        if verb == "pause":
            own = as_user(person.user).get(reverse("my-path:path")).text
            assert all(words in own for words in ("Mes heures par semaine", "26\u00a0h", "Il est en pause"))
            args = [person.public_id, held.public_id, ContractPause.objects.get().public_id]
            back = reverse("insertion-desk:contract-resume", args=args)
            assert browser.post(back, {"back_on": str(in_days(30))}).status_code == 422
            assert browser.post(back, {"back_on": str(in_days(2))}).status_code == 302
    assert (ContractTerms.objects.count(), held.pauses.get().ends_on) == (3, in_days(1))
    page = browser.get(reverse("people-desk:person-detail", args=[person.public_id])).text
    assert "Heures par semaine" in page
    assert Entry.objects.filter(action="people.person.read", actor_label="Paul Conseil").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_tells_what_ends_first(number, person, seller, as_user, counsellor, django_assert_num_queries):
    contract_of(person, months=4)
    for _other in range(number - 1):
        contract_of(person_of(seller, kind="candidate", days_ago=300), months=4, months_ago=5)
    contract_of(person_of(OrganisationFactory(), first_name="Ailleurs"))
    browser, url = as_user(counsellor), reverse("insertion-desk:contract-list")
    browser.get(url)
    with django_assert_num_queries(7):
        text = browser.get(url).text
    assert text.count('<th scope="row">') == number
    assert "Ailleurs" not in text
    assert "2 mois ou moins" not in text
    assert "3 mois ou moins" in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert ("Passé" in text) == (number > 1)
    key = f"{Contract.objects.filter(person=person).get().last_on}.0"
    assert browser.get(f"{url}?apres={key}").text.count('<th scope="row">') == 1
    assert browser.get(f"{url}?apres=x.y").status_code == 200


def test_the_paper_is_a_reading_and_says_who_until_when_and_what_is_left_to_write(person, as_user, counsellor):
    held = contract_of(person, rome_code="N1103")
    enter_pass(person=person, number="999991234567", starts_on=held.starts_on, kind="EI", by=None)
    amended = amend_contract(contract=held, from_on=in_days(0), terms=terms_of(weekly_minutes=1800), by=None)
    browser, texts = as_user(counsellor), []
    for terms in (held.terms.get(number=0), amended):
        url = reverse("insertion-desk:contract-paper", args=[person.public_id, held.public_id, terms.public_id])
        read = Entry.objects.filter(action="people.person.read").count()
        answer = browser.get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert Entry.objects.filter(action="people.person.read").count() == read + 1
        reader = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
        assert len(reader.pages) == 1
        texts.append(reader.pages[0].extract_text().replace("\u00a0", " "))
    first, second = texts
    for words in ("Aminata Le Guen-Sy", "99999 12 34567", "26 h", "N1103", "L. 5132-5", "Convention collective"):
        assert words in first
    assert "Avenant" in second
    assert "30 h" in second
    assert "L. 5132-5" not in second


def test_nobody_else_sees_a_contract(person, as_user, seller, owner):
    args = [person.public_id, contract_of(person).public_id]
    url = reverse("insertion-desk:contract-paper", args=[*args, ContractTerms.objects.get().public_id])
    for role in ("supervisor", "seller"):
        assert as_user(MembershipFactory(organisation=seller, role=role).user).get(url).status_code == 403
    assert as_user(owner).get(url).status_code == 403
    elsewhere = MembershipFactory(organisation=OrganisationFactory(admitted=True), role="counsellor").user
    assert as_user(elsewhere).get(url).status_code == 404
    assert as_user(elsewhere).post(reverse("insertion-desk:contract-end", args=args), {}).status_code == 404
    other = person_of(seller)  # another person of the organisation
    mixed = reverse("insertion-desk:contract", args=[other.public_id, args[1]])
    counsellor = MembershipFactory(organisation=seller, role="counsellor").user
    assert as_user(counsellor).get(mixed).status_code == 404


def test_an_exit_keeps_the_status_and_stands_in_the_way_of_a_renewal(person):
    held = contract_of(person)
    status = Status.objects.get(kind="cddi_ei")
    record_exit(person=person, status=status, told=told(3), by=None)
    with pytest.raises(ContractRefused):
        renew_contract(contract=held, ends_on=in_days(200), terms=terms_of(), by=None)
    assert (held.terms.count(), Contract.objects.get().last_on) == (1, held.last_on)
    end_contract(contract=held, ended_on=in_days(-5), reason="hired", by=None)
    assert statuses(person)[-1] == ("cddi_ei", in_days(-3))
