"""Cartons of a site: added, counted in, used by parcels, counted again. Every change of a count is a move."""

import datetime
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.warehouse.enums import CartonReason
from rebond.warehouse.errors import CartonClosed, FieldInvalid
from rebond.warehouse.models import Carton, CartonMove

MOST_AT_ONCE = 10_000
LONGEST_MM = 3_000


@dataclass(frozen=True, slots=True)
class Kind:
    """What a carton is: inside measures in millimetres in any order, grams, cents."""

    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    is_salvaged: bool = False
    most_g: int | None = None
    tare_g: int = 0
    cost_cents: int = 0
    least: int = 0

    def fields(self) -> dict[str, Any]:
        """As the row keeps it: the longest side first. Raise FieldInvalid."""
        sides = {name: getattr(self, name) for name in ("length_mm", "width_mm", "height_mm")}
        for name, side in sides.items():
            if not 1 <= side <= LONGEST_MM:
                raise FieldInvalid(name, _("From 0.1 to 300 centimetres."))
        longest = sorted(sides.values(), reverse=True)
        return asdict(self) | dict(zip(sides, longest, strict=True)) | {"name": " ".join(self.name.split())[:40]}


@transaction.atomic
def add_carton(*, site: Site, kind: Kind, number: int, by: Any) -> Carton:
    """A new kind of carton with the `number` of them that are there. Raise FieldInvalid, also for a name in use."""
    fields = kind.fields()
    _check_number(number)
    try:
        with transaction.atomic():
            carton: Carton = Carton.objects.create(site=site, organisation_id=site.organisation_id, **fields)
    except IntegrityError:
        raise FieldInvalid("name", _("A carton of this site has this name already.")) from None
    record("warehouse.carton.added", subject=carton, by=by, organisation=site.organisation)
    if number:
        move_cartons(carton=carton, number=number, reason=CartonReason.RECEIVED)
    return carton


@transaction.atomic
def change_carton(*, carton: Carton, kind: Kind, version: int, by: Any) -> Carton:
    """What it is; its count is left alone. Raise FieldInvalid, also where somebody changed it meanwhile."""
    fields = kind.fields()
    taken = Carton.objects.open().filter(site=carton.site_id, name=fields["name"]).exclude(pk=carton.pk)
    if taken.exists():
        raise FieldInvalid("name", _("A carton of this site has this name already."))
    rows = Carton.objects.open().filter(pk=carton.pk, version=version)
    if not rows.update(**fields, version=F("version") + 1):
        raise FieldInvalid("name", _("Somebody changed it meanwhile. Look at it again."))
    carton.refresh_from_db()
    record("warehouse.carton.changed", subject=carton, by=by, organisation=carton.organisation)
    return carton


@transaction.atomic
def close_carton(*, carton: Carton, by: Any) -> Carton:
    """Nobody packs in it any more; twice is once."""
    if Carton.objects.open().filter(pk=carton.pk).update(closed_on=timezone.localdate(), version=F("version") + 1):
        record("warehouse.carton.closed", subject=carton, by=by, organisation=carton.organisation)
    carton.refresh_from_db()
    return carton


@transaction.atomic
def receive_cartons(*, carton: Carton, number: int, by: Any, operation_id: uuid.UUID) -> bool:
    """So many more came; the same operation is one move (False the second time). Raise FieldInvalid, CartonClosed."""
    _check_number(number, least=1)
    if Carton.objects.filter(pk=carton.pk, closed_on__isnull=False).exists():
        raise CartonClosed
    is_new = move_cartons(carton=carton, number=number, reason=CartonReason.RECEIVED, operation_id=operation_id)
    if is_new:
        facts = {"subject": carton, "by": by, "organisation": carton.organisation}
        record("warehouse.carton.received", number=number, **facts)
    return is_new


@transaction.atomic
def count_cartons(*, carton: Carton, number: int, by: Any) -> Carton:
    """So many are there: the difference is a move; none where the count was right. Raise FieldInvalid, CartonClosed."""
    _check_number(number)
    held = lock_row(carton)
    if held.closed_on is not None:
        raise CartonClosed
    if number != held.left:
        move_cartons(carton=carton, number=number - held.left, reason=CartonReason.COUNTED)
        facts = {"subject": carton, "by": by, "organisation": carton.organisation}
        record("warehouse.carton.counted", left=number, expected=held.left, **facts)
    carton.refresh_from_db()
    return carton


def use_carton(*, carton: Carton, operation_id: uuid.UUID) -> bool:
    """One goes into a parcel. Where nobody had counted it, the one in the hands counts: found, then used.

    A part of the caller's transaction. False where this operation used it already.
    """
    held = lock_row(carton)
    if CartonMove.objects.filter(operation_id=operation_id, reason=CartonReason.USED).exists():
        return False
    if held.left == 0:
        move_cartons(carton=carton, number=1, reason=CartonReason.FOUND, operation_id=operation_id)
    return move_cartons(carton=carton, number=-1, reason=CartonReason.USED, operation_id=operation_id)


def move_cartons(
    *,
    carton: Carton,
    number: int,
    reason: str,
    operation_id: uuid.UUID | None = None,
    day: datetime.date | None = None,
) -> bool:
    """One move, of today or of `day`, and the count that follows it; False where this operation was written before."""
    try:
        with transaction.atomic():
            CartonMove.objects.create(
                carton=carton,
                number=number,
                reason=reason,
                operation_id=operation_id or uuid.uuid4(),
                day=day or timezone.localdate(),
            )
    except IntegrityError:
        return False
    Carton.objects.filter(pk=carton.pk).update(left=F("left") + number)
    return True


def _check_number(number: int, *, least: int = 0) -> None:
    if not least <= number <= MOST_AT_ONCE:
        raise FieldInvalid("number", _("From %(least)s to 10,000.") % {"least": least})
