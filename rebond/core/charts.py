"""Charts drawn by the server as SVG, each with its table (ui.md, section 8).

A chart states its finding in its title and says it again in `says`. Blue for data, sun with an ink edge for
the current point, a line or a dash of another colour and shape for what it is compared with. A bar starts at
0; a line that does not says so under it. Labels stand on the first, the last and the extremes only.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from rebond.core.money import format_cents
from rebond.core.weights import format_grams

Number = int | Decimal
Text = str | Promise
NBSP = "\u00a0"
WIDTH, LEFT, RIGHT = 560, 44, 548


def plain(value: Number) -> str:
    """`19482` → `19 482`, decimals with a comma."""
    return f"{value:,}".replace(",", NBSP).replace(".", ",")


WRITERS: dict[str, Callable[[Number], str]] = {
    "number": plain,
    "cents": lambda value: format_cents(int(value)),
    "grams": lambda value: format_grams(int(value)),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the axis: its word, its value, what it is compared with, and a shorter word for the axis."""

    label: Text
    value: Number
    other: Number | None = None
    short: Text = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. `writes` is how a value is written (a key of WRITERS), `now` the point that matters."""

    title: Text
    unit: Text
    says: Text
    points: Sequence[Point]
    series: Text
    other: Text = ""
    axis: Text = ""
    writes: str = "number"
    now: int | None = None
    now_label: Text = ""
    from_zero: bool = True

    @property
    def is_drawn(self) -> bool:
        return bool(self.points)

    @property
    def compares(self) -> bool:
        return any(point.other is not None for point in self.points)

    @property
    def rows(self) -> list[tuple[Text, str, str]]:
        """The table: word, value and comparison, as they are written."""
        write = WRITERS[self.writes]
        return [
            (point.label, write(point.value), write(point.other) if point.other is not None else "–")
            for point in self.points
        ]


def ticks(top: float, *, count: int = 3) -> list[int]:
    """Round grid values from 1 step to above `top`: at most `count` of them reach it."""
    if top <= 0:
        return [1]
    raw = top / count
    scale = 10 ** math.floor(math.log10(raw)) if raw >= 1 else 1
    step = next(int(n * scale) for n in (1, 2, 2.5, 5, 10) if n * scale >= raw and n * scale == int(n * scale))
    return [step * n for n in range(1, math.ceil(top / step) + 1)]


def draw_bars(chart: Chart) -> SafeString:
    """Bars from 0, with a dash across each for the comparison."""
    height, base, roof = 236, 196, 28
    values = [float(p.value) for p in chart.points] + [float(p.other) for p in chart.points if p.other is not None]
    grid = ticks(max(values, default=1.0))
    scale = (base - roof) / grid[-1]
    step = (RIGHT - LEFT) / max(len(chart.points), 1)
    wide = min(48.0, step * 0.64)
    shown = _labelled(chart)
    parts = [_grid(grid, lambda v: base - v * scale, chart)]
    for n, point in enumerate(chart.points):
        middle = LEFT + step * (n + 0.5)
        tall = max(float(point.value), 0.0) * scale
        kind = "now" if n == chart.now else "f1"
        bar = '<rect x="{}" y="{}" width="{}" height="{}" rx="3" class="{}"/>'
        parts.append(format_html(bar, _n(middle - wide / 2), _n(base - tall), _n(wide), _n(tall), kind))
        if point.other is not None:
            dash = '<path d="M{} {}h{}" stroke="var(--ink)" stroke-width="2.5"/>'
            y = base - float(point.other) * scale
            parts.append(format_html(dash, _n(middle - wide / 2 - 5), _n(y), _n(wide + 10)))
        if n in shown:
            parts.append(_text(middle, base - tall - 9, WRITERS[chart.writes](point.value), "v"))
        parts.append(_axis_word(chart, n, middle, base + 20))
    parts.append(format_html('<path class="axis" d="M{} {}H{}"/>', LEFT - 8, base, RIGHT))
    return _svg(chart, height, parts)


def draw_line(chart: Chart) -> SafeString:
    """A line, a dashed one for the comparison, the last point in sun."""
    height, base, roof = 190, 150, 26
    values = [float(p.value) for p in chart.points] + [float(p.other) for p in chart.points if p.other is not None]
    low = 0.0 if chart.from_zero else min(values, default=0.0)
    grid = ticks(max(values, default=1.0) - low)
    scale = (base - roof) / grid[-1]
    step = (RIGHT - LEFT - 40) / max(len(chart.points) - 1, 1)
    spots = [(LEFT + 6 + step * n, base - (float(p.value) - low) * scale) for n, p in enumerate(chart.points)]
    others = [
        (LEFT + 6 + step * n, base - (float(p.other) - low) * scale)
        for n, p in enumerate(chart.points)
        if p.other is not None
    ]
    floor = Decimal(str(low))
    parts = [_grid(grid, lambda v: base - v * scale, chart, floor=floor)]
    parts.append(format_html('<path class="axis" d="M{} {}H{}"/>', LEFT - 8, base, RIGHT - 24))
    if others:
        parts.append(format_html('<path class="l2" d="{}"/>', _path(others)))
    parts.append(format_html('<path class="l1" d="{}"/>', _path(spots)))
    shown = _labelled(chart)
    for n, (x, y) in enumerate(spots):
        if n in shown and n != len(spots) - 1:
            above = chart.points[n].other is None or Decimal(chart.points[n].other or 0) <= chart.points[n].value
            parts.append(_text(x, y - 12 if above else y + 22, WRITERS[chart.writes](chart.points[n].value), "v"))
        parts.append(_axis_word(chart, n, x, base + 22))
    if spots:
        x, y = spots[-1]
        parts.append(format_html('<circle class="now" cx="{}" cy="{}" r="7"/>', _n(x), _n(y)))
        parts.append(_text(x + 13, y + 5, WRITERS[chart.writes](chart.points[-1].value), "v", anchor="start"))
    return _svg(chart, height, parts)


def draw_step(chart: Chart) -> SafeString:
    """A value that changed a few times (a price): flat lines and steps, first and last written."""
    base, roof, left, right = 98.0, 30.0, 40.0, 320.0
    values = [float(p.value) for p in chart.points] or [0.0]
    low, high = min(values), max(values)
    spread = (high - low) or max(high, 1.0)
    step = (right - left) / max(len(values), 1)
    spots = [(left + step * n, base - 12 - (v - low) / spread * (base - 12 - roof)) for n, v in enumerate(values)]
    path = f"M{_n(spots[0][0])} {_n(spots[0][1])}" + "".join(f"H{_n(x)}V{_n(y)}" for x, y in spots[1:]) + f"H{right:g}"
    write = WRITERS[chart.writes]
    parts = [
        format_html('<path class="axis" d="M34 {}H336"/>', _n(base)),
        format_html('<path class="l1" d="{}"/>', path),
        format_html('<circle class="now" cx="{}" cy="{}" r="7"/>', _n(right), _n(spots[-1][1])),
    ]
    if chart.points:
        first, last = chart.points[0], chart.points[-1]
        if len(chart.points) > 1:
            parts.append(_text(left, spots[0][1] - 10, write(first.value), "v", anchor="start"))
            parts.append(_text(left, 120, first.short or first.label, anchor="start"))
        parts.append(_text(right, spots[-1][1] - 14, write(last.value), "v", anchor="end"))
        parts.append(_text(right, 120, last.short or last.label, anchor="end"))
    return _svg(chart, 130, parts, width=340, extra=" chart--s")


def _labelled(chart: Chart) -> set[int]:
    """Where a value is written: first, last, highest, lowest, and the one that matters."""
    if not chart.points:
        return set()
    values = [point.value for point in chart.points]
    found = {0, len(values) - 1, values.index(max(values)), values.index(min(values))}
    return found | ({chart.now} if chart.now is not None else set())


def _axis_word(chart: Chart, n: int, x: float, y: float) -> SafeString:
    """A word under the axis: every second one goes in a narrow panel, at most 12 in all."""
    every = math.ceil(len(chart.points) / 12)
    if n % every:
        return mark_safe("")
    point = chart.points[n]
    return _text(x, y, point.short or point.label, "alt" if (n // every) % 2 else "")


def _grid(values: list[int], y: Callable[[float], float], chart: Chart, *, floor: Decimal = Decimal(0)) -> SafeString:
    write = WRITERS[chart.writes]
    return format_html_join(
        "",
        '<path class="grid inline" d="M{} {}H{}"/>{}',
        (
            (
                LEFT - 8,
                _n(y(value)),
                RIGHT,
                _text(LEFT - 14, y(value) + 5, write(floor + value if floor else value), anchor="end"),
            )
            for value in values
        ),
    )


def _text(x: float, y: float, words: Text, css: str = "", *, anchor: str = "middle") -> SafeString:
    return format_html('<text{} x="{}" y="{}" text-anchor="{}">{}</text>', _css(css), _n(x), _n(y), anchor, words)


def _css(name: str) -> SafeString:
    return format_html(' class="{}"', name) if name else mark_safe("")


def _path(spots: list[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in spots)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _svg(chart: Chart, height: int, parts: list[SafeString], *, width: int = WIDTH, extra: str = "") -> SafeString:
    body = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(
        '<svg class="chart{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        extra,
        width,
        height,
        chart.says,
        body,
    )
