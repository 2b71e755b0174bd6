"""Cards of objects (`shop/_card.html`), the values of filters, drawings, pages of results."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from lucide import IconDoesNotExist

from rebond.core.escaping import escape
from rebond.core.images.markup import card_picture
from rebond.core.money import split_cents
from rebond.core.pieces import Piece
from rebond.core.templatetags.rebond import hops, icon
from rebond.core.typography import french
from rebond.shop.data.carriers import tracking_url
from rebond.shop.queries import results
from rebond.shop.queries.basket import longest_hold
from rebond.shop.queries.cards import Card
from rebond.shop.queries.labels import choice_labels
from rebond.shop.queries.ordering import takes_orders
from rebond.shop.queries.params import WHOLE
from rebond.shop.queries.results import FacetView, Option
from rebond.shop.queries.tree import Node, load_tree

register = template.Library()
NEW_FOR = timedelta(days=3)
KEPT = 20_000  # card fragments per process: under 2 kB each
_fragments: OrderedDict[tuple[Any, ...], str] = OrderedDict()


def price_html(cents: int) -> str:
    whole, rest = split_cents(cents)
    return f'<span class="price">{whole}<small>,{rest}&nbsp;€</small></span>'


@register.simple_tag
def ordering_is_open() -> bool:
    """Whether this site takes orders: each page says what is true of its own site."""
    return takes_orders()


@register.filter
def is_of_an_order(until: datetime | None) -> bool:
    """`{% if lost.until|is_of_an_order %}`: no basket keeps anything so long; its hour alone would be a false one."""
    return until is not None and until - timezone.now() > longest_hold()


@register.simple_tag
def withdraw_steps(current: int) -> SafeString:
    """The four steps of a withdrawal; `current` counts from 0, 4 is the end."""
    words = [
        pgettext("withdrawal", "Choose"),
        pgettext("withdrawal", "Confirm"),
        pgettext("withdrawal", "Send back"),
        pgettext("withdrawal", "Refunded"),
    ]
    return hops(words, current)


class _Cards:
    """What the cards of one page share: the template, the words and the moment, looked up once."""

    def __init__(self) -> None:
        self.draw = Piece("shop/_card.html")
        self.language = get_language() or settings.LANGUAGE_CODE
        self.conditions = choice_labels("condition", self.language)
        self.nodes = load_tree().by_id
        self.new_since = timezone.now() - NEW_FOR

    def kept_html(self, card: Card) -> str:
        """One card, from memory where this version was drawn before in this language."""
        is_new = card.published_at is not None and card.published_at > self.new_since
        key = (card.id, card.version, card.state, is_new, card.is_held, self.language)
        found = _fragments.get(key)
        if found is None:
            found = _fragments[key] = self.html(card, is_new=is_new)
            while len(_fragments) > KEPT:
                _fragments.popitem(last=False)
        return found

    def html(self, card: Card, *, is_new: bool, is_kept: bool = False) -> str:
        node = self.nodes.get(card.category_id)
        values = {
            "is_gone": card.state != "on_sale",
            "is_new": is_new,
            "is_held": card.is_held,
            "is_kept": is_kept,
            "tint": node.tint if node else "ciel",
            "picture": _picture(card, node),
            "price": mark_safe(price_html(card.price_cents)),
            "before": ",".join(split_cents(card.previous_price_cents)) if card.previous_price_cents else "",
            "url": card.url,
            "title": french(card.title),
            "condition": self.conditions[card.condition],
            "place": card.place,
            "code": card.code,
            "name": card.title,
        }
        return self.draw(values)


def _picture(card: Card, node: Node | None) -> SafeString:
    if card.cover:
        return mark_safe(card_picture(card.cover, card.cover_color, card.cover_placeholder))
    return safe_icon(node.icon if node else "package", "pic-none")


def forget_cards() -> None:
    _fragments.clear()


@register.simple_tag
def cards(rows: Iterable[Card]) -> SafeString:
    """`{% cards rows %}`: the list items of a grid or a shelf."""
    made = _Cards()
    return mark_safe("".join([f"<li>{made.kept_html(card)}</li>" for card in rows]))


@lru_cache(maxsize=8192)
def _option_parts(name: str, value: str, label: str, depth: int) -> tuple[str, str]:
    """What comes before and after the tick of a value: the same words on thousands of pages."""
    name, value = escape(name), escape(value)
    style = f' style="--depth:{depth}"' if depth else ""
    return (
        f'<label class="check"{style}><input type="checkbox" id="f-{name}-{value}" name="{name}" value="{value}"',
        f'><span>{escape(label)}</span><span class="n">',
    )


def _options(name: str, options: list[Option]) -> str:
    found: list[str] = []
    for option in options:
        count = option.count
        number = "" if count is None else f"{count:,}".replace(",", "\u00a0") if count > 999 else str(count)
        bound = "" if option.is_exact or count is None else "+"
        if option.url:
            found += (*_way_up(option), bound, number, "</span></a>")
            continue
        start, middle = _option_parts(name, option.value, option.label, option.depth)
        checked = " checked" if option.is_chosen else ""
        found.append(f"{start}{checked}{middle}{bound}{number}</span></label>")
    return "".join(found)


def _way_up(option: Option) -> tuple[str, ...]:
    """A category above the chosen one: a link back to it instead of a box."""
    style = f' style="--depth:{option.depth}"' if option.depth else ""
    return (
        f'<a class="check check--up"{style} href="{escape(option.url)}" rel="nofollow">',
        icon("chevron-left", "icon--dir"),
        f'<span>{escape(option.label)}</span><span class="n">',
    )


@register.simple_tag
def facet_options(facet: FacetView) -> SafeString:
    """The checkboxes of one filter, those behind "see more" in a fold of their own."""
    if facet.html:
        return mark_safe(facet.html)
    html = _options(facet.name, facet.shown)
    if facet.more:
        rest = _options(facet.name, facet.more)
        label = escape(_("See %(number)s more") % {"number": len(facet.more)})
        html += f'<details class="more"><summary class="link">{label}</summary>{rest}</details>'
    if facet.whole_url:
        url, all_of_them = escape(facet.whole_url), escape(_("See them all"))
        html += f'<a class="link whole-link" rel="nofollow" href="{url}" hx-get="{url}">{all_of_them}</a>'
    if facet.is_whole:
        html = _whole(facet, html)
    if results.VIEWS_KEPT:  # else a page from memory would be spared what its view's page draws
        facet.html = html
    return mark_safe(html)


def _whole(facet: FacetView, options: str) -> str:
    """All values of a long list, with a field that narrows it (where scripts run); kept at the next change."""
    name, label = escape(facet.name), escape(_("Search in this list"))
    return (
        f'<input type="hidden" name="{WHOLE}" value="{name}">'
        f'<input class="input input--sm" type="search" data-rebond-narrow="whole-{name}" hidden autocomplete="off" '
        f'aria-label="{label}: {escape(facet.title)}" placeholder="{label}">'
        f'<div class="whole" id="whole-{name}" tabindex="-1">{options}</div>'
    )


@lru_cache(maxsize=256)
def _art(name: str) -> str:
    path = Path(settings.ART_DIR) / f"{Path(name).name}.svg"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return ""
    start, end = text.find("<title>"), text.find("</title>")
    if start >= 0:
        text = text[:start] + text[end + len("</title>") :]
    text = text.replace('role="img"', "").replace('xmlns="http://www.w3.org/2000/svg"', "")
    return text.replace("<svg", '<svg class="art" aria-hidden="true"', 1)


@register.simple_tag
def art(name: str) -> SafeString:
    """`{% art "chair" %}`: one of the kit's drawings, inlined; nothing where there is none."""
    return mark_safe(_art(str(name)) if name else "")


@register.simple_tag
def art_at(name: str, x: int, y: int, size: int, turn: int = 0) -> SafeString:
    """A drawing placed inside another SVG."""
    inner = _art(name)
    if not inner:
        return mark_safe("")
    inner = inner.replace("<svg", f'<svg x="0" y="0" width="{int(size)}" height="{int(size)}"', 1)
    half = int(size) / 2
    return mark_safe(f'<g transform="translate({int(x)} {int(y)}) rotate({int(turn)} {half} {half})">{inner}</g>')


@register.simple_tag
def pager(params: Any, page: int, pages: int) -> list[tuple[str, int | None, str]]:
    """(kind, number, address) of a pager's places: bounded, with gaps; `params` gives addresses."""
    numbers = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    rows: list[tuple[str, int | None, str]] = []
    url = params.paged_url()
    for before, n in zip([0, *numbers], numbers, strict=False):
        if n - before == 2:
            rows.append(("page", n - 1, url(n - 1)))
        elif n - before > 2:
            rows.append(("gap", None, ""))
        rows.append(("current" if n == page else "page", n, url(n)))
    return rows


@register.filter
def url_page(params: Any, page: int) -> str:
    return str(params.url(page=page))


def safe_icon(name: str, extra: str = "") -> SafeString:
    """A pictogram chosen in the categories' editor; a parcel where its name does not exist."""
    try:
        return icon(name or "package", extra)
    except IconDoesNotExist:
        return icon("package", extra)


@register.simple_tag
def category_icon(node: Any, extra: str = "pic-none") -> SafeString:
    return safe_icon(node.icon if node else "package", extra)


@register.simple_tag
def kept_cards(rows: Iterable[Card]) -> SafeString:
    """Cards of the favourites' page: every heart is full, and its button forgets."""
    made = _Cards()
    return mark_safe("".join([f"<li>{made.html(card, is_new=False, is_kept=True)}</li>" for card in rows]))


@register.filter
def followed_at(part: Any) -> str:
    """Where its carrier says how far a seller order is; "" where we know no such page."""
    return tracking_url(part.carrier, part.tracking)
