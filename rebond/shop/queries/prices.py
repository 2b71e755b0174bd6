"""The price range of the filters: even steps for the thumbs, uneven prices behind them; steps with their counts."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rebond.catalogue.search import Facet
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


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One step of the price with its number of objects; `url` chooses it, or takes it off where it is chosen."""

    label: str
    url: str
    count: int
    is_exact: bool
    is_chosen: bool


def price_steps(params: Params, facet: Facet | None) -> list[PriceStep]:
    """The steps that have objects, cheapest first, counted with all filters but the price."""
    return [_step(params, v.value, v.count, is_exact=v.is_exact) for v in facet.values] if facet else []


def _step(params: Params, value: str, count: int, *, is_exact: bool) -> PriceStep:
    """`500-1000` (cents, upper end excluded) is from 5 € to 9.99 €."""
    low, _dash, high = value.partition("-")
    bounds = (int(low) or None, int(high) - 1 if high else None)
    words = {"low": int(low) // 100, "high": int(high) // 100 if high else 0}
    if not high:
        label = _("%(low)s € and more")
    elif bounds[0] is None:
        label = _("Under %(high)s €")
    else:
        label = _("%(low)s to %(high)s €")
    is_chosen = (params.price_min, params.price_max) == bounds
    low_cents, high_cents = (None, None) if is_chosen else bounds
    return PriceStep(label % words, params.url(price_min=low_cents, price_max=high_cents), count, is_exact, is_chosen)
