"""Which rule takes what from a sale, frozen, to the cent; what the buyer is told."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from rebond.journal.models import Entry as JournalEntry
from rebond.ledger.actions.rule import set_rule, stop_rule
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.errors import RuleInvalid, WrongState
from rebond.ledger.events import Carried
from rebond.ledger.models import FeeLine, FeeRule
from rebond.ledger.queries.fees import Priced, fees_for
from rebond.ledger.queries.shares import expected_shares, shares_by_key, shares_of, taking_of
from rebond.network.models import Agreement, OrganisationAttribute
from rebond.network.queries.agreements import share_of
from rebond.network.queries.vat import _regimes
from tests.factories.ledger import sale_event
from tests.factories.network import AgreementFactory, OrganisationFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
TODAY = timezone.localdate


def rule(operator, **more):
    fields = {"name": "R", "part": "commission", "valid_from": TODAY(), "rate_bp": 1_000} | more
    return set_rule(operator=operator, fields=fields, by=None)


def taken(sale):
    rows = FeeLine.objects.filter(line__sale=sale).order_by("line__number", "number")
    return [(row.line.key, row.part, row.rule_label, row.cents, row.vat_cents) for row in rows]


def test_the_agreement_counts_where_no_rule_fits(seller, operator, agreement):
    sale = post_sale(sale=sale_event(seller, [2_500], shipping_cents=490))

    assert taken(sale) == [("l0", "commission", "", 300, 50), ("l0", "solidarity", "", 50, 0)]
    told = share_of(2_500, commission_bp=1_200, solidarity_bp=200)
    assert (told.commission_cents, told.solidarity_cents) == (300, 50)


def test_no_vat_is_in_the_commission_of_an_operator_without_vat(seller, operator, agreement):
    _regimes.cache_clear()
    OrganisationAttribute.objects.create(
        organisation=operator, kind="vat_regime", value="franchise_293B", valid_from=datetime.date(2024, 1, 1)
    )
    sale = post_sale(sale=sale_event(seller, [2_500]))
    assert taken(sale)[0] == ("l0", "commission", "", 300, 0)


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        ({}, True),
        ({"category": "home"}, True),
        ({"category": "home/chairs"}, True),
        ({"category": "hom"}, False),
        ({"category": "home/chairs/stools"}, False),
        ({"sale_kind": "online"}, True),
        ({"sale_kind": "given"}, False),
        ({"agreement_kind": "integrated"}, True),
        ({"agreement_kind": "brick"}, False),
        ({"base": "shipping"}, False),
        ({"base": "all"}, True),
    ],
)
def test_a_rule_fits_its_scope_only(seller, operator, agreement, scope, fits):
    rule(operator, **scope)
    sale = post_sale(sale=sale_event(seller, [2_000]))

    found = [row for row in taken(sale) if row[1] == "commission"]
    assert found == [("l0", "commission", "R", 200, 0) if fits else ("l0", "commission", "", 240, 40)]


def test_a_rule_of_one_agreement_is_for_this_one(seller, operator, agreement):
    other = AgreementFactory(operator=operator)
    rule(operator, name="Theirs", agreement=other, rate_bp=5_000)
    rule(operator, name="Ours", agreement=agreement, rate_bp=500, priority=1)

    sale = post_sale(sale=sale_event(seller, [2_000]))

    assert taken(sale)[0] == ("l0", "commission", "Ours", 100, 0)


def test_the_highest_priority_counts_then_the_newest(seller, operator, agreement):
    rule(operator, name="Low", priority=1)
    rule(operator, name="Older", priority=5)
    rule(operator, name="Newer", priority=5)

    assert taken(post_sale(sale=sale_event(seller)))[0][2] == "Newer"


def test_a_rule_of_zero_takes_nothing_where_the_agreement_would(seller, operator, agreement):
    rule(operator, rate_bp=0)
    assert [row[1] for row in taken(post_sale(sale=sale_event(seller)))] == ["solidarity"]


def test_several_fees_with_floor_cap_and_fixed_part(seller, operator, agreement):
    fund = OrganisationFactory(kind="fund", slug="fonds")
    rule(operator, part="payment", name="Card", base="all", rate_bp=140, fixed_cents=25, is_refunded=False)
    rule(operator, part="storage", name="Shelf", rate_bp=100, min_cents=50, vat_bp=2_000)
    rule(operator, part="listing", name="Photos", rate_bp=5_000, max_cents=300)
    rule(operator, part="solidarity", name="Fund", rate_bp=300, payee=fund)

    sale = post_sale(sale=sale_event(seller, [1_000, 500], shipping_cents=490))

    assert taken(sale) == [
        ("l0", "commission", "", 120, 20),
        ("l0", "solidarity", "Fund", 30, 0),
        ("l0", "payment", "Card", 27, 0),
        ("l0", "listing", "Photos", 200, 0),
        ("l0", "storage", "Shelf", 33, 5),
        ("l1", "commission", "", 60, 10),
        ("l1", "solidarity", "Fund", 15, 0),
        ("l1", "payment", "Card", 13, 0),
        ("l1", "listing", "Photos", 100, 0),
        ("l1", "storage", "Shelf", 17, 3),
        ("shipping", "payment", "Card", 13, 0),
    ]
    card = FeeLine.objects.filter(part="payment").order_by("line__number")
    assert [(row.base_cents, row.rate_bp, row.fixed_cents) for row in card] == [
        (1_000, 140, 13),
        (500, 140, 6),
        (490, 140, 6),
    ]
    assert FeeLine.objects.filter(part="solidarity").first().payee.owner == fund


def test_a_sale_keeps_its_lines_when_the_rule_stops_and_the_agreement_changes(seller, operator, agreement):
    made = rule(operator, rate_bp=1_500)
    sale = post_sale(sale=sale_event(seller))
    before = taken(sale)
    stop_rule(rule=made, by=None)
    Agreement.objects.update(commission_bp=1)

    assert taken(sale) == before
    assert FeeLine.objects.get(part="commission").rule == made


def test_a_rule_is_said_in_the_journal_and_stops_once(operator, treasurer):
    made = set_rule(operator=operator, fields={"name": "R", "part": "listing", "valid_from": TODAY()}, by=treasurer)
    assert stop_rule(rule=made, by=treasurer).valid_to == TODAY()
    with pytest.raises(WrongState):
        stop_rule(rule=made, by=treasurer)
    assert [e.action for e in JournalEntry.objects.order_by("pk")] == ["ledger.rule.set", "ledger.rule.stopped"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"valid_from": datetime.date(2020, 1, 1)}, "valid_from"),
        ({"valid_to": datetime.date(2020, 1, 1)}, "valid_to"),
        ({"min_cents": 5, "max_cents": 4}, "max_cents"),
        ({"rate_bp": 10_001}, "rate_bp"),
    ],
)
def test_an_impossible_rule_is_refused_with_its_field(operator, fields, field):
    with pytest.raises(RuleInvalid) as refused:
        rule(operator, **fields)
    assert refused.value.field == field
    assert not FeeRule.objects.exists()


def test_a_rule_takes_only_what_a_rule_may_take(operator):
    with pytest.raises(IntegrityError), transaction.atomic():
        rule(operator, part="goods")


lines = st.lists(st.integers(1, 50_000), min_size=1, max_size=6)


@given(lines, st.integers(0, 10_000), st.integers(0, 300), st.integers(0, 2_000), st.none() | st.integers(0, 5_000))
def test_fees_are_whole_and_never_above_their_base(prices, rate, fixed, vat, cap):
    made = FeeRule(pk=1, part="commission", name="R", rate_bp=rate, fixed_cents=fixed, vat_bp=vat, max_cents=cap)
    fees = fees_for([Priced(p) for p in prices], rules=[made], agreement=None, sale_kind="online")

    exact = (sum(prices) * rate + 5_000) // 10_000 + fixed
    assert sum(fee.cents for fee in fees) == min(exact, sum(prices), cap if cap is not None else exact)
    assert all(0 < fee.cents <= prices[fee.line] and 0 <= fee.vat_cents < fee.cents + 1 for fee in fees)
    total = sum(fee.cents for fee in fees)
    assert sum(fee.vat_cents for fee in fees) == (2 * total * vat + 10_000 + vat) // (2 * (10_000 + vat))


def test_where_the_money_goes_is_the_same_before_and_after(seller, operator, agreement):
    rule(operator, part="payment", name="Card", base="all", rate_bp=140)
    taking = taking_of(seller, TODAY())
    told = expected_shares(taking, [(1_999, "home")], shipping_cents=490, is_shipped_by_other=True)

    sale = post_sale(sale=sale_event(seller, [1_999], carried=(Carried(operator, 490),)))

    assert [(s.part, s.cents, s.percent) for s in told] == [
        ("seller", 1_684, 68),
        ("shipping", 490, 20),
        ("commission", 240, 10),
        ("solidarity", 40, 2),
        ("payment", 35, 1),
    ]
    assert shares_of(sale) == told
    assert shares_by_key([sale.key, "none"]) == {sale.key: told}
    assert sum(s.cents for s in told) == sale.total_cents


def test_where_the_money_goes_without_agreement(seller):
    assert [(s.part, s.cents) for s in expected_shares(taking_of(seller, TODAY()), [(700, "")])] == [("seller", 700)]
