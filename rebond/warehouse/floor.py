"""What the warehouse adds to the stations: its steps and the reader of its codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.warehouse.data import COUNT, LOAD, UNLOAD
from rebond.workshop.data.chain import STORE
from rebond.workshop.enums import StationKind
from rebond.workshop.kinds import StepKind, register_kind
from rebond.workshop.scan import add_reader


def _read(text: str, organisation: Any) -> Any:
    from rebond.warehouse.queries.places import read_place  # noqa: PLC0415 -- app registry

    return read_place(text, organisation)


def _undo(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.store import put_back  # noqa: PLC0415 -- app registry

    put_back(step=step, by=by)


def _uncount(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.count import uncount  # noqa: PLC0415 -- app registry

    uncount(step=step, by=by)


def _take_off(step: Any, by: Any) -> None:
    from rebond.warehouse.actions.loading import take_off  # noqa: PLC0415 -- app registry

    take_off(step=step, by=by)


def register() -> None:
    """Called when the app is ready. N1103: magasinage et préparation de commandes (people.md 3.2)."""
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
            is_public=False,
            rome=("N1103",),
            undo=_undo,
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
            screen="warehouse:count-task",
            start="warehouse:count",
            order=710,
            is_public=False,
            rome=("N1103",),
            undo=_uncount,
        )
    )
    transport: dict[str, Any] = {"icon": "truck", "tint": "ciel", "is_public": False, "rome": ("N1103",)}
    register_kind(
        StepKind(
            code=LOAD,
            label=pgettext_lazy("task", "Transport"),
            done=_("Loaded by %(name)s"),
            stations=frozenset({StationKind.SHELVES, StationKind.DOCK}),
            screen="warehouse:transport-task",
            start="warehouse:transport",
            order=720,
            undo=_take_off,
            **transport,
        )
    )
    register_kind(
        StepKind(
            code=UNLOAD,
            label=pgettext_lazy("task", "Check a transport"),
            done=_("Checked on arrival by %(name)s"),
            stations=frozenset(),
            screen="warehouse:transport-task",
            order=730,
            **transport,
        )
    )
    add_reader(10, _read)
