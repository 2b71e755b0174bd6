"""The one place where an import changes its state (house style, rule 24)."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.connect.enums import IMPORT_TRANSITIONS
from rebond.connect.errors import WrongImportState
from rebond.connect.models import ImportRun
from rebond.journal.actions.record import record_transition


def move_import(run: ImportRun, verb: str, *, by: Any, reason: str = "", **values: Any) -> None:
    """Move `run` by `verb` where its state allows it, with `values` written at once, and note the transition.

    Raise WrongImportState where it does not (somebody else was first). `run` is updated in memory too.
    """
    from_states, to_state = IMPORT_TRANSITIONS[verb]
    values = {"touched_at": timezone.now(), **values, "state": to_state}
    rows = ImportRun.objects.filter(pk=run.pk, state__in=from_states)
    if not rows.update(**values):
        raise WrongImportState(_("This import has moved on meanwhile. The page shows it as it is now."))
    before = run.state
    for name, value in values.items():
        setattr(run, name, value)
    record_transition(
        subject=run, verb=verb, from_state=before, to_state=to_state, by=by, organisation=run.seller, reason=reason
    )
