"""The PASS of a person: written, suspended, taken up again, prolonged; who may, and what the list tells."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from rebond.insertion.actions.iae_pass import enter_pass, lift_suspension, prolong_pass, suspend_pass
from rebond.insertion.errors import PassRefused, ProlongationRefused, SuspensionRefused
from rebond.insertion.models import Pass, PassProlongation, PassSuspension
from rebond.insertion.queries.passes import dates_of, shown_pass
from rebond.journal.models import Entry
from rebond.people.queries.people import as_rows
from tests.factories.accounts import UserFactory
from tests.factories.network import MembershipFactory, OrganisationFactory
from tests.factories.people import person_of

pytestmark = [pytest.mark.page, pytest.mark.django_db]
NUMBER = "99999 12 34567"


def in_days(number):
    return timezone.localdate() + datetime.timedelta(days=number)


def pass_of(person, *, days_ago=100, kind="EI", number=NUMBER):
    return enter_pass(person=person, number=number, starts_on=in_days(-days_ago), kind=kind, by=None)


@pytest.fixture
def counsellor(seller):
    return MembershipFactory(organisation=seller, role="counsellor", user__name="Paul Conseil").user


@pytest.fixture
def person(seller, counsellor):
    return person_of(seller, by=counsellor, user=UserFactory(), born_on=datetime.date(1960, 2, 29))


def test_one_pass_at_a_time_with_a_number_of_the_official_shape(person):
    held = pass_of(person)
    assert (held.number, held.shown_number) == ("999991234567", NUMBER)
    person.refresh_from_db()
    assert person.next_due_on == held.starts_on + datetime.timedelta(days=729)
    for said, field in (
        ({"number": "99999 12 3456"}, "number"),
        ({"kind": "XX", "number": "999991234568"}, "kind"),
        ({"days_ago": 50, "number": "999991234568"}, "starts_on"),
        ({"days_ago": -629, "number": "999991234568"}, "starts_on"),  # on its last day
        ({"days_ago": -630}, "number"),  # the same number again
    ):
        with pytest.raises(PassRefused) as refused:
            pass_of(person, **said)
        assert refused.value.field == field
    assert pass_of(person, days_ago=-630, number="999991234568")
    assert pass_of(person_of(OrganisationFactory()))  # the same PASS, at another employer


def test_a_suspension_moves_the_end_and_a_hiring_takes_it_up_again(person):
    held, today = pass_of(person), timezone.localdate()
    end = dates_of(held).end
    suspension = suspend_pass(iae_pass=held, reason="contract_broken", start=in_days(-10), end=in_days(49), by=None)

    shown = shown_pass(person)
    assert (shown.state, shown.dates.end - end) == ("suspended", datetime.timedelta(days=59))
    with pytest.raises(SuspensionRefused):
        suspend_pass(iae_pass=held, reason="committee", start=today, end=in_days(3), by=None)
    with pytest.raises(SuspensionRefused):
        lift_suspension(suspension=suspension, hired_on=in_days(50), by=None)
    lift_suspension(suspension=suspension, hired_on=today, by=None)
    assert dates_of(held).end - end == datetime.timedelta(days=9)
    person.refresh_from_db()
    assert person.next_due_on == dates_of(held).end
    assert lift_suspension(suspension=suspension, hired_on=in_days(-10), by=None) is None
    assert dates_of(Pass.objects.get()).end == end
    assert not PassSuspension.objects.exists()


def test_the_database_itself_refuses_two_suspensions_on_a_day(person):
    held = pass_of(person)
    days = {"reason": "committee", "iae_pass": held}
    PassSuspension.objects.create(**days, starts_on=in_days(-9), ends_on=in_days(-5))
    with pytest.raises(IntegrityError), transaction.atomic():
        PassSuspension.objects.create(**days, starts_on=in_days(-5), ends_on=in_days(0))
    other = PassSuspension.objects.create(**days, starts_on=in_days(-4), ends_on=in_days(0))
    with pytest.raises(IntegrityError), transaction.atomic():
        PassSuspension.objects.filter(pk=other.pk).update(starts_on=in_days(-6))


def test_a_prolongation_needs_its_reason_and_its_prescriber_and_is_sealed(person):
    held = pass_of(person, days_ago=600)
    end = dates_of(held).end
    with pytest.raises(ProlongationRefused) as refused:
        prolong_pass(iae_pass=held, reason="rqth", days=365, prescriber=" ", by=None)
    assert refused.value.field == "prescriber"
    with pytest.raises(ProlongationRefused) as refused:
        prolong_pass(iae_pass=held, reason="particular_difficulties", days=10, prescriber="Cap emploi", by=None)
    assert refused.value.field == "reason"

    prolong_pass(iae_pass=held, reason="rqth", days=365, prescriber="Cap emploi", by=None)
    prolong_pass(iae_pass=held, reason="senior", days=1, prescriber="Cap emploi", by=None, today=end)  # 50 and more
    assert dates_of(held).end - end == datetime.timedelta(days=366)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, prescriber FROM insertion_passprolongation")
        assert all(text.startswith("gAAAA") for row in cursor.fetchall() for text in row)
    assert "rqth" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_the_list_tells_the_end_from_six_months_before(person, as_user, counsellor):
    pass_of(person, days_ago=729 - 80)
    row = as_rows([person])[0]
    assert [(deadline.kind, months) for deadline, months in row.alerts] == [("insertion.pass_end", 3)]
    page = as_user(counsellor).get(reverse("people-desk:person-list"))
    assert "Fin du PASS IAE : 3 mois ou moins" in page.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert as_rows([person], today=in_days(-200))[0].alerts == []


def test_pages_write_suspend_prolong_and_keep_what_was_refused(person, as_user, counsellor):
    browser = as_user(counsellor)
    url, post = reverse("insertion-desk:pass", args=[person.public_id]), {}
    for name in ("enter", "suspend", "prolong"):
        post[name] = reverse(f"insertion-desk:pass-{name}", args=[person.public_id])
    assert browser.post(post["suspend"], {}).status_code == 404  # none yet
    said = {"number": "12", "starts_on": in_days(-600).isoformat(), "kind": "ACI"}
    refused = browser.post(post["enter"], said)
    assert (refused.status_code, 'value="12"' in refused.text) == (422, True)
    assert browser.post(post["enter"], said | {"number": NUMBER}).status_code == 302
    assert "130 jours restants" in browser.get(url).text

    days = {"reason": "contract_ended", "start": in_days(1).isoformat(), "end": in_days(9).isoformat()}
    assert "ne commence pas dans le futur" in browser.post(post["suspend"], days).text
    assert browser.post(post["suspend"], days | {"start": in_days(-9).isoformat()}).status_code == 302
    said = {"reason": "complete_training", "days": "30", "operation": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
    assert "mettez d’abord fin à la suspension" in browser.post(post["prolong"], said).text
    lift = reverse("insertion-desk:pass-lift", args=[person.public_id, PassSuspension.objects.get().public_id])
    assert browser.post(lift, {"hired_on": in_days(30).isoformat()}).status_code == 422
    assert browser.post(lift, {"hired_on": in_days(0).isoformat()}).status_code == 302
    assert [browser.post(post["prolong"], said).status_code for _time in range(2)] == [302, 302]
    assert PassProlongation.objects.count() == 1  # sent twice, done once
    own = as_user(person.user).get(reverse("my-path:path")).text
    assert NUMBER in own
    assert "168 jours" in own  # 130 + 8 of the suspension + 30


def test_nobody_else_sees_a_pass(person, as_user, seller, owner):
    pass_of(person)
    url = reverse("insertion-desk:pass", args=[person.public_id])
    for role in ("supervisor", "seller"):
        assert as_user(MembershipFactory(organisation=seller, role=role).user).get(url).status_code == 403
    assert as_user(owner).get(url).status_code == 403
    elsewhere = MembershipFactory(organisation=OrganisationFactory(admitted=True), role="counsellor").user
    assert as_user(elsewhere).get(url).status_code == 404
