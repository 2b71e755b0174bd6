"""Samples of what leaves a site for the test of rights (tests/samples.py)."""

import datetime

from django.utils import timezone

from tests.factories.warehouse import ParcelFactory, PickLineFactory
from tests.factories.workshop import TaskFactory


def parcel_of(world):
    if "picked_parcel" not in vars(world):
        world.picked_parcel = ParcelFactory(site=world.site)
        world.pick_line = PickLineFactory(parcel=world.picked_parcel, item__category=world.category)
    return world.picked_parcel


def round_of(world):
    from rebond.warehouse.models import Round, Wave

    if "pick_round" not in vars(world):
        parcel, leave_by = parcel_of(world), timezone.now() + datetime.timedelta(hours=4)
        wave = Wave.objects.create(organisation=world.seller, site=world.site, leave_by=leave_by, slots=8, state="open")
        world.pick_round = Round.objects.create(wave=wave, number=1, length_cm=1000, alone_cm=1000)
        type(parcel).objects.filter(pk=parcel.pk).update(wave=wave, round=world.pick_round, slot=1)
    return world.pick_round


def task_of(world):
    if "pick_task" not in vars(world):
        found = {"subject_kind": "warehouse.round", "subject_id": round_of(world).public_id}
        world.pick_task = TaskFactory(
            site=world.site, kind="warehouse.pick", worker=world.worker, state="paused", **found
        )
    return world.pick_task


def step_of(world):
    if "picked_step" not in vars(world):
        parcel_of(world)
        world.picked_step = world._step("warehouse.pick", "catalogue.item", world.pick_line.item_code)
    return world.picked_step


def _line(world):
    return task_of(world) and world.pick_line.pk


def _carton_of(world):
    from rebond.warehouse.actions.carton import Kind, add_carton

    if "carton" not in vars(world):
        world.carton = add_carton(site=world.site, kind=Kind("M", 400, 300, 250), number=3, by=None)
    return world.carton


def pack_task_of(world):
    if "pack_task" not in vars(world):
        parcel = parcel_of(world)
        about = {"subject_kind": "warehouse.parcel", "subject_id": parcel.public_id, "subject_label": str(parcel)}
        world.pack_task = TaskFactory(
            site=world.site, kind="warehouse.pack", worker=world.worker, state="paused", **about
        )
    return world.pack_task


def _pack_step_of(world):
    if "pack_step" not in vars(world):
        world.pack_step = world._step("warehouse.pack", "warehouse.parcel", parcel_of(world).public_id)
    return world.pack_step.public_id


def packed_of(world):
    """A packed parcel of a paid order: it has a slip."""
    from rebond.warehouse.models import Packing
    from tests.samples_slots import order_of

    if "packed_parcel" not in vars(world):
        world.packed_parcel = ParcelFactory(site=world.site, order_code=order_of(world).public_id, state="packed")
        Packing.objects.create(parcel=world.packed_parcel)
    return world.packed_parcel.public_id


def label_of(world, state):
    """Its parcel's label, in a state."""
    from rebond.journal.models import StoredFile
    from rebond.warehouse.models import CarrierAccount, Shipment
    from tests.factories.carriers import account_of

    packed_of(world)
    account = CarrierAccount.objects.filter(organisation=world.seller).first() or account_of(world.seller)
    paper = StoredFile.objects.create(permission="warehouse.shipment.view", size=1)
    facts = {"organisation": world.seller, "account": account, "grams": 900, "mode": "home", "pdf": paper}
    Shipment.objects.update_or_create(
        parcel=world.packed_parcel, reference=str(world.packed_parcel), defaults={**facts, "state": state}
    )


def _cut_off_of(world):
    from rebond.warehouse.models import CutOff

    if "cut_off" not in vars(world):
        world.cut_off = CutOff.objects.create(organisation=world.seller, site=world.site, carrier="Colis Doux")
    return world.cut_off


def _stock_out_of(world):
    from rebond.warehouse.models import StockOut

    if "stock_out" not in vars(world):
        parcel, about = parcel_of(world), {"organisation": world.seller, "site": world.site}
        line = PickLineFactory(parcel=parcel, item__category=world.category, state="missing")
        world.stock_out = StockOut.objects.create(
            line=line, item=line.item, reason="missing", missed_on=timezone.localdate(), **about
        )
    return world.stock_out


BY_PARAMETER = {
    ("warehouse-desk", "stock_out_id"): lambda w: _stock_out_of(w).public_id,
    ("warehouse-desk", "cut_off_id"): lambda w: _cut_off_of(w).public_id,
    ("warehouse-desk", "parcel_id"): lambda w: parcel_of(w).public_id,
    ("warehouse-desk", "wave_id"): lambda w: round_of(w).wave.public_id,
    ("warehouse-desk", "carton_id"): lambda w: _carton_of(w).public_id,
    ("warehouse", "parcel_id"): lambda w: parcel_of(w).public_id,
}
_task = {"public_id": lambda w: task_of(w).public_id}
_pack = {"public_id": lambda w: pack_task_of(w).public_id}
BY_NAME = {
    **{f"warehouse-desk:{name}": {"site_id": lambda w: w.site.public_id} for name in ("layout", "layout-save")},
    "warehouse:pick": _task,
    "warehouse:pick-later": _task,
    "warehouse:pick-find": {**_task, "line_id": _line},
    "warehouse:pick-full": {**_task, "line_id": _line},
    "warehouse:pick-emptied": _task,
    "warehouse:pick-undo": {"public_id": lambda w: step_of(w).public_id},
    **{f"warehouse:pack-{page}": _pack for page in ("task", "carton", "photo", "finish")},
    **{name: {"parcel_id": packed_of} for name in ("warehouse:packed", "warehouse:pack-papers")},
    "warehouse:pack-undo": {"public_id": _pack_step_of},
}
