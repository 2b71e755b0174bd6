"""What waits at a station, and what to propose to a person next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Value, When
from django.utils import timezone

from rebond.core.prepared import Prepared
from rebond.journal.models import Entry
from rebond.workshop.data.chain import REVIEW
from rebond.workshop.enums import SkillLevel, TaskState, Wish
from rebond.workshop.kinds import StepKind, all_kinds
from rebond.workshop.models import Station, Step, Task, Worker
from rebond.workshop.queries.reach import may_open, waits_here
from rebond.workshop.queries.skills import is_supervisor

MOST_OWN = 50

_OPEN: Prepared[Task] = Prepared(
    lambda kind, code: Task.objects.open().filter(kind=kind, subject_kind="catalogue.item", subject_id=code).order_by(),
    "(kind)",
    "(code)",
)


def open_task_of(kind: str, code: str) -> Task | None:
    """The task of a kind that waits, or that somebody has, for the object of this code: one at most."""
    return _OPEN.first(kind, code)


def queue(*, site: Any, kinds: Sequence[StepKind], station: Station | None = None) -> QuerySet[Task]:
    """Waiting tasks of these kinds at a site, urgent first, then oldest: a station's own and the common ones.

    A station of writing or review may reach further (`queries.reach`).
    """
    rows = Task.objects.filter(waits_here(site, kinds, station), state=TaskState.WAITING)
    if station is not None:
        rows = rows.filter(Q(station=station) | Q(station__isnull=True))
    return rows.order_by("-priority", "created_at", "pk")


def own_task(worker: Worker, station: Station | None = None) -> Task | None:
    """What the person is doing, alone or shared; else what they paused. Only what may be opened at this station."""
    return next((task for task in own_tasks(worker, station, most=1) if task.state != TaskState.WAITING), None)


def own_tasks(worker: Worker, station: Station | None = None, most: int = 4) -> list[Task]:
    """What the person is doing, alone or shared; then what they paused; then what waits for them by name.

    Their keys first, each by its own index: asked in one, SQLite went through all tasks of the organisation.
    """
    begun = [TaskState.TAKEN, TaskState.PAUSED]
    keys = Task.objects.order_by().values_list("pk")
    mine = keys.filter(worker=worker, state__in=begun)
    found = mine.union(
        keys.filter(partner=worker, state__in=begun), keys.filter(proposed_to=worker, state=TaskState.WAITING)
    )
    pks = [pk for (pk,) in found[:MOST_OWN]]
    if not pks:
        return []
    rows = Task.objects.filter(pk__in=pks).select_related("worker", "partner")
    known = {kind.code for kind in all_kinds()}
    tasks = [task for task in rows if task.kind in known and _may_open(task, worker, station)]
    rank = {state: n for n, state in enumerate(begun)}
    tasks.sort(key=lambda task: (rank.get(task.state, 2), -task.priority, task.created_at, task.pk))  # type: ignore[call-overload]
    return tasks[:most]


def _may_open(task: Task, worker: Worker, station: Station | None) -> bool:
    """As `task_to_open`: one's own organisation's, or entrusted to it."""
    if task.organisation_id == worker.organisation_id:
        return True
    return Task.objects.filter(may_open(worker.organisation_id, station), pk=task.pk).exists()


def kinds_for(worker: Worker, kinds: Sequence[StepKind]) -> list[StepKind]:
    """The kinds in the order to propose: wished first, known before learned, disliked last (rules.md F8: no pace)."""
    known = {skill.kind: skill for skill in worker.skills.all()}

    def rank(kind: StepKind) -> tuple[int, int, int]:
        skill = known.get(kind.code)
        wish = {Wish.MORE: 0, Wish.LESS: 2}.get(skill.wish, 1) if skill else 1  # type: ignore[call-overload]
        level = 0 if skill and skill.level != SkillLevel.LEARNING else 1
        return wish, level, kind.order

    return sorted(kinds, key=rank)


def proposed_task(worker: Worker, *, site: Any, kinds: Sequence[StepKind], station: Station | None) -> Task | None:
    """The next task for the person: proposed to them by name, else by their kinds' order, priority and age.

    Tasks proposed to somebody else come last, so that a proposal holds while others have work; after them, what the
    person gave back today, unless a supervisor proposed it to them since. Nobody reviews their own listing.
    """
    rows = _not_own_listing(queue(site=site, kinds=kinds, station=station), worker, kinds)
    order = {kind.code: n for n, kind in enumerate(kinds_for(worker, kinds))}
    ranked = rows.annotate(
        whose=Case(
            When(proposed_to=worker, then=Value(0)),
            When(public_id__in=_given_back_today(worker), then=Value(3)),
            When(proposed_to__isnull=True, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        ),
        liked=Case(
            *[When(kind=code, then=Value(n)) for code, n in order.items()],
            default=Value(99),
            output_field=IntegerField(),
        ),
    )
    return ranked.order_by("whose", "-priority", "liked", "created_at", "pk").first()


def _given_back_today(worker: Worker) -> Any:
    """The public ids of the tasks that the person returned today, as a subquery on the journal."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    told = Entry.objects.filter(organisation_id=worker.organisation.public_id, at__gte=start)
    return told.filter(action="workshop.task.returned", actor_id=worker.user.public_id).values("subject_id")


def _not_own_listing(rows: QuerySet[Task], worker: Worker, kinds: Sequence[StepKind]) -> QuerySet[Task]:
    """Without the reviews of what the person wrote, which `may_review` refuses them; a supervisor may read all."""
    if not any(kind.code == REVIEW for kind in kinds) or is_supervisor(worker):
        return rows
    return rows.filter(~Q(kind=REVIEW) | Q(data__writer__isnull=True) | ~Q(data__writer=worker.pk))


def waiting_counts(
    *, site: Any, kinds: Sequence[StepKind], station: Station | None = None
) -> dict[str, tuple[int, datetime]]:
    """{kind: (how many wait, since when the oldest)}: one query, and one for the agreements where it reaches others."""
    rows = Task.objects.filter(waits_here(site, kinds, station), state=TaskState.WAITING)
    found = rows.order_by().values("kind").annotate(n=Count("pk"), oldest=Min("created_at"))
    return {row["kind"]: (row["n"], row["oldest"]) for row in found}


def done_today(worker: Worker, kind: str) -> int:
    """The person's own steps of a kind today: shown to themselves only, to find where they were."""
    rows = Step.objects.real().filter(worker=worker, kind=kind, day=timezone.localdate())
    number: int = rows.exclude(result="returned").count()
    return number
