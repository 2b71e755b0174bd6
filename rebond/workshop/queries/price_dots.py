"""The drawing of a price: comparable prices as stacked dots, the usual interval, the price in hand. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, RIGHT, BASE = 18, 382, 76  # the drawing is 400 wide
PITCH, MOST_HIGH = 17, 4  # one dot and its gap; dots in a stack
MOST = 28  # dots drawn: of more prices, as many of their quantiles
STEPS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 1_000_000, 10_000_000)
TICKS = 5


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    is_now: bool


@dataclass(frozen=True, slots=True)
class Dots:
    """`band` is (x, width) of the usual interval; `ticks` are (x, cents)."""

    dots: tuple[Dot, ...]
    band: tuple[int, int]
    ticks: tuple[tuple[int, int], ...]


def dots_of(prices: Sequence[int], *, low: int, high: int, now: int) -> Dots:
    """Prices in cents, one at least; the stack at `now` is lit."""
    shown = _quantiles(sorted(prices))
    bottom, top = min(shown[0], low), max(shown[-1], high)
    step = next((s for s in STEPS if (top - bottom) // s < TICKS), STEPS[-1])
    start, end = bottom // step * step, -(-top // step) * step
    end = max(end, start + step)

    def place(cents: int) -> int:
        return LEFT + (RIGHT - LEFT) * (cents - start) // (end - start)

    stacks: dict[int, int] = {}
    dots = []
    columns = (RIGHT - LEFT) // PITCH
    for cents in shown:
        column = (place(cents) - LEFT) * columns // (RIGHT - LEFT)
        height = stacks.get(column, 0)
        stacks[column] = height + 1
        if height < MOST_HIGH:
            x = LEFT + column * PITCH
            is_now = start <= now <= end and (place(now) - LEFT) * columns // (RIGHT - LEFT) == column
            dots.append(Dot(x, BASE - 10 - height * PITCH, is_now))
    left = place(low) - PITCH // 2
    band = (left, place(high) + PITCH // 2 - left)
    return Dots(tuple(dots), band, tuple((place(at), at) for at in range(start, end + 1, step)))


def _quantiles(prices: list[int]) -> list[int]:
    if len(prices) <= MOST:
        return prices
    return [prices[(2 * n + 1) * len(prices) // (2 * MOST)] for n in range(MOST)]
