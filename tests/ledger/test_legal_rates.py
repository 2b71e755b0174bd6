"""Rates of legal interest: entered by one person, granted by another, never changed; what is not known is said."""

import datetime
import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from rebond.ledger.actions.legal_rate import ask_rate, decide_rate
from rebond.ledger.errors import RateInvalid, SamePerson, WrongState
from rebond.ledger.models import LegalRate
from rebond.ledger.queries.legal_rates import Rate, check_legal_rate, rate_on
from tests.factories.network import MembershipFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
SECOND = datetime.date(2026, 7, 1)


@pytest.fixture
def chief(operator):
    return MembershipFactory(organisation=operator, role="coordinator", user__name="Chloé Chef").user


@pytest.fixture
def ask(operator, treasurer):
    def make(points=700, starts_on=SECOND, source="Arrêté du 20 juin 2026"):
        now = timezone.make_aware(datetime.datetime(2026, 11, 27, 9))
        return ask_rate(
            organisation=operator, starts_on=starts_on, basis_points=points, source=source, by=treasurer, now=now
        )

    return make


def test_a_half_year_that_nobody_knows_counts_with_the_last_rate_and_never_with_nothing(db):
    assert rate_on(datetime.date(2026, 6, 30)) == Rate(667, datetime.date(2026, 1, 1))
    assert rate_on(datetime.date(2026, 11, 27)) == Rate(667, datetime.date(2026, 1, 1), is_provisional=True)
    assert rate_on(datetime.date(2031, 1, 1)).basis_points == 667
    assert rate_on(datetime.date(2019, 1, 1)) == Rate(816, datetime.date(2024, 7, 1), is_provisional=True)


def test_a_rate_counts_once_another_person_granted_it(ask, treasurer, chief):
    rate = ask()
    assert (rate.ends_on, rate_on(SECOND).is_provisional) == (datetime.date(2026, 12, 31), True)
    with pytest.raises(SamePerson):
        decide_rate(rate=rate, is_granted=True, by=treasurer)
    decide_rate(rate=rate, is_granted=True, by=chief)
    assert rate_on(SECOND) == Rate(700, SECOND)
    for is_granted in (True, False):
        with pytest.raises(WrongState):
            decide_rate(rate=rate, is_granted=is_granted, by=chief)
    again = ask(690)  # a slip of the pen: entered again, and the last one granted counts
    assert rate_on(SECOND).basis_points == 700
    decide_rate(rate=again, is_granted=True, by=chief)
    assert (rate_on(SECOND).basis_points, LegalRate.objects.count()) == (690, 2)


def test_a_refused_rate_counts_for_nothing_and_leaves_room_for_another(ask, chief):
    decide_rate(rate=ask(7_00), is_granted=False, by=chief)
    assert rate_on(SECOND).is_provisional
    with pytest.raises(RateInvalid):
        [ask(701), ask(702)]
    assert LegalRate.objects.filter(state="asked").count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts_on": datetime.date(2026, 7, 2)}, "starts_on"),
        ({"starts_on": datetime.date(2027, 7, 1)}, "starts_on"),
        ({"points": 0}, "basis_points"),
        ({"points": 5_001}, "basis_points"),
        ({"source": "  "}, "source"),
    ],
)
def test_what_is_no_rate_is_refused(ask, given, field):
    with pytest.raises(RateInvalid) as refused:
        ask(**given)
    assert (refused.value.field, LegalRate.objects.count()) == (field, 0)


def test_the_database_lets_nobody_change_or_delete_a_rate(ask, chief):
    rate = decide_rate(rate=ask(), is_granted=True, by=chief)
    for act in (
        lambda: LegalRate.objects.filter(pk=rate.pk).update(basis_points=1),
        lambda: LegalRate.objects.filter(pk=rate.pk).update(state="refused"),
        rate.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert rate_on(SECOND).basis_points == 700


def test_the_check_of_the_site_says_that_a_rate_is_missing(monkeypatch, ask, chief, capsys):
    monkeypatch.setattr(timezone, "localdate", lambda *_args: datetime.date(2026, 11, 27))
    told = check_legal_rate()
    assert (told.is_ok, told.is_warning) == (True, True)
    assert "2026-07-01 is not known" in told.detail
    monkeypatch.setattr("rebond.front.management.commands.check.run_checks", lambda: [told])
    call_command("check", "--json")
    assert json.loads(capsys.readouterr().out)["parts"]["legal rate"]["warning"] is True
    call_command("check")
    assert capsys.readouterr().out.startswith("?")
    decide_rate(rate=ask(), is_granted=True, by=chief)
    assert check_legal_rate().is_warning is False


def test_the_desk_says_what_is_missing_takes_it_in_and_another_person_grants_it(as_user, treasurer, chief, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_args: datetime.date(2026, 11, 27))
    page, client = reverse("ledger:rate-list"), as_user(treasurer)
    text = client.get(page).text
    assert "manque" in text
    assert "6,67" in text
    assert "taux de l’intérêt légal" in client.get("/bureau/").text
    wrong = client.post(page, {"starts_on": "2026-07-01", "basis_points": "", "source": "x"})
    assert (wrong.status_code, LegalRate.objects.count()) == (422, 0)
    client.post(page, {"starts_on": "2026-07-01", "basis_points": "7,01", "source": "Arrêté"})
    rate = LegalRate.objects.get()
    assert rate.basis_points == 701
    decide = reverse("ledger:rate-decide", args=[rate.public_id])
    client.post(decide, {"decision": "accord"})
    assert LegalRate.objects.get().state == "asked"
    as_user(chief).post(decide, {"decision": "accord"})
    assert rate_on(SECOND).basis_points == 701
    assert "manque" not in as_user(treasurer).get(page).text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_any_number(as_user, treasurer, ask, chief, number, django_assert_num_queries):
    for n in range(number):
        decide_rate(rate=ask(700 + n), is_granted=True, by=chief)
    client, page = as_user(treasurer), reverse("ledger:rate-list")
    client.get(page)
    with django_assert_num_queries(6):
        client.get(page)
