"""News of somebody who left: four times, each answered, asked again, or given up (rules.md B7, C2, C3)."""

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.insertion.deadlines import NEWS
from rebond.insertion.enums import HowAsked, JobContract, Moment, Situation
from rebond.insertion.errors import NewsRefused
from rebond.insertion.models import Exit, FollowUp, FollowUpAnswer
from rebond.insertion.news_dates import days_of
from rebond.journal.actions.files import store_file
from rebond.journal.actions.record import record
from rebond.people.actions.deadline import set_deadline
from rebond.people.actions.status import begin_status
from rebond.people.enums import StatusKind
from rebond.people.errors import StatusRefused
from rebond.people.models import Person, Status

LONGEST = {"employer": 120, "note": 2_000}
SILENT = frozenset({Situation.NOT_REACHED, Situation.REFUSED})
ONE_DAY = datetime.timedelta(days=1)
PROOFS = frozenset({"pdf", "png", "jpg", "jpeg", "webp"})
PROOF_BYTES = 10_000_000
READ = "insertion.exit.view"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody who left says, or that nobody was reached; `again_on` is the day of another try (None: none)."""

    situation: str
    how: str
    contract: str = ""
    described_on: datetime.date | None = None
    again_on: datetime.date | None = None
    employer: str = ""
    note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        names = ("situation", "how", "contract", "described_on", "again_on", "employer", "note")
        return {name: getattr(self, name) for name in names}


@transaction.atomic
def plan_news(*, exit: Exit) -> None:  # noqa: A002 -- the thing
    """Write the four days of an exit, or follow its new day where nobody was asked yet; a part of `record_exit`."""
    days = days_of(exit.left_on)
    known = {one.moment: one for one in FollowUp.objects.filter(exit=exit)}
    if not known:
        FollowUp.objects.bulk_create(
            FollowUp(exit=exit, organisation=exit.organisation, moment=moment, due_on=day, next_on=day)
            for moment, day in days.items()
        )
    for moment, one in known.items():
        if one.due_on != days[Moment(moment)]:
            moved = {"due_on": days[Moment(moment)]} | ({} if one.situation else {"next_on": days[Moment(moment)]})
            FollowUp.objects.filter(pk=one.pk).update(**moved)
    tell_news(person=exit.person)


@transaction.atomic
def drop_news(*, exit: Exit) -> None:  # noqa: A002 -- the thing
    """Nothing is asked of an exit that was none; what was said stays."""
    waiting = FollowUp.objects.filter(exit=exit, closed_on=None)
    waiting.filter(situation="").delete()
    waiting.update(closed_on=timezone.localdate())
    tell_news(person=exit.person)


def tell_news(*, person: Person) -> None:
    """The list of people sorts by what is to ask."""
    rows = FollowUp.objects.filter(exit__person=person, exit__cancelled_at=None, closed_on=None).order_by("-next_on")
    first = dict(rows.values_list("moment", "next_on"))
    for moment, kind in NEWS.items():
        set_deadline(person=person, kind=kind, due_on=first.get(moment))


@transaction.atomic
def answer_news(
    *,
    follow_up: FollowUp,
    said: Said,
    by: Any,
    proof: Any = None,
    today: datetime.date | None = None,
) -> FollowUpAnswer:
    """Note what was said. One that is closed may be corrected by another answer, never by the person's link.

    Once nothing more is to ask, somebody who came back to nothing has left. Raise NewsRefused with the field that is
    wrong: a contract without a job, no day or a day to come or before the exit, a next try in the past; a proof that
    cannot be kept raises FileRefusedError.
    """
    today = today or timezone.localdate()
    person = lock_row(follow_up.exit.person)
    follow_up.refresh_from_db()
    if follow_up.exit.cancelled_at is not None or (said.how == HowAsked.LINK and follow_up.closed_on is not None):
        raise NewsRefused(_("It is answered already."))
    said = _checked(said, follow_up, today)
    made = FollowUpAnswer.objects.create(follow_up=follow_up, **said.columns)
    if proof is not None:
        stored = store_file(
            upload=proof, organisation=person.organisation, permission=READ, by=by, subject=follow_up, kinds=PROOFS,
            max_bytes=PROOF_BYTES,
        )  # fmt: skip
        made.proof_id = stored.public_id
        FollowUpAnswer.objects.filter(pk=made.pk).update(proof_id=made.proof_id)
    moved: dict[str, Any] = {"next_on": said.again_on} if said.again_on else {"closed_on": today}
    FollowUp.objects.filter(pk=follow_up.pk).update(situation=said.situation, **moved)
    follow_up.refresh_from_db()
    record("insertion.news.answered", subject=follow_up, by=by, organisation=person.organisation, how=said.how)
    tell_news(person=person)
    _close_path(follow_up.exit, person, by, today)
    return made


def _checked(said: Said, follow_up: FollowUp, today: datetime.date) -> Said:
    if said.situation not in Situation.values or said.how not in HowAsked.values:
        raise NewsRefused(_("Choose one of the list."), field="situation")
    said = replace(said, employer=said.employer.strip(), note=said.note.strip())
    for name, most in LONGEST.items():
        if len(getattr(said, name)) > most or "\0" in getattr(said, name):
            raise NewsRefused(_("This is too long."), field=name)
    if said.situation in SILENT:
        is_again = said.situation == Situation.NOT_REACHED and said.again_on is not None
        if is_again and said.again_on is not None and said.again_on <= today:
            raise NewsRefused(_("Choose a day to come."), field="again_on")
        return replace(said, contract="", employer="", described_on=None, again_on=said.again_on if is_again else None)
    is_job = said.situation == Situation.EMPLOYED
    if is_job and said.contract not in JobContract.values:
        raise NewsRefused(_("Say which contract, or that it was not said."), field="contract")
    if said.described_on is None:
        raise NewsRefused(_("Write the day whose situation this is."), field="described_on")
    if not follow_up.exit.left_on <= said.described_on <= today:
        raise NewsRefused(_("From the day of the exit until today."), field="described_on")
    employer = "" if said.situation in {Situation.SEARCHING, Situation.NEITHER} else said.employer
    return replace(said, contract=said.contract if is_job else "", employer=employer, again_on=None)


def _close_path(exit: Exit, person: Person, by: Any, today: datetime.date) -> None:  # noqa: A002 -- the thing
    """Nothing is left to ask, and no status followed the one that ended: the person is a former one from the next day.

    Until then they stay among the people who are followed.
    """
    if exit.left_on >= today or FollowUp.objects.filter(exit__person=person, closed_on=None).exists():
        return
    last = Status.objects.filter(person=person).order_by("-is_exclusive", "-starts_on", "-pk").first()
    if last is None or last.pk != exit.status_id:
        return
    try:
        with transaction.atomic():
            begin_status(person=person, kind=StatusKind.FORMER, starts_on=exit.left_on + ONE_DAY, by=by)
    except StatusRefused:  # something else is written after that day
        return
