"""Tasks: one open per subject and kind, taken by one person, given back, never lost."""

import datetime
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.journal.models import Entry
from rebond.workshop.actions import task as tasks
from rebond.workshop.actions.together import hand_over_task
from rebond.workshop.data.chain import REVIEW
from rebond.workshop.errors import FieldInvalid, TaskStateForbids, TaskTaken
from rebond.workshop.models import Task, WorkerSkill
from rebond.workshop.queries.queue import done_today, proposed_task, waiting_counts
from tests.factories.workshop import TaskFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)


def test_opening_twice_is_one_task(site, owner, photograph):
    first = tasks.open_task(kind="test.photograph", subject=site, site=site, by=owner)
    again = tasks.open_task(kind="test.photograph", subject=site, site=site, by=owner)
    assert first == again
    assert Task.objects.count() == 1


def test_the_database_refuses_a_second_open_task(site):
    one = TaskFactory(site=site)
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskFactory(site=site, subject_id=one.subject_id)
    TaskFactory(site=site, subject_id=one.subject_id, state="done", ended_on=NOW.date())


def test_only_one_takes_it_and_the_other_is_told_who(site, awa, jo):
    task = tasks.take_task(task=TaskFactory(site=site), worker=awa, now=NOW)
    assert (task.state, task.worker, task.lease_until) == ("taken", awa, NOW + tasks.LEASE)
    with pytest.raises(TaskTaken, match="Awa is doing it already"):
        tasks.take_task(task=task, worker=jo)


def test_taking_ones_own_again_renews_it(site, awa):
    task = tasks.take_task(task=TaskFactory(site=site), worker=awa, now=NOW)
    later = NOW + datetime.timedelta(hours=1)
    assert tasks.take_task(task=task, worker=awa, now=later).lease_until == later + tasks.LEASE


def test_a_finished_task_cannot_be_taken(site, awa):
    task = TaskFactory(site=site, state="done", ended_on=NOW.date())
    with pytest.raises(TaskStateForbids):
        tasks.take_task(task=task, worker=awa)


def test_giving_back_needs_a_reason_and_says_it(site, awa, owner):
    task = tasks.take_task(task=TaskFactory(site=site), worker=awa)
    with pytest.raises(FieldInvalid):
        tasks.return_task(task=task, worker=awa, reason="", by=owner)
    task = tasks.return_task(task=task, worker=awa, reason="too_heavy", by=owner)
    assert (task.state, task.worker, task.return_reason) == ("waiting", None, "too_heavy")


def test_what_i_gave_back_comes_last_today_for_me_only(site, awa, jo, owner, photograph):
    def proposed(worker):
        return proposed_task(worker, site=site, kinds=[photograph], station=None)

    heavy = TaskFactory(site=site, created_at=NOW - datetime.timedelta(days=3))
    light = TaskFactory(site=site, created_at=NOW)
    task = tasks.take_task(task=heavy, worker=awa)
    task = tasks.return_task(task=task, worker=awa, reason="too_heavy", by=awa.user)
    assert (proposed(awa), proposed(jo)) == (light, heavy)
    hand_over_task(task=task, to=awa, by=owner)  # the supervisor insists
    assert proposed(awa) == heavy
    Task.objects.filter(pk=heavy.pk).update(proposed_to=None)
    Task.objects.filter(pk=light.pk).update(state="cancelled", ended_on=NOW.date())
    assert proposed(awa) == heavy  # nothing else waits
    Task.objects.filter(pk=light.pk).update(state="waiting", ended_on=None)
    Entry.objects.update(at=timezone.now() - datetime.timedelta(days=1, hours=1))
    assert proposed(awa) == heavy  # another day


def test_my_own_listing_is_not_proposed_to_me_for_review(site, awa, jo, photograph):
    review = replace(photograph, code=REVIEW)
    mine = TaskFactory(site=site, kind=REVIEW, data={"writer": awa.pk}, created_at=NOW - datetime.timedelta(days=3))
    unsigned = TaskFactory(site=site, kind=REVIEW, created_at=NOW)
    assert proposed_task(awa, site=site, kinds=[review], station=None) == unsigned
    assert proposed_task(jo, site=site, kinds=[review], station=None) == mine


def test_giving_back_what_somebody_else_has_is_refused(site, awa, jo, owner):
    task = tasks.take_task(task=TaskFactory(site=site), worker=awa)
    with pytest.raises(TaskStateForbids):
        tasks.return_task(task=task, worker=jo, reason="broken", by=owner)


def test_an_abandoned_task_comes_back_with_its_answers(site, awa):
    task = tasks.take_task(task=TaskFactory(site=site), worker=awa, now=NOW)
    tasks.save_answers(task=task, worker=awa, condition="good", now=NOW)
    assert tasks.release_abandoned(now=NOW + datetime.timedelta(minutes=119)) == 0
    assert tasks.release_abandoned(now=NOW + datetime.timedelta(minutes=120)) == 1
    task.refresh_from_db()
    assert (task.state, task.worker, task.data) == ("waiting", None, {"condition": "good"})


def test_answers_are_added_and_taken_away(site, awa, jo):
    task = tasks.take_task(task=TaskFactory(site=site), worker=awa)
    tasks.save_answers(task=task, worker=awa, brand="Ercol", condition="good")
    assert tasks.save_answers(task=task, worker=awa, brand=None).data == {"condition": "good"}
    with pytest.raises(TaskStateForbids):
        tasks.save_answers(task=task, worker=jo, brand="x")


def test_an_ended_task_keeps_no_hour(site, awa, owner):
    task = tasks.take_task(task=TaskFactory(site=site), worker=awa)
    tasks.cancel_task(task=task, by=owner)
    tasks.cancel_task(task=task, by=owner)
    assert (task.state, task.lease_until) == ("cancelled", None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(lease_until=timezone.now())


def test_wishes_then_age_decide_what_is_proposed(site, awa, photograph, monkeypatch):
    from rebond.workshop import kinds

    write = kinds.StepKind(
        code="test.write",
        label="Annonce",
        done="",
        icon="pen",
        tint="ciel",
        stations=frozenset({"photo"}),
        screen="workshop:kiosk",
        order=50,
    )
    kinds.register_kind(write)
    photo = TaskFactory(site=site, kind="test.photograph", created_at=NOW)
    written = TaskFactory(site=site, kind="test.write", created_at=NOW - datetime.timedelta(days=2))
    both = [photograph, write]
    assert proposed_task(awa, site=site, kinds=both, station=None) == written
    WorkerSkill.objects.create(worker=awa, kind="test.photograph", level="able", wish="more")
    assert proposed_task(awa, site=site, kinds=both, station=None) == photo
    urgent = TaskFactory(site=site, kind="test.write", priority=5)
    assert proposed_task(awa, site=site, kinds=both, station=None) == urgent


def test_counts_by_kind_in_one_query(site, photograph, django_assert_num_queries):
    TaskFactory.create_batch(3, site=site)
    TaskFactory(site=site, state="done", ended_on=NOW.date())
    with django_assert_num_queries(1):
        counts = waiting_counts(site=site, kinds=[photograph])
    assert counts["test.photograph"][0] == 3


def test_nobody_sees_another_organisations_tasks(site, owner, stranger, reader):
    task = TaskFactory(site=site)
    assert list(Task.objects.visible_to(owner)) == [task]
    assert list(Task.objects.visible_to(reader)) == [task]
    assert not Task.objects.visible_to(stranger).exists()


def test_done_today_counts_real_work_only(site, awa, photograph, hands_of):
    from rebond.workshop.actions.step import record_step

    record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    record_step(kind="test.photograph", subject=site, hands=hands_of(awa), result="returned")
    assert done_today(awa, "test.photograph") == 1
