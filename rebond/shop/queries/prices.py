"""The price range of the filters: even steps for the thumbs, uneven prices behind them; steps with their counts."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rebond.catalogue.search import Facet
from rebond.shop.queries.params import Params, euros

Bounds = tuple[int | None, int | None]
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
    if facet is None:
        return []
    labels = {"under": _("Under %(high)s €"), "": _("%(low)s to %(high)s €"), "above": _("%(low)s € and more")}
    url, chosen = params.priced_url(), (params.price_min, params.price_max)
    return [_step(v.value, v.count, labels, url, chosen, is_exact=v.is_exact) for v in facet.values]


def _step(
    value: str, count: int, labels: dict[str, str], url: Callable[..., str], chosen: Bounds, *, is_exact: bool
) -> PriceStep:
    """`500-1000` (cents, upper end excluded) is from 5 € to 9.99 €."""
    low, _dash, high = value.partition("-")
    bounds = (int(low) or None, int(high) - 1 if high else None)
    label = labels["above" if not high else "under" if bounds[0] is None else ""]
    words = {"low": int(low) // 100, "high": int(high) // 100 if high else 0}
    is_chosen = bounds == chosen
    return PriceStep(label % words, url(None, None) if is_chosen else url(*bounds), count, is_exact, is_chosen)
