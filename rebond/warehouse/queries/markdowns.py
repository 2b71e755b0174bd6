"""Which objects a mark-down rule concerns today, and what it would change: objects and euros."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Category, Item, PriceChange
from rebond.catalogue.queries.prices import WINDOW
from rebond.warehouse.enums import MarkdownEnd, MarkdownKind, MarkdownState
from rebond.warehouse.models import Markdown, MarkdownRule

STEP_CENTS = 10  # prices are cut to whole tenths of a euro
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: the item's key, what, which cut (0 for the end), the price before and after."""

    pk: int
    kind: str
    number: int
    old_cents: int
    new_cents: int


@dataclass(frozen=True, slots=True)
class Effect:
    """A rule's effect today: objects that get cheaper, their prices before and after, objects that leave."""

    cuts: int
    before_cents: int
    after_cents: int
    ends: int
    ended_cents: int

    @property
    def less_cents(self) -> int:
        return self.before_cents - self.after_cents


def cut_price(price_cents: int, *, percent: int, floor_cents: int) -> int:
    """The price less `percent`, cut down to a tenth of a euro, never below the floor (nor above the price)."""
    cut = price_cents * (100 - percent) // 100 // STEP_CENTS * STEP_CENTS
    return min(price_cents, max(cut, floor_cents))


def _items(rule: MarkdownRule, now: datetime) -> QuerySet[Item]:
    """On sale for long enough for something, held by nobody, under this rule and no nearer one."""
    days = [rule.after_days] if rule.cuts else []
    days += [rule.end_days] if rule.end_days and rule.end != MarkdownEnd.NONE else []
    rows = Item.objects.filter(seller_id=rule.organisation_id, state=ItemState.ON_SALE, reserved=0)
    if not days:
        return rows.none()
    rows = rows.filter(published_at__lte=now - timedelta(days=min(days)))
    if rule.category is not None:
        rows = rows.filter(category__path__startswith=rule.category.path)
    for path in nearer_paths(rule):
        rows = rows.exclude(category__path__startswith=path)
    return rows


def nearer_paths(rule: MarkdownRule) -> list[str]:
    """Paths of the categories below the rule's own that have a rule of theirs."""
    others = MarkdownRule.objects.active().filter(organisation_id=rule.organisation_id, category__isnull=False)
    paths = Category.objects.filter(pk__in=others.exclude(pk=rule.pk).values("category_id"))
    if rule.category is not None:
        paths = paths.filter(path__startswith=rule.category.path).exclude(pk=rule.category.pk)
    return list(paths.order_by("path").values_list("path", flat=True))


def due_of(rule: MarkdownRule, *, now: datetime | None = None) -> Iterator[Due]:
    """What is to be done under a rule, by key. A price that changed in the last 30 days is left alone (rules.md F4)."""
    now = now or timezone.now()
    known: dict[int, list[tuple[int, str]]] = {}
    if rule.pk:
        rows = Markdown.objects.filter(rule=rule).order_by()
        for item, number, state in rows.values_list("item_id", "number", "state"):
            known.setdefault(item, []).append((number, state))
    recent = PriceChange.objects.filter(item=OuterRef("pk"), at__gt=now - WINDOW)
    items: Any = _items(rule, now).annotate(is_recent=Exists(recent)).order_by("pk")
    for pk, price, since, is_recent in items.values_list("pk", "price_cents", "published_at", "is_recent").iterator():
        found = _due(rule, pk, price, (now - since).days, known.get(pk, []), is_recent=is_recent)
        if found is not None:
            yield found


def _due(
    rule: MarkdownRule, pk: int, price: int, age: int, known: list[tuple[int, str]], *, is_recent: bool
) -> Due | None:
    """The end where its day has come, else the next cut."""
    numbers = {number for number, _state in known}
    if rule.end_days and rule.end != MarkdownEnd.NONE and age >= rule.end_days:
        return None if 0 in numbers else Due(pk, MarkdownKind.END, 0, price, price)
    number = max(numbers, default=0) + 1
    is_waiting = any(state == MarkdownState.PROPOSED for _number, state in known)
    if is_recent or is_waiting or number > rule.cuts or age < rule.after_days + (number - 1) * rule.every_days:
        return None
    new = cut_price(price, percent=rule.percent, floor_cents=rule.floor_cents)
    return Due(pk, MarkdownKind.CUT, number, price, new) if new < price else None


def effect_of(rule: MarkdownRule, *, now: datetime | None = None) -> Effect:
    """What the rule (saved or not) would change today."""
    cuts = before = after = ends = ended = 0
    for due in due_of(rule, now=now):
        if due.kind == MarkdownKind.CUT:
            cuts, before, after = cuts + 1, before + due.old_cents, after + due.new_cents
        else:
            ends, ended = ends + 1, ended + due.old_cents
    return Effect(cuts, before, after, ends, ended)


def rules_of(organisation: Any) -> list[MarkdownRule]:
    """The active ones, for all goods first, then by category."""
    rows = MarkdownRule.objects.active().filter(organisation=organisation).select_related("category")
    return sorted(rows.order_by("pk"), key=lambda rule: (rule.category is not None, str(rule)))


def markdowns_of(organisation: Any, state: str = "") -> QuerySet[Markdown]:
    """What was proposed and done, the latest first."""
    rows = Markdown.objects.filter(rule__organisation=organisation).select_related("rule", "item")
    rows = rows.filter(state=state) if state in MarkdownState.values else rows
    return rows.order_by("-pk")


def proposed_count(organisation: Any) -> int:
    """How many wait for somebody to confirm."""
    rows = Markdown.objects.filter(rule__organisation=organisation, rule__stopped_on=None)
    return rows.filter(state=MarkdownState.PROPOSED).count()
