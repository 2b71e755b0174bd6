"""What the warehouse adds to the stations: its steps and the reader of its codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.warehouse.data import COUNT, EMPTY, FULL, LOAD, PACK, PICK, UNLOAD
from rebond.workshop.data.chain import STORE
from rebond.workshop.enums import StationKind
from rebond.workshop.kinds import StepKind, register_kind
from rebond.workshop.scan import add_reader


def _read(text: str, organisation: Any) -> Any:
    from rebond.warehouse.queries.places import read_place  # noqa: PLC0415 -- app registry

    return read_place(text, organisation)


def _lies_on_a_shelf(item: Any) -> bool:
    from rebond.warehouse.queries.places import lying  # noqa: PLC0415 -- app registry

    held = lying(item)
    return bool(held) and all(one.place.is_storage and not one.place.is_waiting for one in held)


def _undo(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.store import put_back  # noqa: PLC0415 -- app registry

    put_back(step=step, by=by)


def _uncount(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.count import uncount  # noqa: PLC0415 -- app registry

    uncount(step=step, by=by)


def _take_off(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.loading import take_off  # noqa: PLC0415 -- app registry

    take_off(step=step, by=by)


def _put_in_again(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.arrival_undo import put_in_again  # noqa: PLC0415 -- app registry

    put_in_again(step=step, by=by)


def _unpick(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.pick import unpick  # noqa: PLC0415 -- app registry

    unpick(step=step, by=by)


def _unsay_emptied(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.emptied import unsay_emptied  # noqa: PLC0415 -- app registry

    unsay_emptied(step=step, by=by)


def _fit_again(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.slot_full import fit_again  # noqa: PLC0415 -- app registry

    fit_again(step=step, by=by)


def _unpack(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.packing import unpack  # noqa: PLC0415 -- app registry

    unpack(step=step, by=by)


STORING: dict[str, Any] = {"is_public": False, "rome": ("N1103",)}  # magasinage et préparation de commandes


def _register_shelves() -> None:
    register_kind(
        StepKind(
            code=STORE,
            label=pgettext_lazy("task", "Put away"),
            done=_("Put away by %(name)s"),
            icon="warehouse",
            tint="sable",
            stations=frozenset({StationKind.SHELVES}),
            screen="warehouse:store-task",
            start="warehouse:store",
            order=700,
            undo=_undo,
            is_done=_lies_on_a_shelf,
            **STORING,
        )
    )
    register_kind(
        StepKind(
            code=COUNT,
            label=pgettext_lazy("task", "Count"),
            done=_("Counted by %(name)s"),
            icon="clipboard-check",
            tint="menthe",
            stations=frozenset({StationKind.SHELVES}),
            screen="warehouse:count",
            start="warehouse:count",
            order=710,
            undo=_uncount,
            **STORING,
        )
    )


def _register_transports() -> None:
    register_kind(
        StepKind(
            code=LOAD,
            label=pgettext_lazy("task", "Transport"),
            done=_("Loaded by %(name)s"),
            icon="truck",
            tint="ciel",
            stations=frozenset({StationKind.SHELVES, StationKind.DOCK}),
            screen="warehouse:transport",
            start="warehouse:transport",
            order=720,
            undo=_take_off,
            **STORING,
        )
    )
    register_kind(
        StepKind(
            code=UNLOAD,
            label=pgettext_lazy("task", "Check a transport"),
            done=_("Checked on arrival by %(name)s"),
            icon="truck",
            tint="ciel",
            stations=frozenset(),
            screen="warehouse:transport",
            start="warehouse:transport",
            order=730,
            undo=_put_in_again,
            **STORING,
        )
    )


def _register_picking() -> None:
    register_kind(
        StepKind(
            code=PICK,
            label=pgettext_lazy("task", "Prepare orders"),
            done=_("Picked by %(name)s"),
            icon="shopping-cart",
            tint="rose",
            stations=frozenset({StationKind.SHELVES, StationKind.PACKING}),
            screen="warehouse:pick",
            order=740,
            undo=_unpick,
            **STORING,
        )
    )


def _register_beside() -> None:
    """What is said on the way of a round: no task of it waits anywhere."""
    at_kiosk: dict[str, Any] = {"stations": frozenset(), "screen": "workshop:kiosk", "start": "workshop:kiosk"}
    register_kind(
        StepKind(
            code=EMPTY,
            label=pgettext_lazy("task", "Look whether a place is empty"),
            done=_("Place looked at by %(name)s"),
            icon="package-open",
            tint="menthe",
            order=742,
            undo=_unsay_emptied,
            **at_kiosk,
            **STORING,
        )
    )
    register_kind(
        StepKind(
            code=FULL,
            label=pgettext_lazy("task", "Slot of the cart too small"),
            done=_("Another slot found by %(name)s"),
            icon="shopping-cart",
            tint="rose",
            order=744,
            undo=_fit_again,
            **at_kiosk,
            **STORING,
        )
    )


def _register_packing() -> None:
    register_kind(
        StepKind(
            code=PACK,
            label=pgettext_lazy("task", "Pack"),
            done=_("Packed by %(name)s"),
            icon="package",
            tint="sable",
            stations=frozenset({StationKind.PACKING}),
            screen="warehouse:pack-task",
            start="warehouse:pack",
            order=760,
            undo=_unpack,
            **STORING,
        )
    )


def register() -> None:
    """Called when the app is ready (ROME codes: people.md 3.2)."""
    _register_shelves()
    _register_transports()
    _register_picking()
    _register_beside()
    _register_packing()
    add_reader(10, _read)
