"""Marks along long accounts: the same balances at a cost that does not grow, proved, made again."""

import datetime

import pytest
from django.utils import timezone

from rebond.ledger.actions import marks
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.marks import set_marks
from rebond.ledger.actions.night import check_at_night
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.models import Account, Mark, Posting
from rebond.ledger.queries import accounts as queries
from rebond.ledger.queries.marks import sum_until, sums_of
from tests.factories.ledger import sale_event

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
BEFORE = timezone.now() - datetime.timedelta(days=3)


@pytest.fixture
def books(seller, agreement, monkeypatch):
    """Seven sales of three days ago and one of today; a mark every three postings."""
    monkeypatch.setattr(marks, "EVERY", 3)
    for n in range(7):
        post_sale(sale=sale_event(seller, [1_000 + n]), now=BEFORE)
    post_sale(sale=sale_event(seller, [50_000]))
    return Account.objects.get(kind="provider")


def true_sum(account, until=None):
    rows = Posting.objects.filter(account=account)
    return sum(row.cents for row in (rows.filter(pk__lte=until) if until else rows))


def test_balances_are_the_same_with_and_without_marks(books, operator):
    before = queries.operator_balances(operator)
    assert set_marks() > 0
    assert queries.operator_balances(operator) == before
    assert dict(sums_of(list(Account.objects.all()))) == {row.pk: true_sum(row) for row in Account.objects.all()}
    for posting in Posting.objects.filter(account=books):
        assert sum_until(books, posting.pk) == true_sum(books, posting.pk)
    assert -queries.balance_now(books) == true_sum(books)


def test_today_is_left_alone_and_a_second_night_adds_nothing(books):
    set_marks()
    kept = list(Mark.objects.filter(account=books).order_by("posting").values_list("postings", "cents"))
    assert kept == [(3, 3_003), (6, 6_015)]
    assert set_marks() == 0
    set_marks(now=timezone.now() + datetime.timedelta(days=1))
    assert Mark.objects.filter(account=books).count() == 2  # eight postings: the last two wait


def test_a_wrong_mark_is_found_and_taken_away(books):
    check_at_night()
    assert check_ledger().is_right
    Mark.objects.filter(account=books, postings=6).update(cents=1)
    report = check_ledger()
    assert (report.is_right, report.balances, report.told[0]["check"]) == (False, 1, "marks")
    assert check_ledger(repair=True).is_right
    assert not Mark.objects.filter(account=books).exists()
    assert check_ledger().is_right


def test_a_page_of_a_long_account_reads_its_last_lines_only(books, django_assert_num_queries):
    set_marks()
    rows = queries.postings_of(books)
    with django_assert_num_queries(3):
        lines, _next = queries.statement_page(books, rows, None)
    assert -lines[0].balance_cents == true_sum(books)
