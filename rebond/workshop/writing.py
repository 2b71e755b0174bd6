"""The steps of writing and reviewing, told to the table of kinds (ROME codes: people.md 3.2)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rebond.catalogue.verbs import ItemVerb, add_item_verb
from rebond.workshop.data.chain import REVIEW, WRITE
from rebond.workshop.enums import StationKind
from rebond.workshop.kinds import StepKind, register_kind


def _undo_listing(step: Any, by: Any) -> None:
    from rebond.workshop.actions.listing import undo_listing  # noqa: PLC0415 -- app registry

    undo_listing(step, by)


def _undo_review(step: Any, by: Any) -> None:
    from rebond.workshop.actions.review import undo_review  # noqa: PLC0415 -- app registry

    undo_review(step, by)


def _is_missing_a_step(item: Any) -> bool:
    from rebond.workshop.actions.chain import missing_step  # noqa: PLC0415 -- app registry

    return bool(missing_step(item))


def _is_draft(item: Any) -> bool:
    return bool(item.state == "draft")


def _add_verbs() -> None:
    """Two buttons of an object's page at the desk."""
    change, name = "workshop.task.change", "workshop-desk:item"
    add_item_verb(ItemVerb(10, change, "hand-helping", _("Send to the workshop"), f"{name}-send", _is_missing_a_step))
    exercise = _("Give as a writing exercise")
    add_item_verb(ItemVerb(20, change, "graduation-cap", exercise, f"{name}-exercise", _is_draft, in_menu=True))


def register() -> None:
    """Called when the app is ready."""
    _add_verbs()
    register_kind(
        StepKind(
            code=WRITE,
            label=_("Listings"),
            done=_("Written by %(name)s"),
            icon="pen-line",
            tint="ciel",
            stations=frozenset({StationKind.WRITING}),
            screen="workshop:write",
            order=40,
            remote="write",
            rome=("E1104", "D1201"),
            undo=_undo_listing,
        )
    )
    register_kind(
        StepKind(
            code=REVIEW,
            label=_("Listings to read"),
            done=_("Read again by %(name)s"),
            icon="search-check",
            tint="anis",
            stations=frozenset({StationKind.REVIEW}),
            screen="workshop:review",
            order=50,
            asks_skill=True,
            remote="review",
            is_public=False,
            rome=("E1101",),
            undo=_undo_review,
        )
    )
