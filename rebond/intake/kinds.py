"""The steps of the way in. ROME codes: people.md 3.2 (unloading, receiving; sorting donations)."""

from django.utils.translation import gettext_lazy as _

from rebond.intake.actions.donation import undo_receive
from rebond.intake.actions.sort_undo import undo_sort
from rebond.intake.data.steps import BOOK, RECEIVE, SORT
from rebond.workshop.enums import StationKind
from rebond.workshop.kinds import StepKind, register_kind


def register() -> None:
    """Called when the app is ready."""
    register_kind(
        StepKind(
            code=RECEIVE,
            label=_("Receive and weigh"),
            done=_("Received by %(name)s"),
            icon="scale",
            tint="menthe",
            stations=frozenset({StationKind.DOCK}),
            screen="intake:receive",
            start="intake:receive",
            order=10,
            is_public=False,
            rome=("N1105", "N1103"),
            undo=undo_receive,
        )
    )
    register_kind(
        StepKind(
            code=SORT,
            label=_("Sort"),
            done=_("Sorted by %(name)s"),
            icon="shapes",
            tint="lilas",
            stations=frozenset({StationKind.SORTING}),
            screen="intake:sort-task",
            start="intake:sort",
            order=20,
            rome=("K2304",),
            undo=undo_sort,
        )
    )
    _register_books()


def _register_books() -> None:
    register_kind(
        StepKind(
            code=BOOK,
            label=_("Books, by their code"),
            done=_("Sorted by %(name)s"),
            icon="book-open",
            tint="peche",
            stations=frozenset({StationKind.SORTING}),
            screen="intake:book-condition",
            start="intake:book",
            order=25,
            is_public=False,
            rome=("K2304", "E1104"),
        )
    )
