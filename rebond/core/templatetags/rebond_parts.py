"""More of the kit (ui.md, section 3): journeys, dated logs, holds, shares, pictures, steppers, waiting."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.template.defaultfilters import date as date_filter
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rebond.core.templatetags.rebond import icon
from rebond.core.toasts import undo_of

register = template.Library()
TINTS = frozenset({"sable", "ciel", "rose", "anis", "lilas", "menthe", "peche"})


def _tint(name: str) -> str:
    return name if name in TINTS else "sable"


@register.simple_tag
def trace(steps: Sequence[dict[str, Any]]) -> SafeString:
    """An object's journey: steps with `icon`, `tint`, `title` and `text`."""
    rows = format_html_join(
        "",
        '<li style="--tint:var(--{})"><span class="disc">{}</span><h3>{}</h3><p>{}</p></li>',
        ((_tint(s.get("tint", "")), icon(s["icon"]), s["title"], s.get("text", "")) for s in steps),
    )
    return format_html('<ol class="trace" style="--n:{}">{}</ol>', max(len(steps), 1), rows)


@register.simple_tag
def log(entries: Iterable[dict[str, Any]]) -> SafeString:
    """A dated log: entries with `text`, perhaps `at` (a moment) and `state` ("done", "now", or "" to come)."""
    return format_html('<ol class="log">{}</ol>', format_html_join("", "{}", ((_log_line(e),) for e in entries)))


def _log_line(entry: dict[str, Any]) -> SafeString:
    mark = {"done": mark_safe(' class="done"'), "now": mark_safe(' aria-current="step"')}.get(
        entry.get("state", ""), ""
    )
    moment, when = entry.get("at"), mark_safe("")
    if isinstance(moment, datetime.datetime):
        local = timezone.localtime(moment)
        words = date_filter(local, "l j F, G\u00a0\\h\u00a0i")
        when = format_html('<time datetime="{}">{}</time>', local.isoformat(), words)
    return format_html("<li{}><div>{}<p>{}</p></div></li>", mark, when, entry["text"])


@register.simple_tag
def hold(percent: int, clock: str, text: str, label: str = "") -> SafeString:
    """An object that is kept: the ball leaves at 0 %, lands at 100 %, then the object is free (ui.md, section 4)."""
    percent = min(max(int(percent), 0), 100)
    way = "M8 60C16 -12 96 -12 104 60"
    return format_html(
        '<div class="hold"><svg class="hold-arc" style="--v:{0}%" viewBox="0 0 112 66" aria-hidden="true">'
        '<path class="way" d="{1}"/><path class="gone" pathLength="100" style="--v:{0}" d="{1}"/>'
        '<circle class="dot" r="9"/></svg><p role="timer" aria-label="{2}"><b class="time{3}">{4}</b><br>{5}</p></div>',
        percent,
        way,
        label or text,
        " t-tile" if percent >= 90 else "",
        clock,
        text,
    )


@register.simple_tag
def share(parts: Sequence[dict[str, Any]], label: str) -> SafeString:
    """Parts of one amount, colour and pattern: parts with `n`, `label`, perhaps `color` (a token) and `pattern`
    ("hatch" or "dots"). The legend follows; never a pie.
    """
    bars = format_html_join("", "<i{}></i>", ((_part(p, size=True),) for p in parts))
    words = format_html_join("", "<li><i{}></i>{}</li>", ((_part(p), p["label"]) for p in parts))
    return format_html(
        '<div class="share" role="img" aria-label="{}">{}</div><ul class="legend">{}</ul>', label, bars, words
    )


def _part(part: dict[str, Any], *, size: bool = False) -> SafeString:
    pattern = part.get("pattern", "")
    css = format_html(' class="{}"', pattern) if pattern in {"hatch", "dots"} else mark_safe("")
    style = [f"--n:{int(part['n'])}"] if size else []
    if part.get("color") in {"blue", "sun", "tile", "sunk", "line-2"}:
        style.append(f"--k:var(--{part['color']})")
    return css + (format_html(' style="{}"', ";".join(style)) if style else mark_safe(""))


@register.simple_tag
def pic(url: str, alt: str = "", tint: str = "ciel", size: int = 0, width: int = 640, height: int = 768) -> SafeString:
    """A picture on its tinted ground, with the long corner; `size` in pixels makes it a thumb."""
    ground = format_html("--tint:var(--{})", _tint(tint))
    if size:
        ground = format_html("{};--size:{}px", ground, size)
        width = height = size
    img = (
        '<span class="pic{}" style="{}"><img src="{}" alt="{}" width="{}" height="{}" '
        'loading="lazy" decoding="async"></span>'
    )
    return format_html(img, " thumb" if size else "", ground, url, alt, width, height)


@register.simple_tag
def swatch(color: str) -> SafeString:
    """A round of colour beside its name; `color` is `#rrggbb`, anything else shows nothing."""
    value = color.lstrip("#")
    if len(value) != 6 or any(sign not in "0123456789abcdefABCDEF" for sign in value):
        return mark_safe("")
    return format_html('<span class="swatch" style="--k:#{}" aria-hidden="true"></span>', value)


@register.filter
def undo(extra_tags: str | None) -> str:
    """`{{ message.extra_tags|undo }}`: where the toast's button posts, or nothing (core.toasts)."""
    return undo_of(extra_tags or "")


@register.simple_tag
def stepper(name: str, value: int, label: str, low: int = 1, high: int = 99) -> SafeString:
    """A small number: a plain field, with its two buttons where `stepper.js` runs."""
    return format_html(
        '<span class="stepper" data-rebond-stepper>'
        '<button class="ibtn" type="button" data-by="-1" hidden aria-label="{}">{}</button>'
        '<input class="stepper-n" type="number" inputmode="numeric" name="{}" value="{}" '
        'min="{}" max="{}" aria-label="{}">'
        '<button class="ibtn" type="button" data-by="1" hidden aria-label="{}">{}</button></span>',
        _("Less"),
        icon("minus"),
        name,
        value,
        low,
        high,
        label,
        _("More"),
        icon("plus"),
    )


@register.inclusion_tag("ui/skeleton.html")
def skeleton(count: int = 3) -> dict[str, Any]:
    """Ghosts of the final size, for a list that takes more than a second."""
    return {"ghosts": range(count)}
