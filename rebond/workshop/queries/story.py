"""An object's whole story in one list: its steps, what the journal says, what the rooms above add.

Who is told by the first name to those who run the workshop, and as a person of the team to the others. When is
told to the degree that the person's status allows: a day, or a moment (rules.md B9).
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.catalogue.models import Item
from rebond.catalogue.queries.item_facts import fact_of
from rebond.core.dates import midnight
from rebond.journal.models import Entry
from rebond.workshop.contributions import Happening, stories_of
from rebond.workshop.enums import ReturnReason, ReviewReason, StepResult
from rebond.workshop.kinds import is_known, kind_of, label_of
from rebond.workshop.models import Step, Task, Worker
from rebond.workshop.queries.closing import ITEM

MOST = 300
# What the steps and the warehouse's ledger tell better.
TOLD_ELSEWHERE = ("warehouse.", "catalogue.item.begun")
SMALL = ("catalogue.item.changed", "catalogue.photo.", "catalogue.label.")


@dataclass(slots=True)
class Line:
    """One fact. `small` are the changes of that day that are told on demand only."""

    icon: str
    tint: str
    title: str
    text: str
    at: datetime.datetime
    is_day_only: bool = False
    url: str = ""
    step: Step | None = None
    small: list[str] = field(default_factory=list)


def steps_about(item: Item) -> Sequence[Step]:
    """All of them in their order, undone ones too: what undid them stands in the same list (joined, it took SQLite
    seconds among 4,000,000 steps: an index of empty values tells its planner nothing).
    """
    rows = Step.objects.filter(subject_kind=ITEM, subject_id=item.code)
    return list(rows.select_related("worker", "partner", "station").order_by("pk"))


def tasks_about(item: Item) -> Sequence[Task]:
    """Where it waits now."""
    rows = Task.objects.open().filter(subject_kind=ITEM, subject_id=item.code)
    return list(rows.select_related("worker", "site", "station").order_by("pk"))


def story_of(item: Item, steps: Sequence[Step], *, has_names: bool) -> list[Line]:
    """The lines, newest first: three queries, and those of the rooms above."""
    said = stories_of(item)
    lines = _of_steps(steps, {one.step_id: one for one in said if one.step_id is not None}, has_names=has_names)
    lines += [_of_happening(one) for one in said if one.step_id is None]
    lines += _of_journal(item, has_names=has_names)
    lines.sort(key=lambda line: line.at)
    return lines[::-1]


def who(step: Step, *, has_names: bool) -> str:
    """The first names of who did it, or that it was somebody of the team."""
    people = [worker for worker in (step.worker, step.partner) if worker is not None]
    if has_names:
        return str(_(" and ")).join(worker.first_name for worker in people)
    return ngettext("a person of the team", "two people of the team", len(people))


def _of_steps(steps: Sequence[Step], more: dict[int, Happening], *, has_names: bool) -> list[Line]:
    """In their recorded order: a step that has a day only stands after those before it."""
    lines: list[Line] = []
    undone = {step.undoes_id for step in steps if step.undoes_id}
    latest = None
    for step in steps:
        own = step.ended_at or midnight(step.day)
        latest = own if latest is None else max(own, latest)
        at = latest
        kind = kind_of(step.kind) if is_known(step.kind) else None
        extra = more.get(step.pk)
        words = [_("At %(station)s.") % {"station": step.station.name}] if step.station else []
        words += [str(extra.text)] if extra and extra.text else []
        words += _result_words(step, is_undone=step.pk in undone)
        line = Line(
            icon="undo-2" if step.undoes_id else kind.icon if kind else "circle-dot",
            tint="sable" if step.undoes_id else kind.tint if kind else "sable",
            title=_title(step, who(step, has_names=has_names)),
            text=" ".join(words),
            at=at,
            is_day_only=step.ended_at is None,
            url=extra.url if extra else "",
            step=step,
        )
        lines.append(line)
    return lines


def _title(step: Step, name: str) -> str:
    if step.undoes_id:
        return _("%(step)s: taken back by %(name)s") % {"step": label_of(step.kind), "name": name}
    if step.result == StepResult.RETURNED:
        return _("%(step)s: given back by %(name)s") % {"step": label_of(step.kind), "name": name}
    told = str(kind_of(step.kind).done) if is_known(step.kind) else _("Work by %(name)s")
    return told % {"name": name}


def _result_words(step: Step, *, is_undone: bool) -> list[str]:
    words = []
    reasons = {**dict(ReturnReason.choices), **dict(ReviewReason.choices)}
    if step.data.get("reason") in reasons:
        words.append(_("Reason: %(reason)s.") % {"reason": reasons[step.data["reason"]]})
    if step.is_training:
        words.append(_("An exercise: nothing of it was kept."))
    if is_undone:
        words.append(_("Undone since."))
    return words


def _of_happening(one: Happening) -> Line:
    return Line(one.icon, one.tint, str(one.title), str(one.text), one.at, one.is_day_only, one.url)


def _of_journal(item: Item, *, has_names: bool) -> list[Line]:
    """Its life in the catalogue; small changes of one day are one line."""
    rows = Entry.objects.filter(subject_kind=ITEM, subject_id=item.public_id).order_by("-at", "-pk")[:MOST]
    entries = [row for row in rows if not row.action.startswith(TOLD_ELSEWHERE)]
    if not has_names:
        _hide_names(entries, item)
    lines: list[Line] = []
    small: dict[datetime.date, Line] = {}
    for entry in entries:
        fact = fact_of(entry)
        if not entry.action.startswith(SMALL):
            lines.append(Line(fact.icon, fact.tint, fact.title, fact.text, fact.at, fact.is_day_only))
            continue
        words = fact.title if not fact.text else f"{fact.title} ({fact.text})"
        day = fact.at.date()
        if day not in small:
            small[day] = Line(fact.icon, "ciel", "", "", fact.at, is_day_only=True)
            lines.append(small[day])
        small[day].small.append(words)
    for line in small.values():
        number = len(line.small)
        line.title = ngettext("One small change", "%(n)s small changes", number) % {"n": number}
        line.small.reverse()
    return lines


def _hide_names(entries: Iterable[Entry], item: Item) -> None:
    """For readers who do not run the workshop, who worked is somebody of the team (rules.md F8)."""
    people = set(
        Worker.objects.filter(organisation=item.seller_id).order_by().values_list("user__public_id", flat=True)
    )
    for entry in entries:
        if entry.actor_id in people:
            entry.actor_label = _("A person of the team")
