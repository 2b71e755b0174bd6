"""Which flows of last month do not close: a row that the night writes, and who changes its ground has it written anew."""

import datetime

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.intake.actions.balance import note_count
from rebond.intake.actions.gaps import note_all_gaps, note_gaps
from rebond.intake.models import MonthGap
from rebond.intake.queries.supervising import gaps, last_month
from tests.factories.network import SiteFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
KG = 1_000
TODAY = datetime.date(2026, 11, 26)


@pytest.fixture
def site(seller):
    return SiteFactory(organisation=seller)


@pytest.fixture
def count(site, owner):
    """`count(day, kg)` of furniture."""
    return lambda day, kg: note_count(
        site=site, flow="furniture", day=datetime.date(2026, *day), weight_g=kg * KG, by=owner
    )


def told(site):
    return [one.key for one in gaps(site, TODAY)]


def test_last_month_is_whole():
    assert last_month(datetime.date(2026, 3, 1)) == (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    assert last_month(datetime.date(2026, 1, 31)) == (datetime.date(2025, 12, 1), datetime.date(2025, 12, 31))


def test_what_vanished_in_the_month_is_told_until_it_is_found(site, count, django_assert_num_queries):
    count((9, 30), 100)
    count((10, 31), 50)
    assert told(site) == []  # nobody reckoned yet
    assert note_all_gaps(today=TODAY) == 1
    assert note_all_gaps(today=TODAY) == 1  # the same again
    assert told(site) == ["furniture"]
    with django_assert_num_queries(1):
        gaps(site, TODAY)
    count((10, 31), 100)
    assert note_gaps(site=site, today=TODAY) == []
    assert told(site) == []


def test_a_month_without_a_count_says_nothing(site, count):
    count((9, 30), 100)
    assert note_gaps(site=site, today=TODAY) == []
    assert note_all_gaps(today=TODAY) == 0
    assert MonthGap.objects.count() == 0


def test_a_count_of_a_day_that_is_over_has_the_month_reckoned(site, owner):
    start, end = last_month(timezone.localdate())
    for day, kg in ((start - datetime.timedelta(days=1), 100), (end, 40)):
        note_count(site=site, flow="furniture", day=day, weight_g=kg * KG, by=owner)
    assert DBTaskResult.objects.filter(task_path="rebond.intake.tasks.note_gaps").count() == 2
