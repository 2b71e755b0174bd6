"""The price range of the filters: even steps for the thumbs, uneven prices behind them."""

from dataclasses import dataclass

from rebond.shop.queries.params import Params, euros

STEPS = (0, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000)  # euros


@dataclass(frozen=True, slots=True)
class PriceRange:
    """`low` and `high` are places in STEPS; texts are what the two fields hold."""

    low: int
    high: int
    from_text: str
    to_text: str

    @property
    def last(self) -> int:
        return len(STEPS) - 1

    @property
    def steps_text(self) -> str:
        return ",".join(map(str, STEPS))

    @property
    def low_percent(self) -> int:
        return self.low * 100 // self.last

    @property
    def high_percent(self) -> int:
        return self.high * 100 // self.last


def price_range(params: Params) -> PriceRange:
    """The range as the address sets it."""
    low, high = params.price_min, params.price_max
    last = len(STEPS) - 1
    return PriceRange(
        low=0 if low is None else max(i for i, step in enumerate(STEPS) if step * 100 <= low),
        high=last if high is None else next((i for i, step in enumerate(STEPS) if step * 100 >= high), last),
        from_text="" if low is None else euros(low),
        to_text="" if high is None else euros(high),
    )
