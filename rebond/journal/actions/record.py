"""Write what happened. Called inside the action's transaction, by every action (rule 26)."""

from typing import Any

from django.db import models

from rebond.journal.models import Entry, Transition


def _facts(subject: Any, by: Any, organisation: Any) -> dict[str, str]:
    return {
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
    return Entry.objects.create(action=action, data=data, **_facts(subject, by, organisation))


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
    return Transition.objects.create(
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        reason=reason[:500],
        **_facts(subject, by, organisation),
    )
