"""What a manager answers to an application that was sent with their organisation's SIREN."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.actions.admission import close_candidacy, move_admission, tell_applicant
from rebond.network.actions.candidate import check_free, tie_candidate
from rebond.network.errors import NotAllowedError, WrongStateError
from rebond.network.models import Admission, Organisation
from rebond.network.queries.admissions import managers_of


def _lock_claim(admission: Admission, by: Any) -> tuple[Admission, Organisation]:
    admission = lock_row(admission)
    if admission.claimed is None or not admission.is_unconfirmed or not admission.is_open:
        raise WrongStateError
    organisation = lock_row(admission.claimed)
    if by.pk not in {manager.pk for manager in managers_of(organisation)}:
        raise NotAllowedError(_("Only a manager of the organisation may say whether this application is its own."))
    return admission, organisation


@transaction.atomic
def confirm_claim(*, admission: Admission, by: Any) -> Admission:
    """A manager says that the application is their organisation's: it becomes a candidate, the committee may read.

    Raise WrongStateError (confirmed, disowned or closed meanwhile), NotAllowedError for anybody who is not a
    manager of it, NetworkError where it sells or applies already.
    """
    admission, organisation = _lock_claim(admission, by)
    check_free(organisation)
    tie_candidate(admission, organisation, by=by)
    record("network.admission.confirmed", subject=admission, by=by, organisation=organisation)
    return admission


@transaction.atomic
def disown_claim(*, admission: Admission, by: Any, now: datetime | None = None) -> Admission:
    """A manager says that the application is not their organisation's: it is closed, and the applicant is told.

    Nothing of the organisation moves. Raise WrongStateError, NotAllowedError as `confirm_claim`.
    """
    admission, organisation = _lock_claim(admission, by)
    move_admission(admission, "withdraw", by=by, reason=_("A manager of the organisation says that it is not theirs."))
    close_candidacy(admission, by=by, is_candidate=False, now=now)
    record("network.admission.disowned", subject=admission, by=by, organisation=organisation)
    tell_applicant(admission, "disowned", _("Your application is closed"), organisation=organisation)
    return admission
