"""The rounding rule: nothing is lost, nothing is made, whatever the amounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebond.ledger.queries.surcharge import legal_surcharge
from rebond.ledger.splitting import given_back, half_up, share_out

pytestmark = pytest.mark.unit
amounts = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (100, [1, 1, 4], [17, 17, 66]),
        (1, [1, 1], [1, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 3], [0, 5]),
        (0, [2, 1], [0, 0]),
    ],
)
def test_cents_left_go_to_the_largest_remainder_then_to_the_first(total, weights, parts):
    assert share_out(total, weights) == parts


def test_nothing_is_shared_between_nobody():
    with pytest.raises(ValueError, match="weights"):
        share_out(10, [0, 0])


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(sum))
def test_parts_add_up_and_are_within_a_cent_of_the_exact_share(total, weights):
    parts = share_out(total, weights)

    assert sum(parts) == total
    assert all(
        abs(part * sum(weights) - total * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True)
    )


@given(amounts, st.integers(1, 10**6), st.lists(st.integers(1, 10**6), max_size=8))
def test_partial_refunds_never_pass_the_fee_and_the_last_one_gives_the_rest(fee, first, others):
    price, done, back = first + sum(others), 0, 0
    for cents in [first, *others]:
        now = given_back(fee, price, done, done + cents)
        assert now >= 0
        done, back = done + cents, back + now
        assert back <= fee
    assert (done, back) == (price, fee)


def test_a_half_goes_up():
    assert [half_up(n, 1, 2) for n in (1, 2, 3)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("late", "cents"),
    [
        (0, 0),
        (10, 90),
        (11, 122),
        (25, 243),
        (60, 486),
        (90, 1_215),
        (91, 1_337),
        (120, 1_337),
        (121, 1_458),
        (999, 2_430),
    ],
)
def test_a_late_refund_costs_what_the_law_says(late, cents):
    """rules.md L 19: 24,30 € twenty-five days late is 2,43 € more."""
    assert legal_surcharge(2_430, late, legal_rate_bp=371) == cents
