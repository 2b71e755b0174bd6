"""What the rooms above add to the supervisor's desk: this room knows none of them.

Each is called with plain facts and answers with plain facts; without any, the page shows what the workshop knows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from rebond.core.desk import Waiting

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact of an object's story. `step_id`: it says more about this step, and has no line of its own."""

    icon: str
    tint: str
    title: Text
    text: Text
    at: datetime
    is_day_only: bool = False
    url: str = ""
    step_id: int | None = None


@dataclass(frozen=True, slots=True)
class FlowWeight:
    """Grams of one flow of matter over a period: what came, and where it went."""

    name: Text
    came_g: int
    kept_g: int
    given_g: int
    recycled_g: int
    waste_g: int


Arrivals = Callable[[Sequence[str]], dict[str, date]]
Needs = Callable[[HttpRequest, Any, date], Iterable[Waiting]]
Story = Callable[[Any], Iterable[Happening]]
Weights = Callable[[Any, date, date], Sequence[FlowWeight]]

_ARRIVALS: list[Arrivals] = []
_NEEDS: list[tuple[int, Needs]] = []
_STORIES: list[Story] = []
_WEIGHTS: list[Weights] = []


def add_arrivals(source: Arrivals) -> None:
    """`source(codes)`: {code: day} on which the donation of these objects came, where it is known."""
    if source not in _ARRIVALS:
        _ARRIVALS.append(source)


def add_needs(order: int, source: Needs) -> None:
    """`source(request, site, today)`: what waits for the supervisor of a site."""
    if (order, source) not in _NEEDS:
        _NEEDS.append((order, source))
        _NEEDS.sort(key=lambda one: one[0])


def add_story(source: Story) -> None:
    """`source(item)`: facts of an object's story."""
    if source not in _STORIES:
        _STORIES.append(source)


def add_weights(source: Weights) -> None:
    """`source(site, start, end)`: grams by flow, both days included."""
    if source not in _WEIGHTS:
        _WEIGHTS.append(source)


def arrivals_of(codes: Sequence[str]) -> dict[str, date]:
    found: dict[str, date] = {}
    for source in _ARRIVALS:
        found |= source(codes)
    return found


def needs_of(request: HttpRequest, site: Any, today: date) -> list[Waiting]:
    return [line for _order, source in _NEEDS for line in source(request, site, today)]


def stories_of(item: Any) -> list[Happening]:
    return [fact for source in _STORIES for fact in source(item)]


def weights_of(site: Any, start: date, end: date) -> list[FlowWeight]:
    return [row for source in _WEIGHTS for row in source(site, start, end)]
