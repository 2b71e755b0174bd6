"""Sort one thing, or a batch of the same: its weight, its flow, where it goes."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item import begin_item
from rebond.catalogue.enums import Condition, Origin
from rebond.catalogue.errors import SellerNotSelling
from rebond.catalogue.models import Category
from rebond.catalogue.queries.recalls import stop_for
from rebond.intake.actions.once import once
from rebond.intake.actions.register_lines import enter_object
from rebond.intake.data.flows import MIXED
from rebond.intake.data.steps import SORT
from rebond.intake.enums import SAFE_OUTCOMES, Outcome, Source
from rebond.intake.errors import FieldInvalid, ThingStopped
from rebond.intake.models import Donation, Sorting
from rebond.intake.queries.flows import chosen_flows, flow_of
from rebond.intake.queries.suggestion import stops_of
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.workshop.actions.chain import next_step
from rebond.workshop.actions.step import Hands, record_step
from rebond.workshop.models import Step, Task

HEAVIEST_G = 2_000_000
MOST = 500


@dataclass(frozen=True, slots=True)
class Thing:
    """What is in hand: `weight_g` is of the whole batch of `quantity`; `is_proven`: the proof that lifts its stop is
    there. `suggested` and `gain_cents` (of the whole batch) are what the screen said. `is_estimated`: nobody weighed
    it, the grams are its category's. `condition`: what the sorter saw, "" where nobody said. `gtin`: the
    barcode that was scanned on it, "" for none.
    """

    category: Category
    weight_g: int
    quantity: int = 1
    is_proven: bool = False
    suggested: str = ""
    gain_cents: int | None = None
    is_estimated: bool = False
    condition: str = ""
    gtin: str = ""

    def check(self, outcome: str) -> None:
        """Raise FieldInvalid, or ThingStopped where a safety rule keeps it off the shelf (rules.md F6)."""
        check_thing(self.weight_g, self.quantity)
        if outcome not in Outcome.values:
            raise FieldInvalid("outcome", _("Choose where it goes."))
        if self.condition and self.condition not in Condition.values:
            raise FieldInvalid("condition", _("Choose its condition."))
        if outcome not in SAFE_OUTCOMES and not self.is_proven and stops_of(self.category):
            raise ThingStopped
        if outcome not in SAFE_OUTCOMES and stop_for(gtin=self.gtin) is not None:
            raise ThingStopped  # recalled or forbidden: no proof lifts it


def _known(operation_id: uuid.UUID) -> Sorting | None:
    """The row of an operation that was sent before."""
    found: Sorting | None = Sorting.objects.filter(operation_id=operation_id).first()
    return found


@once(_known)
@transaction.atomic
def sort_thing(
    *,
    site: Site,
    thing: Thing,
    outcome: str,
    hands: Hands,
    donation: Donation | None = None,
    now: datetime | None = None,
) -> Sorting:
    """One row of the sorting table. Online: a draft with its code and measured weight, then its photographs' task.

    The same operation sent twice gives back the first row. Raise FieldInvalid on `weight_g`, `quantity`, `outcome`;
    ThingStopped where a safety rule keeps it off the shelf and no proof is there (rules.md F6).
    """
    thing.check(outcome)
    category = thing.category
    flow = flow_of(category, chosen_flows(site.organisation))
    row: Sorting = Sorting.objects.create(
        operation_id=hands.operation_id,
        organisation_id=site.organisation_id,
        site=site,
        donation=donation,
        day=timezone.localdate(now),
        category=category,
        category_label=category.name,
        flow=flow,
        from_flow=_weighed_as(donation, flow),
        quantity=thing.quantity,
        weight_g=thing.weight_g,
        condition=thing.condition,
        outcome=outcome,
        suggested=thing.suggested,
        gain_cents=thing.gain_cents,
    )
    if outcome == Outcome.ONLINE:
        _begin(row, hands, thing)
    facts = _facts(row, is_estimated=thing.is_estimated)
    record_step(kind=SORT, subject=row.item or row, hands=hands, site=site, now=now, sorting=row.public_id, **facts)
    record("intake.thing.sorted", subject=row, by=hands.user, organisation=site.organisation, **facts)
    if row.item is not None:
        next_step(row.item, site=site, by=hands.user)
        enter_object(row=row, now=now)
    return row


def _facts(row: Sorting, *, is_estimated: bool) -> dict[str, Any]:
    """What the step and the journal keep of it."""
    facts: dict[str, Any] = {"outcome": row.outcome, "grams": row.weight_g, "quantity": row.quantity, "flow": row.flow}
    if row.condition:
        facts["condition"] = row.condition
    return facts | ({"is_estimated": True} if is_estimated else {})


def check_thing(weight_g: int | None, quantity: int) -> None:
    """Raise FieldInvalid where the weight or the number cannot be."""
    if not weight_g:
        raise FieldInvalid("weight_g", _("Write the weight that you read."))
    if weight_g > HEAVIEST_G:
        raise FieldInvalid("weight_g", _("This is more than two tonnes. Read it again."))
    if not 1 <= quantity <= MOST:
        raise FieldInvalid("quantity", _("Write how many there are, 500 at most."))


def _weighed_as(donation: Donation | None, flow: str) -> str:
    """The flow under which the donation's grams were weighed: the thing's own, else the mixed one, else the first."""
    if donation is None:
        return ""
    weighed = list(donation.weighings.kept().values_list("flow", flat=True))
    return next((key for key in (flow, MIXED, *weighed) if key in weighed), "")


def _begin(row: Sorting, hands: Hands, thing: Thing) -> None:
    """The object's draft, with its code and the weight of one thing. Raise FieldInvalid for who cannot sell."""
    is_unsold = row.donation is not None and row.donation.source == Source.UNSOLD
    try:
        row.item = begin_item(
            seller=row.organisation,
            category=row.category,
            site=row.site,
            by=hands.user,
            weight_g=None if thing.is_estimated else round(row.weight_g / row.quantity) or 1,
            origin=Origin.UNSOLD if is_unsold else Origin.GIFT,
            quantity=row.quantity,
            gtin=thing.gtin,
            condition=thing.condition,  # whoever writes it is not asked again, and may change it
        )
    except SellerNotSelling as refused:
        raise FieldInvalid("outcome", _("This workshop does not sell online yet.")) from refused
    row.save(update_fields=["item"])


@transaction.atomic
def finish_sorting(*, task: Task, donation: Donation, hands: Hands, now: datetime | None = None) -> Step:
    """Nothing is left of the donation: its task ends. Twice is once."""
    return record_step(kind=SORT, subject=donation, hands=hands, task=task, now=now, is_end=True)
