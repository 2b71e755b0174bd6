import re
from decimal import Decimal

import pytest

from rebond.core.charts import Chart, Point, draw_bars, draw_line, draw_step, ticks

pytestmark = pytest.mark.unit


def chart(values=(92, 98, 148), others=(), **fields):
    pairs = zip(values, others or [None] * len(values), strict=True)
    points = [Point(f"Mois {n}", value, other, f"m{n}") for n, (value, other) in enumerate(pairs)]
    return Chart(
        **{
            "title": "Octobre dépasse",
            "unit": "Tonnes",
            "says": "De 92 à 148.",
            "points": points,
            "series": "2026",
            "other": "2025",
        }
        | fields
    )


@pytest.mark.parametrize(
    ("top", "values"),
    [(0, [1]), (1, [1]), (3, [1, 2, 3]), (148, [50, 100, 150]), (7, [5, 10]), (61_300, [25_000, 50_000, 75_000])],
)
def test_ticks_are_round_and_reach_the_top(top, values):
    assert ticks(top) == values


def test_bars_start_at_zero_and_keep_their_proportions():
    drawn = draw_bars(chart((50, 100)))
    heights = [float(h) for h in re.findall(r'height="([\d.]+)" rx', drawn)]

    assert heights[1] == pytest.approx(2 * heights[0], rel=0.01)
    assert 'role="img" aria-label="De 92 à 148."' in drawn


def test_bars_write_first_last_and_extremes_only():
    drawn = draw_bars(chart((92, 98, 110, 84, 148, 120)))

    assert re.findall(r'class="v"[^>]*>([^<]+)<', drawn) == ["92", "84", "148", "120"]


def test_comparison_is_a_dash_and_the_current_point_is_marked():
    drawn = draw_bars(chart((92, 98), (90, 99), now=1))

    assert drawn.count('stroke="var(--ink)" stroke-width="2.5"') == 2
    assert drawn.count('class="now"') == 1


@pytest.mark.parametrize("values", [(), (0,), (5,), (0, 0, 0)])
@pytest.mark.parametrize("draw", [draw_bars, draw_line, draw_step])
def test_little_or_nothing_to_draw_is_drawn(draw, values):
    drawn = draw(chart(values))

    assert drawn.startswith('<svg class="chart')
    assert "nan" not in drawn


def test_line_that_does_not_start_at_zero_says_its_floor():
    drawn = draw_line(chart((1000, 1010, 1030), from_zero=False))

    assert "1\u00a0010" in drawn
    assert 'class="l1"' in drawn


def test_values_are_written_as_money_and_decimals_with_a_comma():
    assert "28,00\u00a0€" in draw_step(chart((2800, 2500), writes="cents"))
    assert chart((Decimal("6.5"),)).rows == [("Mois 0", "6,5", "–")]


def test_words_are_escaped():
    drawn = draw_bars(chart(says='"><script>'))

    assert "<script>" not in drawn


def test_many_points_keep_twelve_words_at_most():
    drawn = draw_bars(chart(tuple(range(1, 101))))

    assert len(re.findall(r">m\d+<", drawn)) <= 12
