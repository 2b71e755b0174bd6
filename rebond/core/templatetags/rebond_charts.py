"""`chart_bars`, `chart_line`, `chart_step`: a whole figure with its finding, drawing, legend and table."""

from itertools import count
from typing import Any

from django import template
from django.utils.safestring import SafeString

from rebond.core.charts import Chart, draw_bars, draw_line, draw_step

register = template.Library()
_NUMBERS = count(1)


def _figure(chart: Chart, drawing: SafeString, kind: str, css: str) -> dict[str, Any]:
    return {"chart": chart, "drawing": drawing, "kind": kind, "css": css, "id": f"chart-{next(_NUMBERS) % 10_000}"}


@register.inclusion_tag("ui/chart.html")
def chart_bars(chart: Chart, css: str = "") -> dict[str, Any]:
    """`{% chart_bars chart "w7" %}`; `css` are the panel's own classes."""
    return _figure(chart, draw_bars(chart), "bars", css)


@register.inclusion_tag("ui/chart.html")
def chart_line(chart: Chart, css: str = "") -> dict[str, Any]:
    return _figure(chart, draw_line(chart), "line", css)


@register.inclusion_tag("ui/chart.html")
def chart_step(chart: Chart, css: str = "") -> dict[str, Any]:
    return _figure(chart, draw_step(chart), "step", css)
