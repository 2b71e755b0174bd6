"""rules.md F4: the lowest price of the last 30 days."""

import datetime

import pytest

from rebond.catalogue.queries.prices import PricePoint, lowest_before, reference_price

pytestmark = pytest.mark.unit
NOW = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)


def ago(days):
    return NOW - datetime.timedelta(days=days)


def test_vector_21_shows_the_lowest_of_the_last_30_days():
    """20 € for 40 days, 18 € for 10 days, now 15 €: 18 € is shown."""
    history = [PricePoint(ago(50), 2000), PricePoint(ago(10), 1800), PricePoint(NOW, 1500)]
    assert reference_price(history) == 1800


def test_vector_21_progressive_promotion_keeps_the_first_price():
    """The same cuts, both of one declared progressive promotion: 20 € is shown."""
    history = [PricePoint(ago(50), 2000), PricePoint(ago(10), 1800, True), PricePoint(NOW, 1500, True)]
    assert reference_price(history) == 2000


def test_a_progressive_cut_after_an_ordinary_one_starts_its_own_promotion():
    history = [PricePoint(ago(50), 2000), PricePoint(ago(10), 1800), PricePoint(NOW, 1500, True)]
    assert reference_price(history) == 1800


@pytest.mark.parametrize("days", [200, 40, 30])
def test_a_cut_that_has_become_the_price_is_not_part_of_the_promotion(days):
    """50 €, then 30 € for 30 days or more, now 25 €: it cost 30 €, whatever both cuts are called."""
    history = [PricePoint(ago(300), 5000), PricePoint(ago(days), 3000, True), PricePoint(NOW, 2500, True)]
    assert reference_price(history) == 3000


def test_a_promotion_goes_on_while_each_cut_follows_within_30_days():
    cuts = [PricePoint(ago(days), cents, True) for days, cents in ((58, 4000), (29, 3000), (0, 2500))]
    assert reference_price([PricePoint(ago(100), 5000), *cuts]) == 5000


def test_a_rise_shows_nothing():
    assert reference_price([PricePoint(ago(50), 2000), PricePoint(NOW, 2500)]) is None


def test_a_first_price_shows_nothing():
    assert reference_price([PricePoint(NOW, 2000)]) is None
    assert reference_price([]) is None


def test_a_rise_before_a_cut_does_not_make_a_false_discount():
    """15 € for long, 30 € yesterday, now 20 €: the lowest is 15 €, so it is no reduction."""
    history = [PricePoint(ago(90), 1500), PricePoint(ago(1), 3000), PricePoint(NOW, 2000)]
    assert reference_price(history) is None


def test_a_low_price_that_ended_more_than_30_days_ago_does_not_count():
    history = [PricePoint(ago(90), 1000), PricePoint(ago(31), 3000), PricePoint(NOW, 2000)]
    assert reference_price(history) == 3000


def test_a_low_price_that_ended_29_days_ago_counts():
    history = [PricePoint(ago(90), 1000), PricePoint(ago(29), 3000), PricePoint(NOW, 2000)]
    assert reference_price(history) is None


def test_listed_for_less_than_30_days_counts_from_its_listing():
    """A price of the draft was never shown to anybody."""
    history = [PricePoint(ago(20), 500), PricePoint(ago(12), 2000), PricePoint(NOW, 1500)]
    assert reference_price(history, since=ago(10)) == 2000
    assert lowest_before(history, NOW) == 500


def test_a_cut_before_the_listing_is_no_reduction():
    history = [PricePoint(ago(20), 2000), PricePoint(ago(12), 1500)]
    assert reference_price(history, since=ago(10)) is None
