"""The kit's template tags (ui.md, section 3). Everything that is printed is escaped."""

import datetime
import json
import re
from functools import lru_cache
from typing import Any

import segno
from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, PasswordInput, RadioSelect
from django.template.defaultfilters import date as date_filter
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rebond.core.account_menu import account_menu_for
from rebond.core.codes import display_code
from rebond.core.escaping import escape
from rebond.core.icons import render_icon
from rebond.core.money import format_cents, split_cents
from rebond.core.rail import rail_for
from rebond.core.typography import french
from rebond.core.web import operation_of
from rebond.core.weights import format_grams, format_mass

register = template.Library()
STATUS_ICONS = {
    "ok": "circle-check",
    "warn": "clock",
    "bad": "circle-alert",
    "info": "info",
    "": "circle-dashed",
}


@lru_cache(maxsize=2048)
def _icon(name: str, classes: str) -> SafeString:
    return mark_safe(render_icon(name, **{"class": classes, "aria_hidden": "true", "stroke_width": "2"}))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """`{% icon "heart" %}`: a Lucide pictogram, inlined, hidden from readers (the word beside it speaks)."""
    return _icon(str(name), f"icon {extra}".strip())


@register.simple_tag
def price(cents: int, extra: str = "") -> SafeString:
    """`{% price 2500 %}` → `25,00 €` with small cents."""
    whole, rest = split_cents(cents)
    return format_html('<span class="price {}">{}<small>,{}&nbsp;€</small></span>', extra, whole, rest)


@register.filter
def cents(value: int | None) -> str:
    """`{{ 2500|cents }}` → `25,00 €`."""
    return "" if value is None else format_cents(value)


@register.filter
def grams(value: int | None) -> str:
    """`{{ 4200|grams }}` → `4,2 kg`."""
    return "" if value is None else format_grams(value)


@register.filter
def mass(value: int | None) -> str:
    """`{{ 4642900|mass }}` → `4,6 t`: a large sum of weights."""
    return "" if value is None else format_mass(value)


@register.filter
def code(value: str) -> str:
    """`{{ item.code|code }}` → `CF-4K7 92T-X`."""
    return display_code(value)


@register.filter
def number(value: int | None) -> str:
    """`{{ 19482|number }}` → `19 482` with no-break spaces."""
    return "" if value is None else f"{value:,}".replace(",", "\u00a0")


@register.filter(expects_localtime=True)
def hour(value: datetime.datetime | None) -> str:
    """`{{ line.ends_at|hour }}` → `10 h 42`, at the clock of the site."""
    return "" if value is None else date_filter(value, pgettext("hour of a day", "g:i A"))


@register.filter(expects_localtime=True)
def day(value: datetime.datetime | datetime.date | None) -> str:
    """`{{ item.updated_at|day }}` → `26 nov. 2026`: as `date:"j N Y"`, each day written once per language."""
    if value is None:
        return ""
    return _day(datetime.date(value.year, value.month, value.day), get_language())


@register.filter(expects_localtime=True)
def moment(value: datetime.datetime | None) -> str:
    """`{{ wave.leave_by|moment }}` → `28 nov. 2026, 16 h 00`: a day and its hour, which is never cut in two."""
    return "" if value is None else f"{day(value)}, {hour(value)}"


@lru_cache(maxsize=4096)
def _day(value: datetime.date, language: str | None) -> str:
    return date_filter(value, "j N Y")


@register.filter
def co2(value: object) -> SafeString:
    """`CO2e` with its figure below the line; the rest is escaped (the typeface has no subscript two)."""
    text = value if isinstance(value, SafeString) else str(value)
    return mark_safe(conditional_escape(text).replace("CO2", "CO<sub>2</sub>"))


@register.simple_tag
def in_french() -> SafeString:
    """` lang="fr"` for what sellers wrote, on a page in another language (ui.md, section 10)."""
    return mark_safe("" if (get_language() or "fr").startswith("fr") else ' lang="fr"')


@register.filter
def typo(value: object) -> str:
    """French spacing and apostrophes for text that people typed (ui.md, section 9)."""
    return french(str(value))


@register.simple_tag
def status(label: Any, kind: str = "", icon_name: str = "") -> SafeString:
    """`{% status "Ready" "ok" %}`: a colour never speaks alone, an icon and a word do."""
    picked = _icon(icon_name or STATUS_ICONS[kind], "icon")
    tone = f" is-{escape(kind)}" if kind else ""
    return mark_safe(f'<span class="status{tone}">{picked}{conditional_escape(label)}</span>')


@register.simple_tag
def avatar(initials: str, tint: str = "ciel", size: int = 36) -> SafeString:
    return format_html(
        '<span class="avatar" style="--tint:var(--{});--size:{}px" aria-hidden="true">{}</span>',
        tint,
        size,
        initials,
    )


@register.simple_tag
def disc(name: str, tint: str = "sable", size: int = 44) -> SafeString:
    return format_html(
        '<span class="disc-s" style="--tint:var(--{});--size:{}px">{}</span>', tint, size, _icon(name, "icon")
    )


@register.simple_tag
def bar(percent: int, label: str = "") -> SafeString:
    """A progress bar from 0 to 100."""
    text = label or _("%(percent)s out of 100") % {"percent": percent}
    return format_html('<div class="bar" style="--v:{}%" role="img" aria-label="{}"><i></i></div>', percent, text)


@register.simple_tag
def hops(steps: list[str], current: int, label: str = "") -> SafeString:
    """Progress by arcs: `steps` are words, `current` counts from 0."""
    rows = format_html_join(
        "",
        "<li{}>{}{}</li>",
        (
            (
                mark_safe(' class="done"')
                if i < current
                else mark_safe(' aria-current="step"')
                if i == current
                else "",
                step,
                format_html('<span class="sr">{}</span>', _(": done")) if i < current else "",
            )
            for i, step in enumerate(steps)
        ),
    )
    return format_html('<ol class="hops" aria-label="{}">{}</ol>', label or _("Steps"), rows)


@register.simple_tag
def qr(data: str, label: str = "") -> SafeString:
    """A QR code, level M, as inline SVG; our own two quiet modules (ui.md, section 13)."""
    made = segno.make_qr(data, error="m")
    size = made.symbol_size(border=0)[0]
    runs: list[str] = []
    for y, row in enumerate(made.matrix):
        line = "".join("1" if cell else "0" for cell in row)
        runs.extend(
            f"M{m.start()} {y}h{m.end() - m.start()}v1h-{m.end() - m.start()}z" for m in re.finditer("1+", line)
        )
    return format_html(
        '<svg class="qr" viewBox="-2 -2 {0} {0}" shape-rendering="crispEdges" role="img" aria-label="{1}">'
        '<path d="{2}"/></svg>',
        size + 4,
        label or data,
        "".join(runs),
    )


@register.simple_tag
def json_ld(data: dict[str, Any]) -> SafeString:
    """A data block for search engines: `<`, `>` and `&` are escaped, so no field can close it."""
    text = json.dumps(data, ensure_ascii=False)  # three searches: `translate` looks each letter up
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A form's control with the kit's class; Django adds aria-invalid and aria-describedby."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput | CheckboxSelectMultiple | RadioSelect):
        return field.as_widget()
    given = widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": given if "input" in given.split() else f"input {given}".strip()})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def device(user_agent: str) -> str:
    """`Firefox, Linux` from what a browser says of itself; a plain word where it says nothing known."""
    found = [next((name for mark, name in names if mark in user_agent), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name) or _("unknown device")


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`{{ mapping|get:key }}`: the value, or "" where there is none."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.filter
def is_password(field: BoundField) -> bool:
    return isinstance(field.field.widget, PasswordInput)


@register.simple_tag(takes_context=True)
def operation(context: template.Context) -> SafeString:
    """The hidden field that makes a form sent twice one act; a form drawn again keeps its own."""
    return format_html('<input type="hidden" name="operation" value="{}">', operation_of(context["request"]))


@register.simple_tag(takes_context=True)
def account_menu(context: template.Context) -> list[Any]:
    """The menu of a person's own account, the current page marked."""
    return account_menu_for(context["request"].path)


@register.simple_tag(takes_context=True)
def rail(context: template.Context) -> list[Any]:
    """The desk's menu for this request's rights."""
    request = context["request"]
    return rail_for(getattr(request, "access", None), request.path)
