"""The proof finds what is wrong, and mends only what is derived."""

import json

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from rebond.core.db import remove
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.correction import reverse_entry
from rebond.ledger.actions.night import check_at_night
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.guards import GUARDS, install_guards
from rebond.ledger.models import Balance, Entry, FeeLine, Posting, Sale, SaleLine
from rebond.ledger.queries.night import last_check
from tests.factories.ledger import refund_event, sale_event

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def books(seller, agreement, treasurer):
    """Three sales, one of them partly refunded, one reversed."""
    first, second, third = (post_sale(sale=sale_event(seller, [1_000, 250])) for _ in range(3))
    post_refund(refund=refund_event(second.key, {"l1": 100}))
    reverse_entry(entry=third.entry, reason="Twice.", by=treasurer)
    return first


@pytest.fixture
def unguarded():
    """The guards taken away inside the test's transaction: what a hand in the database could do."""
    remove(connection, GUARDS)


def test_right_books_are_right(books):
    report = check_ledger()

    assert report.is_right
    assert (report.entries, report.postings) == (5, Posting.objects.count())
    assert report.debit_cents == -sum(Posting.objects.filter(cents__lt=0).values_list("cents", flat=True))


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("entries", lambda: Posting.objects.filter(part="solidarity", cents__gt=0).update(cents=3)),
        ("entries", lambda: Posting.objects.filter(entry=Entry.objects.order_by("pk").first()).delete()),
        ("days", lambda: Posting.objects.filter(pk=Posting.objects.order_by("pk").first().pk).update(on="2020-01-01")),
        ("sales", lambda: Sale.objects.filter(refunded_cents=0).update(refunded_cents=1)),
        ("lines", lambda: SaleLine.objects.filter(refunded_cents=100).update(refunded_cents=99)),
        ("fees", lambda: FeeLine.objects.filter(part="commission").update(cents=1, vat_cents=0)),
    ],
)
def test_each_sort_of_wrong_is_found(books, unguarded, name, harm):
    harm()
    report = check_ledger(repair=True)

    assert not report.is_right
    assert report.wrong[name] > 0
    assert report.guards == [guard.name for guard in GUARDS]


def test_a_reversal_that_does_not_match_is_found(books, unguarded):
    made = Entry.objects.get(reverses__isnull=False)
    rows = made.postings.filter(part="goods").order_by("pk")
    debit, credit = rows.get(cents__gt=0), rows.get(cents__lt=0)
    for row in (debit, credit):
        Posting.objects.filter(pk=row.pk).update(cents=row.cents + (1 if row.cents > 0 else -1))

    report = check_ledger()

    assert (report.wrong["entries"], report.wrong["reversals"]) == (0, 2)


def test_a_wrong_balance_is_made_again_from_the_postings(books, seller):
    true = Balance.objects.get(account__owner=seller)
    Balance.objects.update(cents=12, postings=1)
    assert not check_ledger().is_right

    report = check_ledger(repair=True)

    assert (report.balances, report.repaired, report.is_right) == (1, 1, True)
    mended = Balance.objects.get(account__owner=seller)
    assert (mended.cents, mended.postings) == (true.cents, true.postings)
    Balance.objects.all().delete()
    assert check_ledger(repair=True).repaired == 1


def test_the_command_answers_and_fails_where_it_must(books, capsys):
    call_command("check_ledger", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["entries"], said["balances"]) == (True, 5, 0)

    with transaction.atomic():
        Balance.objects.update(cents=12)
    with pytest.raises(SystemExit):
        call_command("check_ledger")
    assert "Balances that are not the sum of their postings: 1 (0 repaired)" in capsys.readouterr().out


def test_guards_come_back_after_a_migration(unguarded):
    install_guards(using="default")
    install_guards(using="default")
    assert check_ledger().guards == []


def test_the_night_keeps_what_was_found(books):
    assert check_at_night() == {"ok": True, "entries": 5}
    assert last_check().result["ok"] is True
