"""What is to ask of people who left, and what they said."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.insertion.enums import Moment, Situation
from rebond.insertion.models import Exit, FollowUp, FollowUpAnswer
from rebond.insertion.news_dates import IMMEDIATE, immediate_window
from rebond.network.models import Organisation
from rebond.people.models import Person

SOON = datetime.timedelta(days=7)


def waiting_news(organisation: Organisation, *, counsellor: Any = None) -> "QuerySet[FollowUp]":
    """Those to ask, the longest due first; of one counsellor's people where asked."""
    rows = FollowUp.objects.filter(organisation=organisation, closed_on=None, exit__cancelled_at=None)
    if counsellor is not None:
        rows = rows.filter(exit__person__counsellor=counsellor)
    return rows.select_related("exit__person__counsellor").order_by("next_on", "pk")


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the four, as a page shows it."""

    follow_up: FollowUp
    answer: FollowUpAnswer | None
    urgency: str  # "late", "soon" or ""

    @property
    def is_outside(self) -> bool:
        """What was said describes a day that the ESF+ does not take for the situation upon leaving (L27)."""
        if self.answer is None or self.answer.described_on is None or self.follow_up.moment not in IMMEDIATE:
            return False
        return self.answer.described_on not in immediate_window(self.follow_up.exit.left_on)


def urgency_of(follow_up: FollowUp, today: datetime.date) -> str:
    """Say "late", "soon" (within SOON) or ""; a closed one is none of them."""
    if follow_up.closed_on is not None:
        return ""
    return "late" if follow_up.next_on < today else "soon" if follow_up.next_on <= today + SOON else ""


def news_of(exits: Sequence[Exit], *, today: datetime.date | None = None) -> Mapping[int, list[Asked]]:
    """By number of the exit, its four, with what was said last: two queries."""
    today = today or timezone.localdate()
    by_exit = {one.pk: one for one in exits}
    rows = list(FollowUp.objects.filter(exit__in=by_exit).order_by("due_on", "pk"))
    last = {one.follow_up_id: one for one in FollowUpAnswer.objects.filter(follow_up__in=rows).order_by("pk")}
    made: dict[int, list[Asked]] = {number: [] for number in by_exit}
    for row in rows:
        row.exit = by_exit[row.exit_id]
        made[row.exit_id].append(Asked(row, last.get(row.pk), urgency_of(row, today)))
    return made


def situations_between(
    organisation: Organisation, first: datetime.date, last: datetime.date
) -> list[tuple[str, list[tuple[str, int]], int]]:
    """For each moment, how many who left in these days are in each situation, and how many said nothing yet."""
    rows = FollowUp.objects.filter(
        organisation=organisation, exit__cancelled_at=None, exit__left_on__range=(first, last)
    ).order_by()
    counted = {(moment, said): n for moment, said, n in rows.values_list("moment", "situation").annotate(n=Count("pk"))}
    return [
        (
            str(moment.label),
            [(str(one.label), counted[moment, one]) for one in Situation if (moment, one) in counted],
            counted.get((moment, ""), 0),
        )
        for moment in Moment
    ]


def news_facts(person: Person) -> list[tuple[str, str]]:
    """What the person reads of what they said after they left."""
    rows = FollowUpAnswer.objects.filter(follow_up__exit__person=person, follow_up__exit__cancelled_at=None)
    facts = []
    for one in rows.select_related("follow_up").order_by("follow_up__due_on", "pk"):
        said = [one.get_situation_display(), one.get_contract_display(), one.employer, one.note]
        day = date_format(timezone.localdate(one.said_at), "j F Y")
        about = _("My news, %(moment)s") % {"moment": one.follow_up.get_moment_display()}
        facts.append((about, " · ".join([day, *(part for part in said if part)])))
    return facts
