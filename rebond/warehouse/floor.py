"""What the warehouse adds to the stations: its step and the reader of its codes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    add_reader(10, _read)
