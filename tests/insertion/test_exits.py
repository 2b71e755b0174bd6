"""Exits: written once, corrected by versions, cancelled; their reasons by day; who sees what."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from rebond.insertion.actions.exit import cancel_exit, correct_exit, record_exit
from rebond.insertion.actions.exit_reason import add_reason, change_reason, close_reason, install_reasons
from rebond.insertion.errors import ExitRefused, ReasonRefused
from rebond.insertion.models import Exit, ExitReason, ExitVersion
from rebond.insertion.queries.exits import Summary, summary_of, told_of
from rebond.journal.models import Entry
from rebond.people.actions.status import begin_status
from rebond.people.models import Deadline, Status
from tests.factories.accounts import UserFactory
from tests.factories.insertion import exit_of, reason_of, told
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST, FIGURES = reverse("insertion-desk:exit-list"), reverse("insertion-desk:exit-figures")
REASONS = reverse("insertion-desk:reason-list")
LAST_YEARS = f"?du={2000}-01-01"


def in_days(number):
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def coordinator(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Cora Coordination").user


@pytest.fixture
def person(seller, counsellor):
    return person_of(seller, by=counsellor, user=UserFactory(), days_ago=210)


def refused_field(call, kind=ExitRefused):
    with pytest.raises(kind) as refused:
        call()
    return refused.value.field


def test_an_exit_ends_the_status_once_and_is_sealed(person, counsellor):
    status = Status.objects.get()
    write = lambda said: record_exit(person=person, status=status, told=said, by=counsellor)  # noqa: E731
    said = told(10, employer="Garage Martin", note="Content de partir.")
    made = write(said)

    status.refresh_from_db()
    assert (status.ends_on, made.left_on, made.days, made.counting) == (in_days(-10), in_days(-10), 201, "counted")
    assert not Deadline.objects.filter(kind="people.status_end").exists()
    assert write(said) == made  # sent twice
    assert refused_field(lambda: write(told(9))) is None
    assert Entry.objects.filter(action="insertion.exit.recorded").count() == 1
    with connection.cursor() as cursor:
        for table in ("exit", "exitversion"):
            cursor.execute(f"SELECT employer, note FROM insertion_{table}")
            assert all(text.startswith("gAAAA") for row in cursor.fetchall() for text in row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exit.objects.create(
            person=person, status=status, organisation=person.organisation, first_on=in_days(-5), days=1,
            counting="counted", left_on=in_days(-5), reason=made.reason, category="other", words="x",
        )  # fmt: skip


def test_what_cannot_be_an_exit_is_refused_with_its_field(person, seller):
    status = Status.objects.get()
    wrong = [
        (told(-1), "left_on"),
        (told(211), "left_on"),
        (told(10, hours_in_year=None), "hours_in_year"),
        (told(10, hours_in_year=Decimal(-1)), "hours_in_year"),
        (told(10, note="a\0b"), "note"),
        (told(10, employer="x" * 121), "employer"),
    ]
    close_reason(reason=reason_of("essai"), valid_to=in_days(-20), by=None, organisation=None)
    ended = ExitReason.objects.get(code="essai")
    for said, field in wrong:
        assert refused_field(lambda said=said: record_exit(person=person, status=status, told=said, by=None)) == field
    late = told(10)
    late = type(late)(late.left_on, ended, hours_in_year=Decimal(5))
    assert refused_field(lambda: record_exit(person=person, status=status, told=late, by=None)) == "reason"
    candidate = person_of(seller, kind="candidate")
    with pytest.raises(ExitRefused):
        record_exit(person=candidate, status=Status.objects.get(person=candidate), told=told(1), by=None)
    with pytest.raises(ExitRefused):
        record_exit(person=candidate, status=status, told=told(1), by=None)
    assert not Exit.objects.exists()
    status.refresh_from_db()
    assert status.ends_on is None


def test_contracts_with_the_structure_count_together_until_an_exit(seller, counsellor):
    person = person_of(seller, kind="cddi_ei", days_ago=130)
    begin_status(person=person, kind="candidate", starts_on=in_days(-60), by=None, ends_on=in_days(-50))
    last = begin_status(person=person, kind="cddi_ei", starts_on=in_days(-49), by=None)
    made = record_exit(person=person, status=last, told=told(9), by=None)
    assert (made.first_on, made.days, made.counting) == (in_days(-130), 70 + 41, "counted")

    back = begin_status(person=person, kind="cddi_ei", starts_on=in_days(-8), by=None)
    again = record_exit(person=person, status=back, told=told(1), by=None)
    assert (again.days, again.counting) == (8, "too_short")  # a new path
    assert Exit.objects.count() == 2


def test_each_kind_of_structure_asks_for_its_own_hours(seller):
    for kind, said, counting in (
        ("cddi_ai", {"hours_in_all": Decimal("149.99")}, "few_hours"),
        ("etti", {"hours_in_all": Decimal(150)}, "counted"),
        ("cddi_aci", {"hours_in_year": Decimal(0)}, "no_hour"),
        ("eiti", {}, "counted"),
        ("companion", {}, "no_contract"),
    ):
        made = exit_of(seller, kind=kind, **{"hours_in_year": None} | said)
        assert made.counting == counting, kind
        assert (made.hours_in_year, made.hours_in_all) == (said.get("hours_in_year"), said.get("hours_in_all"))
    cdi = person_of(seller, kind="cdi_inclusion", days_ago=300)
    with pytest.raises(ExitRefused):
        exit_of(seller, person=cdi)  # which kind of structure?
    status = Status.objects.get(person=cdi)
    said = replace(told(5), kind="AI", hours_in_all=Decimal(400))
    assert record_exit(person=cdi, status=status, told=said, by=None).counting == "counted"


def test_a_correction_keeps_what_was_said(seller, counsellor):
    made = exit_of(seller, by=counsellor, code="cdd-court")
    change = lambda said, why="Faute de frappe", seen=1: correct_exit(  # noqa: E731
        exit=made, told=said, why=why, seen=seen, by=counsellor
    )
    assert change(told(10, code="cdd-court")).version == 1  # nothing new
    assert refused_field(lambda: change(told(12), why=" ")) == "why"
    change(told(12, code="chomage"))
    made.refresh_from_db()
    assert (made.version, made.category, made.left_on, made.status.ends_on) == (2, "other", in_days(-12), in_days(-12))
    assert refused_field(lambda: change(told(13))) is None  # seen before the correction
    rows = list(ExitVersion.objects.values_list("number", "category"))
    assert rows == [(2, "other"), (1, "transition")]
    for change_of in ({"category": "durable"}, {"left_on": in_days(0)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExitVersion.objects.filter(number=1).update(**change_of)


def test_a_cancelled_exit_counts_nowhere_and_gives_the_end_back(seller, counsellor):
    made = exit_of(seller, by=counsellor)
    cancel_exit(exit=made, by=counsellor)
    cancel_exit(exit=made, by=counsellor)
    assert (made.status.ends_on, summary_of(seller, in_days(-99), in_days(0)).whole) == (None, 0)
    assert Entry.objects.filter(action="insertion.exit.cancelled").count() == 1
    with pytest.raises(ExitRefused):
        correct_exit(exit=made, told=told(11), why="x", seen=1, by=None)
    again = exit_of(seller, person=made.person)
    begin_status(person=made.person, kind="companion", starts_on=in_days(-5), by=None)
    cancel_exit(exit=again, by=None)
    again.status.refresh_from_db()
    assert again.status.ends_on == in_days(-10)  # another status began since: it stays


def test_reasons_change_from_a_day_on_and_past_exits_do_not(seller, coordinator):
    who = {"by": coordinator, "organisation": coordinator.memberships.get().organisation}
    made, held = exit_of(seller), reason_of()
    new = change_reason(reason=held, label=held.label, category="transition", valid_from=in_days(0), **who)
    made.refresh_from_db()
    held.refresh_from_db()
    assert (made.category, held.valid_to, new.code) == ("durable", in_days(-1), held.code)
    corrected = correct_exit(exit=made, told=told(11, code="chomage"), why="x", seen=1, by=None)
    assert corrected.category == "other"
    assert (
        refused_field(
            lambda: change_reason(reason=held, label="X", category="other", valid_from=in_days(3), **who), ReasonRefused
        )
        is None
    )  # ended
    for said, field in (
        ({"label": new.label, "category": "other"}, "label"),
        ({"label": "  ", "category": "other"}, "label"),
        ({"label": "Retour au pays", "category": "good"}, "category"),
    ):
        assert refused_field(lambda said=said: add_reason(valid_from=in_days(0), **said, **who), ReasonRefused) == field
    added = add_reason(label="Retour au pays", category="other", valid_from=in_days(0), **who)
    assert refused_field(lambda: close_reason(reason=added, valid_to=in_days(-1), **who), ReasonRefused) == "valid_to"
    with pytest.raises(IntegrityError), transaction.atomic():
        ExitReason.objects.filter(pk=added.pk).update(category="durable")
    assert install_reasons() == 0


def test_small_numbers_cannot_be_found_from_the_others():
    big = told_of(Summary({"durable": 5, "transition": 7, "positive": 0, "other": 6}, {"too_short": 3}))
    assert [figure.number for figure in big.figures] == [5, 7, 0, 6]
    assert (big.percent, big.not_counted.number) == (Decimal("66.7"), None)
    small = told_of(Summary({"durable": 4, "transition": 7, "other": 6}))
    assert [figure.number for figure in small.figures] == [11, 6]
    hidden = told_of(Summary({"durable": 9, "other": 2, "withdrawn": 1}))
    assert ([figure.number for figure in hidden.figures], hidden.percent) == ([9, 0, 0, None], None)


def test_a_counsellor_writes_corrects_and_cancels_on_pages(person, as_user, counsellor):
    browser, status = as_user(counsellor), Status.objects.get()
    url = reverse("insertion-desk:exit", args=[person.public_id])
    post = reverse("insertion-desk:exit-record", args=[person.public_id, status.public_id])
    assert "Écrire la sortie" in browser.get(url).text
    said = {"left_on": in_days(1).isoformat(), "reason": reason_of().public_id, "note": "Bravo à elle"}
    refused = browser.post(post, said | {"hours_in_year": "12,5"})
    assert (refused.status_code, "Bravo à elle" in refused.text) == (422, True)
    assert "Ce jour est à venir" in refused.text
    said |= {"left_on": in_days(-3).isoformat(), "hours_in_year": "12,5"}
    assert [browser.post(post, said).status_code for _time in range(2)] == [302, 302]
    made = Exit.objects.get()
    assert made.hours_in_year == Decimal("12.5")
    page = browser.get(url)
    assert "Bravo à elle" in page.text
    assert "Emploi durable" in page.text
    correct = reverse("insertion-desk:exit-correct", args=[person.public_id, made.public_id])
    assert 'value="12,5' in browser.get(correct).text.replace("12,50", "12,5")
    assert browser.post(correct, said | {"employer": "Garage", "seen": "1", "why": ""}).status_code == 422
    assert browser.post(correct, said | {"employer": "Garage", "seen": "1", "why": "Oubli"}).status_code == 302
    assert "Oubli" in browser.get(correct).text
    own = as_user(person.user).get(reverse("my-path:path")).text
    assert all(words in own for words in ("Mon dernier jour", "Garage", "Bravo à elle"))
    cancel = reverse("insertion-desk:exit-cancel", args=[person.public_id, made.public_id])
    assert browser.post(cancel).status_code == 302
    assert browser.get(correct).status_code == 404


def test_the_list_says_the_rate_and_who_does_not_count(as_user, counsellor, seller, django_assert_num_queries):
    browser = as_user(counsellor)
    exit_of(seller, by=counsellor)
    browser.get(LIST)
    for number in (1, 3):
        while Exit.objects.count() < number:
            exit_of(seller, code="chomage", by=counsellor)
        with django_assert_num_queries(9):
            page = browser.get(f"{LIST}{LAST_YEARS}")
    assert "33,3" in page.text
    exit_of(seller, stayed=20, by=counsellor)
    page = browser.get(f"{LIST}{LAST_YEARS}&compte=too_short")
    assert page.text.count("Aminata") == 1
    assert "1 sortie ne compte pas" in page.text
    sheet = browser.get(f"{LIST}{LAST_YEARS}&categorie=other&export=csv").getvalue().decode()
    assert len(sheet.split("\r\n")) == 4
    assert browser.get(f"{LIST}?du=x&au=1&avant=99999&categorie=zz").status_code == 200


def test_nobody_else_sees_exits(as_user, seller, owner, counsellor, coordinator):
    made = exit_of(seller, by=counsellor)
    urls = [LIST, reverse("insertion-desk:exit", args=[made.person.public_id])]
    for role in ("supervisor", "seller"):
        user = MembershipFactory(organisation=seller, role=role).user
        assert {as_user(user).get(url).status_code for url in [*urls, FIGURES, REASONS]} == {403}
    assert {as_user(owner).get(url).status_code for url in urls} == {403}
    figures = as_user(owner).get(FIGURES)
    assert "moins de 5" in figures.text
    assert "Aminata" not in figures.text
    assert as_user(owner).get(f"{FIGURES}?annee=1999").status_code == 200
    elsewhere = MembershipFactory(organisation=OrganisationFactory(admitted=True), role="counsellor").user
    assert as_user(elsewhere).get(urls[1]).status_code == 404
    assert "Aminata" not in as_user(elsewhere).get(f"{LIST}{LAST_YEARS}").text
    assert as_user(counsellor).get(reverse("insertion-desk:reason-add")).status_code == 403


def test_the_coordinator_changes_the_table_on_its_page(as_user, coordinator):
    browser, held = as_user(coordinator), reason_of("retraite")
    page = reverse("insertion-desk:reason-change", args=[held.public_id])
    assert "retraite" in browser.get(REASONS).text
    said = {"label": "Retraite", "category": "other", "valid_from": held.valid_from.isoformat()}
    assert browser.post(page, said).status_code == 422
    assert browser.post(page, said | {"valid_from": in_days(0).isoformat()}).status_code == 302
    new = reason_of("retraite")
    page = reverse("insertion-desk:reason-change", args=[new.public_id])
    assert browser.post(page, {"act": "close", "valid_to": in_days(-1).isoformat()}).status_code == 422
    assert browser.post(page, {"act": "close", "valid_to": in_days(5).isoformat()}).status_code == 302
    add = reverse("insertion-desk:reason-add")
    assert browser.post(add, said | {"label": "Déménagement"}).status_code == 302
    assert browser.post(add, said | {"label": "déménagement"}).status_code == 422
