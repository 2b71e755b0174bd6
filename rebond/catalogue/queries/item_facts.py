"""What the desk tells of one item: its characteristics, its whole history, its prices, what keeps it off sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.catalogue.data.safety import RULES
from rebond.catalogue.enums import WithdrawReason
from rebond.catalogue.models import CategoryAttribute, Item
from rebond.catalogue.phrases import FIELD_LABELS
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.recalls import stop_of_item
from rebond.catalogue.validators import safety_findings
from rebond.core.charts import Chart, Point
from rebond.core.money import format_cents
from rebond.journal.models import Entry
from rebond.journal.sentences import sentence

MOST = 200
LOOKS: dict[str, tuple[str, str]] = {
    "catalogue.item.created": ("scan-search", "lilas"),
    "catalogue.item.begun": ("scan-search", "lilas"),
    "catalogue.item.duplicated": ("copy", "lilas"),
    "catalogue.item.imported": ("file-spreadsheet", "lilas"),
    "catalogue.item.changed": ("pen-line", "ciel"),
    "catalogue.item.submitted": ("search-check", "anis"),
    "catalogue.item.sent_back": ("undo-2", "rose"),
    "catalogue.item.published": ("store", "menthe"),
    "catalogue.item.withdrawn": ("archive", "sable"),
    "catalogue.item.held": ("gavel", "rose"),
    "catalogue.item.released": ("lock-open", "menthe"),
    "catalogue.item.sold": ("shopping-bag", "menthe"),
    "catalogue.item.restocked": ("package-open", "sable"),
    "catalogue.item.price_changed": ("tag", "sable"),
    "warehouse.item.stored": ("warehouse", "sable"),
    "warehouse.item.put_back": ("undo-2", "sable"),
    "catalogue.photo.added": ("camera", "peche"),
    "catalogue.label.made": ("printer", "sable"),
}


@dataclass(frozen=True, slots=True)
class ItemFact:
    """One line of the history: pictogram, tint, what happened, more words, when."""

    icon: str
    tint: str
    title: str
    text: str
    at: datetime
    is_day_only: bool = False


def history_of(item: Item) -> list[ItemFact]:
    """The journal of the item, newest first (the last 200 facts)."""
    rows = Entry.objects.filter(subject_kind="catalogue.item", subject_id=item.public_id).order_by("-at", "-pk")
    return [fact_of(row) for row in rows[:MOST]]


def fact_of(row: Entry) -> ItemFact:
    """A journal entry of an item as a line of its story."""
    look = LOOKS.get(row.action) or (("camera", "peche") if ".photo" in row.action else ("circle-dot", "sable"))
    return ItemFact(look[0], look[1], _title(row), _text(row), row.at, row.is_day_only)


def _title(row: Entry) -> str:
    prices = row.data.get("changes", {}).get("price_cents")
    if row.action == "catalogue.item.price_changed" and prices:
        return _("Price: from %(old)s to %(new)s") % {"old": format_cents(prices[0]), "new": format_cents(prices[1])}
    return _without_title(sentence(row), row.subject_label)


def _without_title(words: str, title: str) -> str:
    """The item's own page does not repeat its title: with its quotation marks it becomes "the item"."""
    for named in (f"«\u00a0{title}\u00a0»", f"“{title}”", title) if title else ():
        words = words.replace(named, _("the item"))
    return words[:1].upper() + words[1:]


def _text(row: Entry) -> str:
    words = []
    changed = [name for name in row.data.get("changes", {}) if row.action == "catalogue.item.changed"]
    if changed:
        words.append(", ".join(str(FIELD_LABELS.get(name, name)) for name in changed))
    if row.action == "catalogue.item.price_changed":
        words.append(_("By %(name)s.") % {"name": row.actor_label or "Rebond"})
    reason = row.data.get("reason", "")
    if reason:
        known = dict(WithdrawReason.choices)
        words.append(_("Reason: %(reason)s.") % {"reason": str(known.get(reason, reason)).rstrip(".")})
    if row.data.get("file") and row.action != "catalogue.item.imported":
        words.append(_("By the import of “%(file)s”.") % {"file": row.data["file"]})
    if row.action == "catalogue.item.sold":
        words += _sale_words(int(row.data.get("n") or 1), is_at_workshop=bool(row.data.get("at_workshop")))
    if row.data.get("note"):
        words.append(str(row.data["note"]))
    return " ".join(words)


def _sale_words(pieces: int, *, is_at_workshop: bool) -> list[str]:
    words = [_("At the workshop.")] if is_at_workshop else []
    if pieces > 1:
        words.append(ngettext("%(n)s piece.", "%(n)s pieces.", pieces) % {"n": pieces})
    return words


def price_points(item: Item) -> list[tuple[datetime, int]]:
    """(moment, cents from then on), oldest first."""
    return list(item.prices.order_by("at", "pk").values_list("at", "price_cents"))


def price_chart(points: Sequence[tuple[datetime, int]], *, now: datetime | None = None) -> Chart | None:
    """The steps of the price until today, with its finding as title; None for a price that never moved."""
    if len(points) < 2:
        return None
    cuts = sum(points[n][1] < points[n - 1][1] for n in range(1, len(points)))
    rises = len(points) - 1 - cuts
    if rises == 0:
        title = ngettext("A price cut once", "A price cut %(n)s times", cuts) % {"n": cuts}
    else:
        title = ngettext("A price changed once", "A price changed %(n)s times", len(points) - 1) % {
            "n": len(points) - 1
        }
    shown = [*points, (now or timezone.now(), points[-1][1])]
    return Chart(
        title=title,
        unit=_("Euros"),
        says=_("From %(old)s to %(new)s.") % {"old": format_cents(points[0][1]), "new": format_cents(points[-1][1])},
        points=[
            Point(
                label=date_format(timezone.localtime(at), "j N Y"),
                value=cents,
                short=date_format(timezone.localtime(at), "j N"),
            )
            for at, cents in shown
        ],
        series=_("Price"),
        writes="cents",
        now=len(shown) - 1,
        from_zero=False,
    )


def attribute_rows(item: Item) -> list[tuple[str, str]]:
    """Label and value, in words, of the characteristics that the item has; proofs last."""
    category = categories.get(item.category_id)
    rows = [
        (attribute.label, attribute_text(attribute, item.attributes[attribute.key]))
        for attribute in categories.attributes_of(category)
        if item.attributes.get(attribute.key) not in {None, ""}
    ]
    proofs = [(rule.proof, rule.proof_label) for rule in RULES.values() if rule.proof.startswith("proof-")]
    return rows + [(str(label), str(item.attributes[key])) for key, label in proofs if item.attributes.get(key)]


def attribute_text(attribute: CategoryAttribute, value: Any) -> str:
    """A value in words, in French: it is the item's own data."""
    words = {choice["key"]: choice["fr"] for choice in attribute.choices}
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(words.get(key, key)) for key in value)
    text = words.get(str(value), str(value))
    if attribute.type in {"integer", "decimal"}:
        text = text.replace(".", ",")
    return f"{text}\u00a0{attribute.unit}" if attribute.unit else text


def sale_obstacles(item: Item) -> list[str]:
    """Sentences on what keeps the item off sale now: what lacks, and safety (rules.md F6)."""
    category = categories.get(item.category_id)
    found: list[str] = []
    if item.weight_g is None and categories.default_weight_g(category) is None:
        found.append(_("Missing: %(what)s.") % {"what": FIELD_LABELS["weight_g"]})
    found += [
        str(_("Missing: %(what)s.") % {"what": attribute.label})
        for attribute in categories.attributes_of(category)
        if attribute.is_required and item.attributes.get(attribute.key) in {None, ""}
    ]
    if not item.seller.is_selling:
        found.append(_("Only admitted organisations sell. This one is not admitted, or no longer."))
    rules = safety_findings(
        rules=categories.safety_rules_of(category),
        title=item.title,
        text=f"{item.brand}\n{item.description}",
        attributes=item.attributes,
        condition=item.condition,
    )
    recalled = stop_of_item(item)
    return found + [str(rule.message) for rule in rules] + ([recalled.message] if recalled else [])
