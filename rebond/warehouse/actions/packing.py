"""Packing a parcel at a station: its objects are scanned in, its carton, picture and weight kept, then it is packed.

What is said on the way is kept with the task, so that another person or another tablet goes on. Locks: the parcel, then
the task, then the carton.
"""

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.files import store_file
from rebond.warehouse.actions.carton import use_carton
from rebond.warehouse.actions.parcel import move_parcel, open_again, settle
from rebond.warehouse.data import PACK
from rebond.warehouse.enums import ParcelState, PickState
from rebond.warehouse.errors import AlreadyIn, BeingPicked, NotInParcel, ParcelNotOpen, StillMissing, WeightUnchecked
from rebond.warehouse.models import Carton, Packing, Parcel, PickLine
from rebond.warehouse.queries.packing import LIVE, Weight, carton_of, expected_weight, inside, packing_of
from rebond.warehouse.signals import parcel_packed
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.actions.task import open_task, save_answers, take_inside
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Task

ALONE = "alone"  # wrapped alone, or in a box of its own: no carton of the site's
PERMISSION = "warehouse.parcel.view"
KEPT = timedelta(days=190)  # a claim about a parcel comes within six months (rules.md F3: what was there at delivery)
MAX_BYTES = 15_000_000


@transaction.atomic
def begin_packing(*, parcel: Parcel, hands: Hands) -> Task:
    """The task of packing a parcel is the person's. Raise ParcelNotOpen, BeingPicked, TaskTaken, TaskStateForbids."""
    held = _open(parcel)
    task = open_task(kind=PACK, subject=held, site=held.site, by=hands.user)
    return take_inside(task=task, worker=hands.worker)


@transaction.atomic
def scan_in(*, task: Task, parcel: Parcel, item_code: str, hands: Hands) -> PickLine:
    """One unit of an object goes in: each is scanned, so that nothing else leaves. Picked here where nobody had.

    A scan is no step: its operation is kept with the task, so that one sent twice counts once. Raise ParcelNotOpen,
    NotInParcel, AlreadyIn.
    """
    held = _open(parcel)
    rows = PickLine.objects.filter(parcel=held, item_code=item_code, state__in=LIVE)
    lines = list(rows.order_by("pk"))
    if not lines:
        raise NotInParcel
    kept = lock_row(task).data
    scans = dict(kept.get("scans", {}))
    if (told := _told(scans, lines, hands)) is not None:
        return told
    seen = dict(kept.get("seen", {}))
    line: PickLine | None = next((one for one in lines if seen.get(str(one.pk), 0) < one.units), None)
    if line is None:
        raise AlreadyIn
    seen[str(line.pk)] = seen.get(str(line.pk), 0) + 1
    scans[f"{hands.operation_id}:{item_code}"] = line.pk
    save_answers(task=task, worker=hands.worker, seen=seen, scans=scans)
    if line.state == PickState.TO_PICK and seen[str(line.pk)] == line.units:
        PickLine.objects.filter(pk=line.pk, state=PickState.TO_PICK).update(state=PickState.PICKED)
        settle(held, hands.user)
    return line


def _told(scans: dict[str, int], lines: list[PickLine], hands: Hands) -> PickLine | None:
    """The line that this very scan (operation and object) counted for before; None the first time."""
    key = scans.get(f"{hands.operation_id}:{lines[0].item_code}")
    return next((one for one in lines if one.pk == key), None)


@transaction.atomic
def choose(*, task: Task, parcel: Parcel, carton: Carton | None, hands: Hands) -> Task:
    """In which carton; None: wrapped alone. Raise ParcelNotOpen, TaskStateForbids."""
    _open(parcel)
    return save_answers(task=task, worker=hands.worker, carton=carton.public_id if carton else ALONE)


@transaction.atomic
def keep_photo(*, task: Task, parcel: Parcel, data: bytes, hands: Hands) -> Task:
    """The picture of the open parcel, WebP; b"": there is none. Raise ParcelNotOpen, FileRefusedError."""
    held = _open(parcel)
    if not data:
        return save_answers(task=task, worker=hands.worker, photo="")
    stored = store_file(
        upload=ContentFile(data, name=f"{held}.webp"),
        organisation=held.organisation,
        permission=PERMISSION,
        by=hands.user,
        subject=held,
        kinds=frozenset({"webp"}),
        max_bytes=MAX_BYTES,
        delete_after=timezone.localdate() + KEPT,
    )
    return save_answers(task=task, worker=hands.worker, photo=stored.public_id)


@transaction.atomic
def pack_parcel(*, task: Task, parcel: Parcel, grams: int | None, hands: Hands, is_checked: bool = False) -> Packing:
    """Everything is in: the parcel is packed, a carton less is left, the step is recorded and the task is over.

    The room of orders is told, and asks the label (`label.label_packed` gets it, once this is committed).
    A weight that its objects do not have is looked at before (`is_checked`: it was). Sent twice, it is once.
    Raise ParcelNotOpen, StillMissing, WeightUnchecked.
    """
    if already_done(hands.operation_id) is not None and (found := packing_of(parcel)) is not None:
        return found
    held = _open(parcel)
    task = lock_row(task)
    things = inside(held, task)
    if not things or not all(one.is_seen for one in things):
        raise StillMissing
    carton = carton_of(task, held)
    weight = expected_weight(things, carton)
    if grams is not None and not weight.holds(grams) and not is_checked:
        raise WeightUnchecked(weight)
    return _pack(held, task, carton, grams, weight, hands)


def _pack(
    parcel: Parcel, task: Task, carton: Carton | None, grams: int | None, weight: Weight, hands: Hands
) -> Packing:
    packing: Packing = Packing.objects.create(
        parcel=parcel,
        carton=carton,
        grams=grams,
        low_g=weight.low_g,
        high_g=weight.high_g,
        photo=task.data.get("photo", ""),
    )
    if not move_parcel(parcel, "pack", hands.user):
        raise ParcelNotOpen
    if carton is not None:
        use_carton(carton=carton, operation_id=hands.operation_id)
    said: dict[str, Any] = {"carton": carton.name if carton else "", "grams": grams, "packing": packing.public_id}
    record_step(kind=PACK, subject=parcel, hands=hands, task=task, site=parcel.site, **said)
    parcel_packed.send(sender=Parcel, parcel=parcel, grams=grams, by=hands.user)
    return packing


def note_label(*, packing: Packing) -> None:
    """The carrier's label was printed with the papers of a parcel; the first day counts."""
    Packing.objects.filter(pk=packing.pk, labelled_on=None).update(labelled_on=timezone.localdate())


@transaction.atomic
def unpack(*, step: Step, by: Any) -> None:
    """Taken back: the parcel is open again, its carton is back on the pile. Raise NotUndoable where it left."""
    packing = Packing.objects.select_related("parcel", "carton").filter(
        public_id=step.data.get("packing", ""), undone_on__isnull=True
    )
    found = packing.first()
    if found is None:
        raise NotUndoable
    held = lock_row(found.parcel, no_key=True)
    if held.state != ParcelState.PACKED:
        raise NotUndoable
    open_again(parcel=held, by=by)


def _open(parcel: Parcel) -> Parcel:
    """The parcel, locked, where it may be packed; raise ParcelNotOpen, or BeingPicked where a round has it."""
    held = lock_row(parcel, no_key=True)
    held.organisation, held.site = parcel.organisation, parcel.site  # a parcel never changes them
    if held.state not in {ParcelState.ASKED, ParcelState.PICKED}:
        raise ParcelNotOpen
    if held.state == ParcelState.ASKED and held.round_id is not None:
        raise BeingPicked
    return held
