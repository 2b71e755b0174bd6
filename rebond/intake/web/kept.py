"""Weighing and sorting without network, as the device kept it (docs/decisions/0013)."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.catalogue.queries import categories
from rebond.core.weights import format_grams, parse_grams
from rebond.intake.actions.donation import receive_donation
from rebond.intake.actions.origin import Origin
from rebond.intake.actions.sorting import Thing, sort_thing
from rebond.intake.data.steps import RECEIVE, SORT
from rebond.intake.enums import ASKED_AT_DOCK, OUTCOME_ICONS, SAFE_OUTCOMES, SOURCE_ICONS, Outcome, Source
from rebond.intake.errors import FieldInvalid, IntakeError
from rebond.intake.queries.codes import code_in
from rebond.intake.queries.donations import containers_at, weighed_g
from rebond.intake.queries.flows import kiosk_flows
from rebond.intake.queries.suggestion import stops_of
from rebond.intake.web.loading import own_donation
from rebond.intake.web.views.receive import after_weighing, origin_question
from rebond.workshop.models import Task
from rebond.workshop.offline import ActKind, Kept, Told, register_act


def _grams(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        return parse_grams(text)
    except ValueError:
        raise FieldInvalid("gross_g", _("Write the weight that you read.")) from None


def _donation(kept: Kept) -> Any:
    public_id = kept.fields.get("donation", "")
    if not public_id:
        return None
    try:
        return own_donation(kept.hands.worker, public_id)
    except Http404:
        raise FieldInvalid("donation", _("This arrival is not known here. Call for help.")) from None


def receive(kept: Kept) -> Told:
    """One weighing: `source`, `flow`, `gross_g` as it was typed, `container`, `donation` where it goes on."""
    fields = kept.fields
    if kept.site is None:
        raise FieldInvalid("site", _("This device stands at no site. Call for help."))
    container = None
    if fields.get("container"):
        container = containers_at(kept.site).filter(public_id=fields["container"]).first()
        if container is None:
            raise FieldInvalid("container", _("This container is not used any more. Weigh again."))
    made = receive_donation(
        site=kept.site,
        source=fields.get("source", ""),
        flow=fields.get("flow", ""),
        gross_g=_grams(fields.get("gross_g", "")),
        container=container,
        donation=_donation(kept),
        is_from_scale=fields.get("scale") == "on",
        origin=Origin(*(fields.get(name, "") for name in ("place", "slip", "postcode"))),
        hands=kept.hands,
        now=kept.at,
    )
    said = _("%(source)s: %(weight)s") % {"source": made.get_source_display(), "weight": format_grams(weighed_g(made))}
    name = after_weighing(made)
    words = _("Say who brought it") if name == "intake:donor" else _("See the slip")
    return Told(said, reverse(name, args=[made.public_id]), words)


def sort(kept: Kept) -> Told:
    """One thing of the sorting table: `c` (category), `weight_g`, `quantity`, `outcome`, `donation`, `preuve`."""
    fields = kept.fields
    category = categories.by_key(fields.get("c", ""))
    if kept.site is None or category is None or categories.children_of(category):
        raise FieldInvalid("c", _("Choose what it is."))
    quantity = fields.get("quantity", "1")
    thing = Thing(
        category=category,
        weight_g=_grams(fields.get("weight_g", "")) or 0,
        quantity=int(quantity) if quantity.isdecimal() else 0,
        is_proven=fields.get("preuve") == "oui" and all(rule.proof for rule in stops_of(category)),
        suggested=fields.get("suggested", "") if fields.get("suggested") in Outcome.values else "",
        condition=fields.get("condition", ""),
        gtin=code_in(fields.get("ean", "")),
    )
    row = sort_thing(
        site=kept.site,
        donation=_donation(kept),
        thing=thing,
        outcome=fields.get("outcome", ""),
        hands=kept.hands,
        now=kept.at,
    )
    named = {"name": category.label, "outcome": row.get_outcome_display()}
    words = _("%(name)s: %(outcome)s") % named
    if row.item is None:
        return Told(words)
    link = reverse("workshop:label", args=[row.item.code.lower()])
    asked = ngettext("Print its label", "Print their label", row.quantity)
    return Told(words, link, asked)


def _dock(worker: Any, site: Any) -> dict[str, Any]:
    """Sources, flows and containers, as the dock's screens show them."""
    sources = [
        {"value": s.value, "label": str(s.label), "icon": SOURCE_ICONS[s][0], "facts": _asked(s)} for s in Source
    ]
    flows = [{"value": row.key, "label": row.label, "icon": row.icon} for row in kiosk_flows()]
    rows = containers_at(site) if site is not None else []
    containers = [{"value": c.public_id, "label": c.name, "hint": format_grams(c.tare_g)} for c in rows]
    asks_who = bool(worker.organisation.is_register_kept)
    return {"sources": sources, "flows": flows, "containers": containers, "asks_who": asks_who}


def _asked(source: Source) -> list[dict[str, Any]]:
    """The facts of this origin, as the dock asks them. Who brings it is never asked without network: decision 13."""
    found = []
    for name in ASKED_AT_DOCK.get(source, ()):
        title, hint = origin_question(name)
        found.append({"name": name, "title": title, "hint": hint, "is_number": name == "postcode"})
    return found


def _table(worker: Any, site: Any) -> dict[str, Any]:
    """Categories with what may be done with them, outcomes, and the arrivals that wait to be sorted."""
    tree = []
    for universe in categories.universes():
        leaves = [leaf for leaf in categories.leaves() if leaf.path.split("/")[0] == universe.path]
        rows = [{"value": leaf.key, "label": leaf.label, "stop": bool(stops_of(leaf))} for leaf in leaves]
        tree.append({"value": universe.key, "label": universe.label, "children": rows})
    outcomes = [
        {"value": o.value, "label": str(o.label), "icon": OUTCOME_ICONS[o][0], "safe": o in SAFE_OUTCOMES}
        for o in Outcome
    ]
    waiting = Task.objects.open().filter(kind=SORT, site=site).order_by("pk")[:6] if site is not None else []
    arrivals = [{"value": task.subject_id, "label": task.subject_label} for task in waiting]
    return {"categories": tree, "outcomes": outcomes, "arrivals": arrivals}


def register() -> None:
    """Called when the addresses load."""
    refusals = (IntakeError,)
    register_act(ActKind(code="intake.receive", apply=receive, step=RECEIVE, refusals=refusals, luggage=_dock))
    register_act(ActKind(code="intake.sort", apply=sort, step=SORT, refusals=refusals, luggage=_table))
