"""What an agreement shares out: who does what by kind, and what a sale leaves to each (rules.md 0.9, A2)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rebond.core.prepared import Prepared
from rebond.network.enums import AgreementKind
from rebond.network.models import Agreement, Organisation

PARTIES = (("seller", _("The organisation")), ("platform", _("The platform")), ("network", _("The network")))
# key, label, pictogram
TASKS = (
    ("sort", _("Sort"), "scan-search"),
    ("photo", _("Photograph"), "camera"),
    ("write", _("Write"), "pen-line"),
    ("review", _("Review"), "check-check"),
    ("storage", _("Store"), "warehouse"),
    ("packing", _("Pack"), "package"),
    ("shipping", _("Ship"), "truck"),
    ("aftersales", _("Answer customers"), "message-circle"),
    ("payment", _("Collect payments"), "credit-card"),
    ("training", _("Train"), "graduation-cap"),
)
_ALL = {key for key, _label, _icon in TASKS}


def _scope(**others: str) -> dict[str, str]:
    return {key: others.get(key, "seller") for key, _label, _icon in TASKS}


# What each kind usually means; a proposal, changed on the form.
DEFAULT_SCOPES: dict[str, dict[str, str]] = {
    AgreementKind.INTEGRATED: dict.fromkeys(_ALL, "platform") | {"payment": "network", "training": "network"},
    AgreementKind.BRICK: _scope(payment="network", training="network", aftersales="network", review="network"),
    AgreementKind.FRANCHISE: _scope(payment="network", training="network", review="platform"),
    AgreementKind.TUTORED: _scope(payment="network", training="platform", review="platform", aftersales="platform"),
}
DIP_DAYS = 20  # commercial code L330-3: the document comes 20 days before signature (rules.md digest 39)


@dataclass(frozen=True, slots=True)
class Share:
    """What one sale gives to each, in cents; the parts always add up to the price."""

    price_cents: int
    commission_cents: int
    solidarity_cents: int
    organisation_cents: int


def share_of(price_cents: int, *, commission_bp: int, solidarity_bp: int) -> Share:
    """Cut a price without delivery: commission and levy are rounded half up, the organisation has the rest."""
    commission = (price_cents * commission_bp + 5_000) // 10_000
    solidarity = (price_cents * solidarity_bp + 5_000) // 10_000
    return Share(price_cents, commission, solidarity, price_cents - commission - solidarity)


def agreement_for(organisation: Organisation, day: date) -> Agreement | None:
    """The signed agreement in force that day, the newest where there are several operators; None without."""
    return next(iter(_in_force(day).run(organisation.pk)), None)


def signed_on(day: date) -> QuerySet[Agreement]:
    """The signed agreements in force that day."""
    rows = Agreement.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), signed_on__isnull=False)
    return rows.filter(starts_on__lte=day)


@lru_cache(maxsize=2)
def _in_force(day: date) -> Prepared[Agreement]:
    """Written once a day: every object's page of a seller not read yet asks it."""
    rows = signed_on(day).select_related("operator").order_by("-starts_on")
    return Prepared(lambda organisation: rows.filter(organisation_id=organisation)[:1], mark=-1)


def entrusting(operator_id: int, task: str, day: date) -> list[int]:
    """Keys of the organisations whose agreement in force that day has `operator_id` do `task` (a key of TASKS)."""
    rows = signed_on(day).filter(operator=operator_id).order_by("starts_on").only("organisation", "scope")
    newest = {row.organisation_id: row for row in rows}
    return [key for key, row in newest.items() if row.scope.get(task) in {"platform", "network"}]


def state_of(agreement: Agreement, day: date) -> str:
    """`draft`, `coming`, `current` or `over` on a day."""
    if agreement.signed_on is None:
        return "draft"
    if agreement.starts_on > day:
        return "coming"
    return "over" if agreement.ends_on is not None and agreement.ends_on < day else "current"


def scope_lines(scope: dict[str, Any]) -> list[dict[str, Any]]:
    """The tasks with their pictogram and the party that does each."""
    parties = dict(PARTIES)
    return [
        {"key": key, "label": label, "icon": icon, "party": parties.get(scope.get(key, ""), "")}
        for key, label, icon in TASKS
    ]
