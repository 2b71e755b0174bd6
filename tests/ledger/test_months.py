"""The month in short: what a night counted and what was posted since are the whole month, to the cent."""

import datetime

import pytest
from django.db.models import Q

from rebond.ledger.actions.month_count import count_month, count_months
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.events import Carried
from rebond.ledger.models import Account, SoldMonth
from rebond.ledger.queries.months import month_of, month_sums
from rebond.ledger.tasks import count_sold_years
from tests.factories.ledger import refund_event, sale_event

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
TENTH = datetime.date(2026, 3, 10)


def at(day, month=3):
    return datetime.datetime(2026, month, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def books(seller, agreement, operator):
    """A sale in February and in April, three of early March with a refund, one of the day itself."""
    for n, when in enumerate([at(27, 2), at(1), at(2), at(3), at(1, 4)]):
        post_sale(sale=sale_event(seller, [1_000 + n], carried=(Carried(operator, 400),), key=f"so-{n}"), now=when)
    post_refund(refund=refund_event("so-1", {"l0": 301}, key="r-1"), now=at(4))
    post_sale(sale=sale_event(seller, [7_000], key="so-today"), now=at(10))


def counted_whole(operator):
    return month_sums(operator, TENTH.replace(day=1), sales=Q(), refunds=Q())


def told(operator):
    month = month_of(operator, TENTH, sellers="Sellers")
    return month.sales, month.paid_cents, month.refunded_cents, {part: cents for part, _, cents, _ in month.parts}


def test_the_same_figures_before_a_count_after_it_and_after_more(books, operator, seller):
    before = told(operator)
    assert before[:3] == (4, 1_001 + 1_002 + 1_003 + 3 * 400 + 7_000, 301)
    count_month(operator=operator, day=TENTH)
    assert told(operator) == before
    assert SoldMonth.objects.get().sales == 3  # the day itself is left alone

    post_sale(sale=sale_event(seller, [2_000], key="so-late"), now=at(2))  # the provider spoke late
    post_refund(refund=refund_event("so-2", {"l0": 99}, key="r-2"), now=at(5))
    post_refund(refund=refund_event("so-today", {"l0": 1_000}, key="r-3"), now=at(10))
    sales, paid, back, parts = told(operator)
    assert (sales, paid, back) == (5, before[1] + 2_000, 301 + 99 + 1_000)
    assert sum(parts.values()) == paid
    whole = counted_whole(operator)
    assert (sales, paid, back) == (whole.sales, whole.paid_cents, whole.refunded_cents)
    assert {part: cents for part, cents in parts.items() if part != "seller"} == whole.parts


def test_a_second_count_replaces_the_first(books, operator, seller):
    count_month(operator=operator, day=TENTH)
    count_month(operator=operator, day=TENTH)
    post_sale(sale=sale_event(seller, [2_000], key="so-late"), now=at(2))
    count_months(now=at(11))
    assert SoldMonth.objects.get().sales == 5
    assert told(operator)[0] == 5


def test_what_the_count_holds_is_not_read_again(books, operator, django_assert_num_queries):
    count_month(operator=operator, day=TENTH)
    SoldMonth.objects.update(sales=100)
    with django_assert_num_queries(6):
        assert told(operator)[0] == 101


def test_months_and_books_do_not_mix(books, operator, seller):
    assert count_month(operator=operator, day=datetime.date(2026, 2, 28)).sales == 1
    assert month_of(operator, datetime.date(2026, 2, 1), sellers="S").sales == 1
    assert month_of(operator, datetime.date(2026, 12, 31), sellers="S").paid_cents == 0
    assert month_of(seller, TENTH, sellers="S").sales == 0


def test_the_night_counts_the_month_that_runs(books):
    assert count_sold_years.func() >= 1
    assert SoldMonth.objects.count() == Account.objects.order_by().values("operator").distinct().count()
