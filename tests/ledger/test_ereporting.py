"""Sales to consumers, summed as the tax office wants them told."""

import dataclasses
import datetime
import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from rebond.ledger.actions.credit_note import issue_credit_note
from rebond.ledger.actions.invoice import issue_invoice
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.queries.ereporting import consumer_taxes, day_sums, percent, periods_of, totals_of
from tests.factories.invoices import BUYER, billed_sale, make_issuer
from tests.factories.ledger import refund_event

pytestmark = [pytest.mark.page, pytest.mark.django_db]
DAY = datetime.date(2026, 3, 5)


def at(day):
    return datetime.datetime(2026, 3, day, 12, tzinfo=datetime.UTC)


@pytest.fixture
def issuer(seller, operator, agreement):
    return make_issuer(seller, operator)


def lines_of(seller, first=DAY, last=DAY):
    return list(day_sums(consumer_taxes(first, last, seller=seller)))


def issue(seller, cents, day=5, **more):
    return issue_invoice(sale=billed_sale(seller, cents, **more), now=at(day))


def test_a_day_is_summed_by_rate_and_credit_notes_come_off(issuer):
    issue(issuer, [2_400])
    issue(issuer, [1_200], key="so-b")
    entry = post_refund(refund=refund_event("so-b", {"l0": 600}))
    issue_credit_note(entry=entry, now=at(5))

    [line] = lines_of(issuer)
    assert (line.category, line.vat_bp, line.rate) == ("TLB1", 2_000, "20")
    assert (line.net_cents, line.vat_cents, line.transactions) == (2_500, 500, 2)
    assert (line.siren, line.currency, line.on) == (issuer.siren, "EUR", DAY)


def test_a_later_credit_note_is_told_on_its_own_day_below_zero(issuer):
    issue(issuer, [1_200], key="so-b")
    issue_credit_note(entry=post_refund(refund=refund_event("so-b", {"l0": 1_200})), now=at(6))

    assert [(line.on.day, line.net_cents, line.transactions) for line in lines_of(issuer, last=DAY.replace(day=6))] == [
        (5, 1_000, 1),
        (6, -1_000, 0),
    ]


def test_professionals_are_left_out(issuer):
    issue(issuer, [1_200], buyer=dataclasses.replace(BUYER, siren="552100554"))
    assert lines_of(issuer) == []


@pytest.mark.parametrize(
    ("regime", "expected"),
    [
        ("margin", [("TMA1", 2_000, 1_000, 200)]),
        ("franchise_293B", [("TLB1", 0, 1_200, 0)]),
        ("exempt_261_7", []),
        ("out_of_scope", []),
    ],
)
def test_each_regime_has_its_category(seller, operator, agreement, regime, expected):
    make_issuer(seller, operator, regime)
    issue(seller, [1_200])
    found = [(line.category, line.vat_bp, line.net_cents, line.vat_cents) for line in lines_of(seller)]
    assert found == expected


def test_the_period_adds_up(issuer):
    issue(issuer, [2_400])
    issue(issuer, [1_200], day=6)
    [total] = totals_of(lines_of(issuer, last=DAY.replace(day=9)))
    assert (total.net_cents, total.vat_cents, total.transactions) == (3_000, 600, 2)
    assert [percent(bp) for bp in (0, 550, 2_000)] == ["0", "5,5", "20"]


def test_periods_follow_the_regime():
    days = [(first.day, last.day) for first, last in periods_of("standard", 2026, 2)]
    assert days == [(1, 10), (11, 20), (21, 28)]
    [(first, last)] = periods_of("franchise_293B", 2026, 4)
    assert (first, last) == (datetime.date(2026, 3, 1), datetime.date(2026, 4, 30))


@pytest.mark.parametrize("rhythm", ["quarterly", "simplified"])
def test_who_does_not_declare_vat_each_month_tells_one_period_a_month(rhythm):
    whole = [(datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))]
    assert periods_of("standard", 2026, 2, rhythm) == periods_of("margin", 2026, 2, rhythm) == whole
    assert len(periods_of("franchise_293B", 2026, 2, rhythm)) == 1
    assert periods_of("franchise_293B", 2026, 2, rhythm)[0][0] == datetime.date(2026, 1, 1)


def test_the_page_proposes_the_periods_of_the_rhythm_that_is_noted(as_user, owner, issuer):
    today = timezone.localdate()
    page = as_user(owner).get(reverse("ledger:ereporting"))
    assert (len(page.context["periods"]), "trois fois par mois" in page.text) == (9, True)
    given = {"kind": "vat_rhythm", "value": "quarterly", "valid_from": today.replace(day=1).isoformat()}
    add = reverse("network:attribute-add", args=[issuer.public_id])
    assert as_user(owner).post(add, given | {"value": "standard"}).status_code == 422
    as_user(owner).post(add, given)
    page = as_user(owner).get(reverse("ledger:ereporting"))
    assert (len(page.context["periods"]), "une fois par mois" in page.text) == (3, True)
    assert {(first.day, (last + datetime.timedelta(days=1)).day) for first, last in page.context["periods"]} == {(1, 1)}


def test_a_seller_reads_its_own_and_the_treasurer_all(as_user, owner, treasurer, stranger, issuer):
    issue(issuer, [2_400])
    query = {"du": "2026-03-01", "au": "2026-03-31"}
    text = as_user(owner).get(reverse("ledger:ereporting"), query).text
    assert "20,00\u00a0€" in text
    assert "TLB1" in text
    assert "Rien à déclarer" not in text
    every = as_user(treasurer).get(reverse("ledger:ereporting-all"), query).text
    assert "Les Ateliers du Confluent" in every
    assert as_user(owner).get(reverse("ledger:ereporting-all")).status_code == 403
    assert "TLB1" not in as_user(stranger).get(reverse("ledger:ereporting"), query).text
    sheet = as_user(owner).get(reverse("ledger:ereporting"), query | {"export": "csv"})
    rows = b"".join(sheet.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[1] == f"{issuer.siren};Les Ateliers du Confluent;2026-03-05;TLB1;2000;EUR;20,00;4,00;1"


def test_the_page_says_what_is_not_told_and_what_waits(as_user, owner, seller, operator, agreement):
    make_issuer(seller, operator, "exempt_261_7", mandate=False)
    text = as_user(owner).get(reverse("ledger:ereporting")).text
    assert "rien à déclarer" in text
    assert f"{timezone.localdate():%Y}" in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_any_number(as_user, owner, issuer, number, django_assert_num_queries):
    for _n in range(number):
        issue(issuer, [1_200])
    client, page = as_user(owner), reverse("ledger:ereporting")
    client.get(page)
    with django_assert_num_queries(8):
        client.get(page, {"du": "2026-03-01", "au": "2026-03-31"})


def test_the_command_writes_the_file(issuer, tmp_path, capsys):
    issue(issuer, [2_400])
    days = ("--from", "2026-03-01", "--to", "2026-03-31", "--folder", str(tmp_path))
    call_command("export_ereporting", *days, "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["lines"], found["totals"][0]["net_cents"]) == (1, 2_000)
    call_command("export_ereporting", *days, "--seller", issuer.siren)
    assert "1 lines" in capsys.readouterr().out
    with pytest.raises(CommandError, match="SIREN"):
        call_command("export_ereporting", *days, "--seller", "1")
    with pytest.raises(CommandError, match="before"):
        call_command("export_ereporting", "--from", "2026-03-02", "--to", "2026-03-01")
