"""Counts of the stock, exits by hand, and the flows that an organisation reports. Grams."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.models import Category
from rebond.intake import tasks
from rebond.intake.data.flows import flows
from rebond.intake.enums import ExitKind
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import CategoryFlow, Exit, FlowName, StockCount
from rebond.journal.actions.record import record
from rebond.network.models import Organisation, Site

HEAVIEST_G = 10_000_000_000  # ten thousand tonnes


def _check(flow: str, day: datetime.date, weight_g: int, least: int) -> None:
    if flow not in flows():
        raise FieldInvalid("flow", _("Choose a flow."))
    if day > timezone.localdate():
        raise FieldInvalid("day", _("This day is still to come."))
    if not least <= weight_g <= HEAVIEST_G:
        raise FieldInvalid("weight_g", _("Write the weight that you read."))


def _look_at_gaps(site: Site, day: datetime.date) -> None:
    """What was noted of a day that is over may close last month, or open it."""
    if day < timezone.localdate().replace(day=1):
        tasks.note_gaps.enqueue(site.pk)


@transaction.atomic
def note_count(
    *,
    site: Site,
    flow: str,
    day: datetime.date,
    weight_g: int,
    by: Any,
    is_estimate: bool = False,
    operation_id: uuid.UUID | None = None,
) -> StockCount:
    """The stock of a flow at the end of a day. The same operation twice is one. Raise FieldInvalid."""
    _check(flow, day, weight_g, 0)
    facts = {"site": site, "flow": flow, "day": day, "weight_g": weight_g, "is_estimate": is_estimate}
    made, is_new = StockCount.objects.get_or_create(
        operation_id=operation_id or uuid.uuid4(), defaults={"organisation_id": site.organisation_id, **facts}
    )
    if is_new:
        record("intake.count.noted", subject=made, by=by, organisation=site.organisation, grams=weight_g)
        _look_at_gaps(site, day)
    return made


@transaction.atomic
def note_exit(
    *,
    site: Site,
    flow: str,
    kind: str,
    day: datetime.date,
    weight_g: int,
    by: Any,
    reference: str = "",
    operation_id: uuid.UUID | None = None,
) -> Exit:
    """What left without the sorting table. The same operation twice is one. Raise FieldInvalid."""
    _check(flow, day, weight_g, 1)
    if kind not in ExitKind.values:
        raise FieldInvalid("kind", _("Choose how it left."))
    facts = {"site": site, "flow": flow, "kind": kind, "day": day, "weight_g": weight_g, "reference": reference.strip()}
    made, is_new = Exit.objects.get_or_create(
        operation_id=operation_id or uuid.uuid4(), defaults={"organisation_id": site.organisation_id, **facts}
    )
    if is_new:
        record("intake.exit.noted", subject=made, by=by, organisation=site.organisation, grams=weight_g)
        _look_at_gaps(site, day)
    return made


@transaction.atomic
def set_flows(
    *,
    organisation: Organisation,
    of_categories: Mapping[Category, str],
    names: Mapping[str, tuple[str, str]],
    by: Any,
) -> None:
    """Which flow each category is reported in ("" for the file's), and each flow's body with its own word for it.

    Raise FieldInvalid for a flow that the file does not know.
    """
    if not {key for key in of_categories.values() if key} | set(names) <= set(flows()):
        raise FieldInvalid("flow", _("Choose a flow."))
    for category, key in of_categories.items():
        rows = CategoryFlow.objects.filter(organisation=organisation, category=category)
        if not key:
            rows.delete()
        elif not rows.update(flow=key):
            CategoryFlow.objects.create(organisation=organisation, category=category, flow=key)
    for key, (body, word) in names.items():
        FlowName.objects.update_or_create(
            organisation=organisation, flow=key, defaults={"body": body.strip(), "nomenclature": word.strip()}
        )
    record("intake.flow.set", subject=organisation, by=by, organisation=organisation)
