"""What a person says is wrong in their file: asked by them, answered within a month (GDPR art. 16 and 12(3), 12(4))."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.dates import add_months
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.people.actions.deadline import set_deadline
from rebond.people.deadlines import CORRECTION
from rebond.people.enums import CorrectionState
from rebond.people.errors import CorrectionRefused
from rebond.people.models import Correction, Person

LONGEST, MOST_OPEN = 2_000, 5
ANSWERS = (CorrectionState.CORRECTED, CorrectionState.REFUSED)


def _checked(words: str, field: str) -> str:
    said = words.strip()
    if not said:
        raise CorrectionRefused(_("Write a few words."), field=field)
    if len(said) > LONGEST or "\0" in said:
        raise CorrectionRefused(_("This is too long."), field=field)
    return said


def _follow(person: Person) -> None:
    """The first answer that is due stands in the list of people."""
    rows = Correction.objects.filter(person=person, state=CorrectionState.ASKED)
    set_deadline(person=person, kind=CORRECTION, due_on=rows.aggregate(first=Min("due_on"))["first"])


@transaction.atomic
def ask_correction(*, person: Person, words: str, by: Any, today: datetime.date | None = None) -> Correction:
    """Say that something is wrong; the answer is due one month later. Raise CorrectionRefused: nothing, too much."""
    today, said, held = today or timezone.localdate(), _checked(words, "words"), lock_row(person)
    if Correction.objects.filter(person=held, state=CorrectionState.ASKED).count() >= MOST_OPEN:
        raise CorrectionRefused(_("Your counsellor has to answer the others first."), field="words")
    made: Correction = Correction.objects.create(person=held, words=said, asked_on=today, due_on=add_months(today, 1))
    _follow(held)
    record("people.correction.asked", subject=made, by=by, organisation=held.organisation)
    return made


@transaction.atomic
def answer_correction(
    *, correction: Correction, state: str, answer: str, by: Any, today: datetime.date | None = None
) -> Correction:
    """Say what was changed, or why nothing was. Raise CorrectionRefused: without words, answered before."""
    if state not in ANSWERS:
        raise CorrectionRefused(_("Choose one of the list."), field="state")
    said, held = _checked(answer, "answer"), lock_row(correction.person)
    rows = Correction.objects.filter(pk=correction.pk, state=CorrectionState.ASKED)
    if not rows.update(state=state, answer=said, answered_on=today or timezone.localdate()):
        raise CorrectionRefused
    _follow(held)
    correction.refresh_from_db()
    record("people.correction.answered", subject=correction, by=by, organisation=held.organisation, state=state)
    return correction
