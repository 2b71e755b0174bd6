"""The way of each object of a demo workshop: its steps with their tasks over twelve months, and what waits today."""

import datetime
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.front.demo.clock import moment
from rebond.front.demo.network import Network
from rebond.network.models import Organisation, Site
from rebond.workshop.actions.closing import close_all
from rebond.workshop.enums import WITHOUT_HOURS, ReturnReason, TaskState
from rebond.workshop.kinds import all_kinds, is_known
from rebond.workshop.models import Device, HelpCall, SecurityEvent, Station, Step, Task, Worker

YEAR = 365  # days of steps
SORT, PHOTO, WRITE, REVIEW, STORE = (
    "intake.sort",
    "workshop.photograph",
    "workshop.write",
    "workshop.review",
    "warehouse.store",
)
MINUTES = {SORT: 3, PHOTO: 4, WRITE: 7, REVIEW: 2, STORE: 2}
WAITS = {PHOTO: (1.6, 2.2), WRITE: (1.4, 1.5), REVIEW: (1.2, 0.7), STORE: (1.3, 0.6)}  # gamma: shape, scale in days
REVIEWED = 0.6  # share of listings read by somebody else
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Floor:
    """One workshop: `able` are the people of each kind of step."""

    organisation: Organisation
    site: Site
    stations: dict[str, Station]
    people: Sequence[Worker]
    known: Sequence[Sequence[str]]

    def able(self, code: str) -> list[Worker]:
        kind = next(kind for kind in all_kinds() if kind.code == code)
        found = [one for one, known in zip(self.people, self.known, strict=True) if kind.stations & set(known)]
        return found or list(self.people)

    def station(self, code: str) -> Station | None:
        kind = next(kind for kind in all_kinds() if kind.code == code)
        return next((self.stations[key] for key in sorted(kind.stations) if key in self.stations), None)


@dataclass(frozen=True, slots=True)
class Event:
    """A step of an object: when its task was opened (None: it had none), when it was done."""

    item: Item
    code: str
    opened: datetime.datetime | None
    done: datetime.datetime


def make_chain(rng: random.Random, floor: Floor, now: datetime.datetime) -> None:
    """Steps and tasks of what was sold or is on sale, of what is on its way; who is there today; the figures."""
    rows: Any = Item.objects.filter(seller=floor.organisation).only(
        "code", "title", "published_at", "state", "photo_count"
    )
    since = now - DAY * YEAR
    events: list[Event] = []
    for item in rows.filter(published_at__gte=since).order_by("published_at", "pk"):
        events += _to_the_shelf(rng, item, now)
    waiting = []
    for item in rows.filter(state__in=["draft", "in_review"], published_at__isnull=True).order_by("pk"):
        before, task = _on_its_way(rng, item, floor, now)
        events += before
        waiting.append(task)
    events.sort(key=lambda event: event.done)
    ended = {n: _ended(floor, event) for n, event in enumerate(events) if event.opened is not None}
    Task.objects.bulk_create(ended.values(), batch_size=500)
    Step.objects.bulk_create(_steps(rng, floor, events, ended), batch_size=500)
    Task.objects.bulk_create(_mixed(rng, floor, [task for task in waiting if is_known(task.kind)], now))
    _be_there(floor, now)


def _wait(rng: random.Random, code: str) -> datetime.timedelta:
    shape, scale = WAITS[code]
    return DAY * (0.05 + rng.gammavariate(shape, scale))


def _opening_hours(at: datetime.datetime, now: datetime.datetime) -> datetime.datetime:
    """Within the hours of work, never on a Sunday."""
    days = (now - at) / DAY
    found = moment(now, days)
    return moment(now, days + 1) if timezone.localtime(found).weekday() == 6 else found


def _to_the_shelf(rng: random.Random, item: Item, now: datetime.datetime) -> Iterator[Event]:
    """Backwards from the moment it came online."""
    online: Any = item.published_at
    last = REVIEW if rng.random() < REVIEWED else WRITE
    steps = [(last, online)]
    order = [PHOTO, WRITE, REVIEW]
    for code in reversed(order[: order.index(last) + 1]):
        before = order[order.index(code) - 1] if code != PHOTO else SORT
        steps.append((before, _opening_hours(steps[-1][1] - _wait(rng, code), now)))
    steps.reverse()
    steps[:-1] = [(code, min(at, online)) for code, at in steps[:-1]]
    opened = None
    for code, at in steps:
        yield Event(item, code, opened, at)
        opened = at
    stored = _opening_hours(online + _wait(rng, STORE), now)
    if online < stored < now:
        yield Event(item, STORE, online, stored)


def _on_its_way(rng: random.Random, item: Item, floor: Floor, now: datetime.datetime) -> tuple[list[Event], Task]:
    """What was done so far, and the task that waits."""
    code = REVIEW if item.state == "in_review" else WRITE if item.photo_count else PHOTO
    slow = 3 if rng.random() < 0.2 else 1  # some are put off
    at = _opening_hours(now - _wait(rng, code) * slow, now)
    task = Task(
        kind=code, organisation=floor.organisation, site=floor.site, subject_kind="catalogue.item",
        subject_id=item.code, subject_label=item.title[:200], priority=rng.choice([0, 0, 0, 0, 0, 10]), created_at=at,
    )  # fmt: skip
    done = [SORT, PHOTO, WRITE, REVIEW]
    events: list[Event] = []
    for before in reversed(done[: done.index(code)]):
        opened = _opening_hours(at - _wait(rng, before), now) if before != SORT else None
        events.append(Event(item, before, opened, at))
        at = opened or at
    return events, task


def _ended(floor: Floor, event: Event) -> Task:
    return Task(
        kind=event.code, organisation=floor.organisation, site=floor.site, subject_kind="catalogue.item",
        subject_id=event.item.code, subject_label=event.item.title[:200], state=TaskState.DONE,
        created_at=event.opened or event.done, ended_on=timezone.localdate(event.done),
    )  # fmt: skip


def _steps(rng: random.Random, floor: Floor, events: Sequence[Event], ended: dict[int, Task]) -> Iterator[Step]:
    """In the order of their moments; for companions the day only."""
    able = {code: floor.able(code) for code in MINUTES if is_known(code)}
    for n, event in enumerate(events):
        if event.code not in able:
            continue
        worker = rng.choice(able[event.code])
        lasted = datetime.timedelta(minutes=MINUTES[event.code] * rng.uniform(0.6, 1.8))
        read = {"outcome": "corrected" if n % 7 == 0 else "accepted"} if event.code == REVIEW else {}
        hours = {} if worker.status in WITHOUT_HOURS else {"started_at": event.done - lasted, "ended_at": event.done}
        yield Step(
            operation_id=uuid.UUID(int=rng.getrandbits(128)), kind=event.code, organisation=floor.organisation,
            site=floor.site, station=floor.station(event.code), worker=worker, status=worker.status,
            day=timezone.localdate(event.done), task=ended.get(n), subject_kind="catalogue.item",
            subject_id=event.item.code, subject_label=event.item.title[:200], data=read, **hours,
        )  # fmt: skip


def _mixed(rng: random.Random, floor: Floor, tasks: Sequence[Task], now: datetime.datetime) -> list[Task]:
    """Of ten tasks that wait, one is in somebody's hands, some are paused or were given back."""
    busy: set[int] = set()
    for task in tasks:
        draw = rng.random()
        worker = rng.choice(floor.able(task.kind))
        if draw < 0.1 and worker.pk not in busy:
            busy.add(worker.pk)
            task.state, task.worker, task.lease_until = TaskState.TAKEN, worker, now + datetime.timedelta(hours=2)
        elif draw < 0.14:
            task.state, task.worker, task.lease_until = TaskState.PAUSED, worker, now + datetime.timedelta(hours=2)
        elif draw < 0.2:
            task.return_reason = rng.choice([ReturnReason.NOT_FOUND, ReturnReason.NEED_HELP, ReturnReason.TOO_HEAVY])
    return list(tasks)


def _be_there(floor: Floor, now: datetime.datetime) -> None:
    """Badges read today, one call for help, a tablet that nobody touched for days."""
    devices = {
        device.station.kind: device
        for device in Device.objects.filter(station__site=floor.site).select_related("station")
    }
    for worker, known in zip(floor.people, floor.known, strict=True):
        if (device := devices.get(known[0])) is not None:
            SecurityEvent.objects.create(at=now, kind="badge.read", device=device, worker=worker)
    caller = next(one for one in floor.people if one.status == "learner")
    HelpCall.objects.create(worker=caller, device=devices.get("writing"), at=now, task_label="Annonces")
    quiet = Device.objects.filter(station__site=floor.site, station__kind="photo").order_by("-pk").first()
    if quiet is not None:
        Device.objects.filter(pk=quiet.pk).update(seen_on=timezone.localdate(now) - 9 * DAY)


def write_figures(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """The figures of the finished days, as the nightly job writes them."""
    return close_all(today=timezone.localdate(now))
