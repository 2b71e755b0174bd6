"""Projects that buyers may round up for: made and changed by the operator, closed by their last day."""

import datetime
from typing import Any

from django.db import transaction

from rebond.journal.actions.record import record
from rebond.ledger.queries.fees import operator_of
from rebond.network.models import Organisation
from rebond.shop.errors import ProjectInvalidError
from rebond.shop.models import SolidarityProject


@transaction.atomic
def create_project(
    *,
    name: str,
    sentence: str,
    receiver: Organisation,
    opens_on: datetime.date,
    closes_on: datetime.date | None,
    by: Any,
) -> SolidarityProject:
    """A project that `receiver` carries; buyers see it from its first day to its last.

    Raise ProjectInvalidError where it would close before it opens, or the operator would receive the gifts itself.
    """
    operator = operator_of(None)
    if operator is None or receiver.pk == operator.pk or (closes_on is not None and closes_on < opens_on):
        raise ProjectInvalidError
    project = SolidarityProject.objects.create(
        name=name.strip(), sentence=sentence.strip(), receiver=receiver, opens_on=opens_on, closes_on=closes_on
    )
    record("shop.project.created", subject=project, by=by, organisation=receiver)
    return project


@transaction.atomic
def change_project(
    *,
    project: SolidarityProject,
    name: str,
    sentence: str,
    opens_on: datetime.date,
    closes_on: datetime.date | None,
    by: Any,
) -> SolidarityProject:
    """Other words or days; who receives stays. Orders keep what they were told. Raise ProjectInvalidError."""
    if closes_on is not None and closes_on < opens_on:
        raise ProjectInvalidError
    new: dict[str, Any] = {
        "name": name.strip(), "sentence": sentence.strip(), "opens_on": opens_on, "closes_on": closes_on
    }  # fmt: skip
    changed = sorted(key for key, value in new.items() if getattr(project, key) != value)
    if changed:
        SolidarityProject.objects.filter(pk=project.pk).update(**new)
        project.refresh_from_db()
        record("shop.project.changed", subject=project, by=by, organisation=project.receiver, fields=changed)
    return project
