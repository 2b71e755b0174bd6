"""Waves: made at the desk from what leaves, stopped there. The walks are laid by a task (`planning.py`)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.warehouse.enums import ParcelState, PickState, RoundState, WaveSize, WaveState
from rebond.warehouse.errors import NothingToPick, WaveStateForbids
from rebond.warehouse.models import Parcel, PickLine, Place, Round, Wave
from rebond.warehouse.queries.sizes import with_size
from rebond.warehouse.queries.waves import tasks_of
from rebond.warehouse.queries.zones import in_zone
from rebond.warehouse.tasks import plan_the_wave
from rebond.workshop.actions.task import cancel_tasks_of
from rebond.workshop.models import Task

MOST = 500  # parcels of a wave: its walks are laid within some seconds


@transaction.atomic
def make_wave(
    *,
    site: Site,
    leave_by: datetime,
    slots: int,
    weight_g: int | None,
    by: Any,
    zone: Place | str = "",
    size: WaveSize | str = "",
) -> Wave:
    """Take the site's parcels that leave by then and are in no other wave, the first to leave first; 500 at most.

    `zone`: only those whose objects all lie in this place (the root of theirs), or MIXED: only the others, which lie in
    several zones or nobody knows where. `size`: only those of this size (`queries.sizes`). Two waves made at once share
    none of them: a parcel has one wave.
    Raise NothingToPick.
    """
    wave: Wave = Wave.objects.create(
        organisation_id=site.organisation_id,
        site=site,
        leave_by=leave_by,
        slots=slots,
        weight_g=weight_g,
        made_by=by,
        zone=str(zone),
        size=str(size),
    )
    free = Parcel.objects.filter(site=site, state=ParcelState.ASKED, wave=None, leave_by__lte=leave_by)
    if zone:
        free = in_zone(free, zone)
    if size:
        free = with_size(free).filter(size=size)
    keys = list(free.order_by("leave_by", "pk").values_list("pk", flat=True)[:MOST])
    taken = Parcel.objects.filter(pk__in=keys, state=ParcelState.ASKED, wave=None).update(wave=wave)
    if not taken:
        raise NothingToPick
    plan_the_wave.enqueue(wave.pk)
    record("warehouse.wave.made", subject=wave, by=by, organisation=site.organisation, number=taken)
    return wave


@transaction.atomic
def stop_wave(*, wave: Wave, by: Any, now: datetime | None = None) -> Wave:
    """Nobody goes on with it: parcels of which nothing was picked wait for another wave. Raise WaveStateForbids.

    What is on carts is carried on by no round: its parcels keep what was picked, and wait too. The task of each round
    keeps what is on its cart (`on_cart`: {line: slot}), so that its screen says what to bring to the packing table.
    """
    lock_rows(Parcel.objects.filter(wave=wave), no_key=True)
    wave = lock_row(wave)
    if wave.state not in {WaveState.PLANNING, WaveState.OPEN}:
        raise WaveStateForbids
    rounds = list(Round.objects.filter(wave=wave, state=RoundState.OPEN).select_related("wave"))
    _note_carts(rounds)
    for one in rounds:
        cancel_tasks_of(subject=one, now=now)
    Round.objects.filter(wave=wave, state=RoundState.OPEN).update(
        state=RoundState.CANCELLED, ended_on=timezone.localdate(now), version=F("version") + 1
    )
    left = Parcel.objects.filter(wave=wave, state=ParcelState.ASKED)
    PickLine.objects.filter(parcel__in=left).update(slot=None)
    PickLine.objects.filter(parcel__in=left, state=PickState.TO_PICK).update(turn=None, skips=0)
    left.update(wave=None, round=None, slot=None, version=F("version") + 1)
    Wave.objects.filter(pk=wave.pk).update(state=WaveState.CANCELLED, version=F("version") + 1)
    record("warehouse.wave.stopped", subject=wave, by=by, organisation=wave.organisation)
    wave.refresh_from_db()
    return wave


def _note_carts(rounds: list[Round]) -> None:
    """The objects of parcels that are not whole: each with its slot, on the task of its round. Parcels are locked."""
    tasks = tasks_of(rounds)
    lines = PickLine.objects.filter(parcel__state=ParcelState.ASKED, state=PickState.PICKED).select_related("parcel")
    for one in rounds:
        found = {str(line.pk): line.cart_slot for line in lines.filter(parcel__round=one).order_by("pk")}
        if found and one.public_id in tasks:
            task = tasks[one.public_id]
            Task.objects.filter(pk=task.pk).update(data=task.data | {"on_cart": found})
