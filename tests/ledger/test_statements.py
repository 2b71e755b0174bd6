"""A month's paper: its four sums follow from the postings, each by itself."""

import datetime

import pytest
from django.urls import reverse

from rebond.ledger.actions.amounts import post_service
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.models import Account
from rebond.ledger.queries import statements
from rebond.ledger.queries.statements import months_of, paper_of, statement_of
from tests.factories.ledger import amount_event, refund_event, sale_event

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def at(month, day=5):
    return datetime.datetime(2026, month, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def account(seller, agreement):
    post_sale(sale=sale_event(seller, [2_000], key="so-a"), now=at(3))
    post_refund(refund=refund_event("so-a", {"l0": 1_000}), now=at(4))
    post_sale(sale=sale_event(seller, [500]), now=at(4, 30))
    post_service(event=amount_event(99, owner=seller), now=at(5, 1))
    return Account.objects.get(kind="seller")


def test_a_month_follows_from_the_one_before(account):
    march, april, may = (statement_of(account, 2026, month) for month in (3, 4, 5))

    assert (march.opening_cents, march.received_cents, march.taken_cents, march.closing_cents) == (0, 2_000, 280, 1_720)
    assert (april.opening_cents, april.received_cents, april.taken_cents, april.closing_cents) == (
        1_720,
        500 + 120 + 20,
        1_000 + 60 + 10,
        1_290,
    )
    assert (may.opening_cents, may.closing_cents) == (1_290, 1_191)
    assert all(month.is_right for month in (march, april, may))
    assert april.parts == [
        ("Prix des objets", 500, 1_000),
        ("Commission", 120, 60),
        ("Contribution solidaire", 20, 10),
    ]


def test_the_lines_of_the_paper_end_at_its_last_sum(account, monkeypatch):
    paper = paper_of(statement_of(account, 2026, 4))
    assert paper["rows"][-1][-1] == paper["sums"][3][1] == "12,90\u00a0€"
    assert (len(paper["rows"]), paper["note"]) == (6, "")
    monkeypatch.setattr(statements, "MOST_LINES", 5)
    short = paper_of(statement_of(account, 2026, 4))
    assert (len(short["rows"]), bool(short["note"])) == (5, True)


def test_months_are_those_that_are_over(account):
    found = months_of(account, today=datetime.date(2026, 6, 9))
    assert found == [datetime.date(2026, month, 1) for month in (5, 4, 3)]
    assert len(months_of(account, today=datetime.date(2036, 6, 9))) == 24


def test_a_seller_and_the_treasurer_print_the_same_month(as_user, owner, treasurer, stranger, account):
    own = reverse("ledger:own-statement", args=[2026, 4])
    paper = as_user(owner).get(own)
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert "releve-ateliers-du-confluent-2026-04.pdf" in paper["Content-Disposition"]
    theirs = reverse("ledger:account-statement", args=[account.public_id, 2026, 4])
    assert as_user(treasurer).get(theirs).content.startswith(b"%PDF")
    assert as_user(stranger).get(own).status_code == 404
    assert as_user(owner).get(theirs).status_code == 403
    assert f'href="{own}"' in as_user(owner).get("/bureau/mon-argent/").text
    for year, month in ((2026, 13), (2999, 1), (0, 1)):
        assert as_user(owner).get(reverse("ledger:own-statement", args=[year, month])).status_code == 404
