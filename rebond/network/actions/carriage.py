"""Delivery prices of an agreement, by weight and size (rules.md A2): saved whole, removed."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.enums import CarriageMode
from rebond.network.errors import NetworkError, StaleError
from rebond.network.models import Agreement, Carriage, CarriageStep

FIELDS = ("mode", "carrier", "zone", "max_length_mm", "max_sum_mm", "source")
MOST_TABLES = 12
MOST_STEPS = 60


def _check(agreement: Agreement, table: Carriage | None, fields: dict[str, Any], steps: Sequence[Any]) -> None:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"not fields of delivery prices: {sorted(unknown)}")
    if fields["mode"] == CarriageMode.LOCAL and not fields["zone"]:
        raise NetworkError(_("Write the postal codes where you deliver yourself."), field="zone")
    if not 1 <= len(steps) <= MOST_STEPS or len({grams for grams, _cents in steps}) != len(steps):
        raise NetworkError(_("Give one price for each weight, 60 at most."), field="steps")
    if table is None and agreement.carriages.count() >= MOST_TABLES:
        raise NetworkError(_("An agreement has 12 tables at most."))


@transaction.atomic
def save_carriage(
    *,
    agreement: Agreement,
    fields: dict[str, Any],
    steps: Sequence[tuple[int, int]],
    by: Any,
    table: Carriage | None = None,
    version: int = 0,
) -> Carriage:
    """Write a table, or all of one that still has `version`. `steps` are (grams, cents); orders placed keep theirs.

    The journal keeps the whole of it: what a parcel cost on a day can be said later. Raise NetworkError (no step,
    twice the same weight, an own zone without postal codes), StaleError where somebody changed it.
    """
    lock_row(agreement)
    _check(agreement, table, fields, steps)
    if table is None:
        table = Carriage.objects.create(agreement=agreement, **fields)
    else:
        rows = Carriage.objects.filter(pk=table.pk, version=version)
        if not rows.update(**fields, updated_at=timezone.now(), version=F("version") + 1):
            raise StaleError
        table.refresh_from_db()
        table.steps.all().delete()
    CarriageStep.objects.bulk_create(
        CarriageStep(carriage=table, up_to_g=grams, cents=cents) for grams, cents in sorted(steps)
    )
    _tell("network.carriage.saved", agreement, table, by, steps=[list(step) for step in sorted(steps)])
    return table


@transaction.atomic
def remove_carriage(*, table: Carriage, by: Any) -> None:
    """Take a table away: the way falls back to the agreement's one price, or is offered no more."""
    _tell("network.carriage.removed", table.agreement, table, by)
    table.delete()


def _tell(verb: str, agreement: Agreement, table: Carriage, by: Any, **data: Any) -> None:
    record(
        verb, subject=agreement, by=by, organisation=agreement.organisation,
        carrier=table.carrier, mode=table.mode, zone=table.zone, **data,
    )  # fmt: skip
