"""Write what happened. Called inside the action's transaction, by every action (rule 26)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from rebond.core.bulk import insert_one, insert_values
from rebond.core.dates import midnight
from rebond.journal.models import Entry, Transition

FACTS = (
    "at",
    "is_day_only",
    "actor_id",
    "actor_label",
    "organisation_id",
    "organisation_label",
    "subject_kind",
    "subject_id",
    "subject_label",
)

_day_only: ContextVar[bool] = ContextVar("rebond_day_only", default=False)


@contextmanager
def day_only(*, is_on: bool) -> Iterator[None]:
    """Inside, what is recorded keeps its day and no hour: the actor is a companion (rules.md B9).

    The room that knows the actor's status opens it around an action (architecture.md, "Time and companions").
    """
    token = _day_only.set(is_on or _day_only.get())
    try:
        yield
    finally:
        _day_only.reset(token)


def is_day_only() -> bool:
    """Whether hours are forbidden now: a room that keeps an actor beside a moment asks before it writes both."""
    return _day_only.get()


def _moment(now: datetime | None = None) -> dict[str, Any]:
    now = now or timezone.now()
    if not _day_only.get():
        return {"at": now, "is_day_only": False}
    return {"at": midnight(timezone.localdate(now)), "is_day_only": True}


def _facts(subject: Any, by: Any, organisation: Any) -> dict[str, Any]:
    return {
        **_moment(),
        "subject_kind": subject._meta.label_lower,  # noqa: SLF001 -- Django's documented name
        "subject_id": str(getattr(subject, "public_id", subject.pk)),
        "subject_label": str(subject)[:200],
        "actor_id": by.public_id if by is not None else "",
        "actor_label": by.display_name[:160] if by is not None else "",
        "organisation_id": organisation.public_id if organisation is not None else "",
        "organisation_label": str(organisation)[:200] if organisation is not None else "",
    }


def record(action: str, *, subject: models.Model, by: Any, organisation: Any = None, **data: Any) -> Entry:
    """Append one journal entry: `action` is a stable dotted name, `data` is JSON (ids, old and new values)."""
    return insert_one(Entry(action=action, data=data, **_facts(subject, by, organisation)))


def record_transition(
    *,
    subject: models.Model,
    verb: str,
    from_state: str,
    to_state: str,
    by: Any,
    organisation: Any = None,
    reason: str = "",
) -> Transition:
    """Append one move of a state (rule 24)."""
    return insert_one(
        Transition(
            verb=verb,
            from_state=from_state,
            to_state=to_state,
            reason=reason[:500],
            **_facts(subject, by, organisation),
        )
    )


class Recorder:
    """The same entries and moves for many subjects of one actor and one organisation, in one statement (decision 7).

    Each row is the one that `record` or `record_transition` would have written; the caller's transaction holds.
    """

    def __init__(self, *, kind: type[models.Model], by: Any, organisation: Any, at: datetime) -> None:
        facts = _facts(kind(), by, organisation)
        moment = _moment(at)
        self._before = (
            moment["at"],
            moment["is_day_only"],
            facts["actor_id"],
            facts["actor_label"],
            facts["organisation_id"],
            facts["organisation_label"],
            facts["subject_kind"],
        )

    def record(self, action: str, subjects: Iterable[tuple[Any, dict[str, Any]]]) -> None:
        """One entry `action` per (subject, data); subjects have a `public_id`."""
        insert_values(
            Entry,
            (*FACTS, "action", "data"),
            ((*self._before, s.public_id, str(s)[:200], action, data) for s, data in subjects),
        )

    def move(self, verb: str, moves: Iterable[tuple[Any, str, str, str]]) -> None:
        """One transition by `verb` per (subject, state before, state after, reason)."""
        insert_values(
            Transition,
            (*FACTS, "verb", "from_state", "to_state", "reason"),
            (
                (*self._before, s.public_id, str(s)[:200], verb, str(before), str(after), reason[:500])
                for s, before, after, reason in moves
            ),
        )
