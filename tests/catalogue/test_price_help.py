"""Price help: what comparables speak for, the narrowest likeness first, and nothing made up."""

import datetime
import io
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from rebond.catalogue.queries.comparables import Asked, has_price_help, price_help, said_price, weighted_quantile
from rebond.catalogue.queries.items import brands_of
from rebond.catalogue.queries.neighbours import Neighbours, bag_of
from tests.factories.catalogue import ItemFactory

pytestmark = pytest.mark.unit
NOW = datetime.datetime(2026, 11, 26, 12, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("points", "share", "value"),
    [
        ([(10, 1)], "0.5", 10),
        ([(10, 1), (20, 1)], "0.5", 15),
        ([(10, 1), (20, 1), (90, 1)], "0.5", 20),
        ([(10, 2), (20, 1), (90, 1)], "0.5", 15),
        ([(10, 1), (20, 3)], "0.25", 15),
        ([(90, 1), (10, 1), (20, 1), (30, 1)], "0.75", 60),
        ([(10, 1), (20, 1)], "1", 20),
    ],
)
def test_weighted_quantiles(points, share, value):
    assert weighted_quantile(points, Decimal(share)) == value


@pytest.mark.parametrize(
    ("cents", "said"),
    [(1, 50), (120, 100), (130, 150), (2_449, 2_400), (2_450, 2_500), (7_300, 7_500), (7_200, 7_000), (33_400, 33_000)],
)
def test_prices_as_people_say_them(cents, said):
    assert said_price(cents) == said


class TestNeighbours:
    KNOWN = (("Table basse", 4_000), ("Table basse ronde", 5_000), ("Lampe rouge", 1_000), ("Lampe bleue", 1_200))

    def ready(self, times=3):
        known = [(bag_of(title, "", "good"), cents + n) for n in range(times) for title, cents in self.KNOWN]
        return Neighbours([*known, *[(bag_of("Vase", "", "good"), 800)] * 9])

    def test_the_nearest_words_decide(self):
        assert 4_000 < self.ready().price(bag_of("Table basse", "", "good")) < 5_100
        assert 1_000 < self.ready().price(bag_of("Lampe", "", "good")) < 1_300

    def test_without_five_that_share_a_word_nothing_is_said(self):
        assert self.ready().price(bag_of("Piano", "", "")) is None
        assert self.ready(times=2).price(bag_of("ronde", "", "")) is None
        assert Neighbours([]).price(bag_of("Table", "", "")) is None

    def test_words_of_the_title_count_more_and_numbers_nothing(self):
        bag = bag_of("Table Ronde 120", "belle table", "good")
        assert (bag["table"], bag["ronde"], bag["belle"], bag["=good"], bag["120"]) == (3, 2, 1, 2, 0)


@pytest.fixture
def chairs(categories):
    return categories["chairs"]


@pytest.fixture
def make(seller, chairs):
    def items(prices, **more):
        return [ItemFactory(seller=seller, category=chairs, price_cents=p, **{"on_sale": True} | more) for p in prices]

    return items


@pytest.mark.django_db
class TestComparables:
    def test_fewer_than_five_say_nothing(self, make, chairs):
        make([1_000, 2_000, 3_000, 4_000])
        assert price_help(Asked(chairs)) is None

    def test_the_object_itself_is_no_comparable(self, make, chairs):
        items = make([1_000, 2_000, 3_000, 4_000, 5_000])
        assert price_help(Asked(chairs, pk=items[0].pk)) is None
        assert price_help(Asked(chairs)).suggested == 3_000

    def test_drafts_and_withdrawn_objects_are_none(self, make, chairs):
        make([1_000, 2_000, 3_000, 4_000])
        make([9_000] * 5, on_sale=False, state="draft")
        make([9_000] * 5, on_sale=False, state="withdrawn")
        assert price_help(Asked(chairs)) is None

    def test_what_nobody_buys_for_three_months_is_none(self, make, chairs):
        make([2_000] * 4)
        make([9_000] * 3, published_at=timezone.now() - datetime.timedelta(days=91))
        assert price_help(Asked(chairs)) is None

    def test_the_condition_is_kept_where_five_share_it(self, make, chairs):
        make([3_000] * 5, condition="like_new")
        make([1_000] * 9, condition="good")
        found = price_help(Asked(chairs, condition="like_new"))
        assert (found.suggested, found.basis, found.count, found.sold) == (3_000, "condition", 5, 0)
        wider = price_help(Asked(chairs, condition="to_repair"))
        assert (wider.basis, wider.count, wider.confidence) == ("category", 14, "weak")

    def test_brand_and_condition_come_before_condition(self, make, chairs, monkeypatch):
        make([8_000] * 5, brand="BAUMANN", condition="good")
        make([1_000] * 9, condition="good")
        found = price_help(Asked(chairs, condition="good", brand="Baumann"))
        assert (found.suggested, found.basis) == (8_000, "brand_condition")

    def test_the_same_answers_come_before_the_condition_alone(self, make, chairs):
        make([6_000] * 5, attributes={"wood": "oak"})
        make([1_000] * 9, attributes={"wood": "board"})
        found = price_help(Asked(chairs, condition="good", attributes={"wood": "oak"}))
        assert (found.suggested, found.basis) == (6_000, "kind_condition")

    def test_the_same_code_comes_first(self, make, chairs):
        make([700] * 5, gtin="9782070409228")
        make([5_000] * 9)
        assert price_help(Asked(chairs, gtin="9782070409228", condition="good")).basis == "same"

    def test_a_price_that_was_paid_weighs_more(self, make, chairs):
        make([2_000, 2_100, 2_200], on_sale=False, sold=True)
        make([4_000, 4_100, 4_200, 4_300])
        found = price_help(Asked(chairs, condition="good"))
        assert (found.suggested, found.sold, found.count) == (2_200, 3, 7)
        assert found.low <= found.suggested <= found.high

    def test_many_alike_and_close_are_sure(self, make, chairs):
        make([2_000 + 10 * n for n in range(12)], attributes={"wood": "oak"})
        assert price_help(Asked(chairs, condition="good", attributes={"wood": "oak"})).confidence == "strong"

    def test_the_price_of_the_nearest_words_stands_beside(self, make, chairs):
        make([6_000] * 5, title="Fauteuil club cuir marron patiné")
        make([1_000] * 20, title="Chaise pliante")
        found = price_help(Asked(chairs, title="Fauteuil club", condition="good"))
        assert (found.suggested, found.by_words) == (1_000, 6_000)
        assert price_help(Asked(chairs, condition="good")).by_words is None

    def test_one_absurd_price_moves_nothing(self, make, chairs):
        make([2_000, 2_000, 2_000, 2_000, 2_000, 99_000_000])
        assert price_help(Asked(chairs)).suggested == 2_000

    def test_the_reading_is_bounded(self, make, chairs, django_assert_num_queries):
        make([2_000] * 6)
        price_help(Asked(chairs, condition="good"))
        with django_assert_num_queries(2):
            price_help(Asked(chairs, condition="good"))

    def test_brands_are_suggested_by_how_frequent_they_are(self, make, chairs):
        make([2_000] * 2, brand="Baumann")
        make([2_000], brand="Thonet")
        make([2_000])
        assert brands_of(chairs) == ["Baumann", "Thonet"]


def _run(monkeypatch, listing, *arguments):
    monkeypatch.setattr("sys.stdin", io.StringIO(listing if isinstance(listing, str) else json.dumps(listing)))
    out = io.StringIO()
    call_command("suggest_price", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
class TestCommand:
    def test_it_tells_the_interval_and_its_comparables(self, make, monkeypatch):
        make([1_000, 2_000, 3_000, 4_000, 5_000])
        found = json.loads(_run(monkeypatch, {"category": "chairs", "condition": "good"}, "--json"))
        assert (found["low"], found["suggested"], found["high"]) == (2_000, 3_000, 4_000)
        assert (len(found["comparables"]), found["sold"], found["basis"]) == (5, 0, "condition")
        assert "30,00" in _run(monkeypatch, {"category": "chairs"})

    def test_too_few_is_status_1_and_no_number(self, make, chairs, monkeypatch, capsys):
        make([1_000])
        monkeypatch.setattr("sys.stdin", io.StringIO('{"category": "chairs"}'))
        out = io.StringIO()
        with pytest.raises(CommandError):
            call_command("suggest_price", "--json", stdout=out)
        assert json.loads(out.getvalue())["suggested"] is None

    @pytest.mark.parametrize(
        "listing",
        [
            "{",
            "[]",
            {"category": "unheard-of"},
            {"category": "chairs", "attributes": []},
            {"category": "chairs", "gtin": "12"},
        ],
    )
    def test_a_wrong_listing_is_told(self, categories, monkeypatch, listing):
        with pytest.raises(CommandError) as refused:
            _run(monkeypatch, listing)
        assert refused.value.returncode == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sold", "listed", "old", "queries"),
    [(5, 0, 0, 1), (4, 1, 0, 2), (0, 5, 0, 2), (4, 0, 0, 4), (0, 4, 30, 4), (3, 1, 9, 4)],
)
def test_whether_a_price_may_be_said_costs_few_reads(chairs, sold, listed, old, queries, django_assert_num_queries):
    ItemFactory.create_batch(sold, sold=True, category=chairs)
    ItemFactory.create_batch(old, on_sale=True, category=chairs, published_at=NOW - datetime.timedelta(days=91))
    ItemFactory.create_batch(listed, on_sale=True, category=chairs, published_at=NOW)
    asked = Asked(chairs, title="Chaise")
    price_help(asked, now=NOW)

    with django_assert_num_queries(queries):
        has_help = has_price_help(asked, now=NOW)

    assert has_help == (price_help(asked, now=NOW) is not None) == (sold + listed >= 5)


@pytest.mark.django_db
def test_the_object_itself_is_no_comparable(chairs):
    items = ItemFactory.create_batch(5, sold=True, category=chairs)
    assert has_price_help(Asked(chairs), now=NOW)
    assert not has_price_help(Asked(chairs, pk=items[0].pk), now=NOW)
