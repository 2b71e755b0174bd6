"""Steps: one effect per operation, and hours only where the status allows them (rules.md B9, F8)."""

import datetime
import uuid
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.catalogue.errors import NotEnoughLeft
from rebond.journal.actions.record import day_only, record, record_transition
from rebond.workshop import kinds
from rebond.workshop.actions.step import can_undo, record_step, undo_step
from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.together import share_task
from rebond.workshop.data.recording import ALL, RECORDED, may_record
from rebond.workshop.enums import WITHOUT_HOURS, WorkerStatus
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step
from rebond.workshop.queries.trace import steps_of
from rebond.workshop.signals import step_done
from tests.factories.workshop import TaskFactory, WorkerFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
NOW = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)


@pytest.fixture
def heard():
    told = []
    step_done.connect(lambda step, **_: told.append(step.pk), weak=False, dispatch_uid="test")
    yield told
    step_done.disconnect(dispatch_uid="test")


def test_an_employees_step_keeps_its_hours(site, awa, photograph, hands_of):
    hands = hands_of(awa, started_at=NOW - datetime.timedelta(minutes=4))
    step = record_step(kind="test.photograph", subject=site, hands=hands, now=NOW, shots=4)
    assert (step.started_at, step.ended_at) == (NOW - datetime.timedelta(minutes=4), NOW)
    assert (step.day, step.data, step.status) == (datetime.date(2026, 11, 23), {"shots": 4}, "cddi")


def test_a_companions_step_keeps_its_day_only(site, jo, photograph, hands_of):
    step = record_step(kind="test.photograph", subject=site, hands=hands_of(jo, started_at=NOW), now=NOW)
    assert (step.started_at, step.ended_at, step.day) == (None, None, datetime.date(2026, 11, 23))


def _by_two(site, one, other):
    task = take_task(task=TaskFactory(site=site), worker=one)
    return share_task(task=task, worker=one, partner=other, by=one.user)


def test_whoever_finishes_a_shared_task_both_are_its_hands(site, awa, jo, photograph, hands_of):
    step = record_step(kind="test.photograph", subject=site, hands=hands_of(jo), task=_by_two(site, awa, jo))
    assert (step.worker, step.partner, step.partner_status) == (jo, awa, "cddi")


def test_who_has_it_not_is_no_hand_of_a_shared_task(site, awa, jo, seller, photograph, hands_of):
    kim = WorkerFactory(organisation=seller)
    step = record_step(kind="test.photograph", subject=site, hands=hands_of(kim), task=_by_two(site, awa, jo))
    assert (step.worker, step.partner) == (kim, None)


def test_sharing_with_a_companion_keeps_no_hour_for_both(site, awa, jo, photograph, hands_of):
    task = _by_two(site, awa, jo)
    step = record_step(kind="test.photograph", subject=site, hands=hands_of(awa, started_at=NOW), task=task, now=NOW)
    assert (step.partner, step.started_at, step.ended_at) == (jo, None, None)


@pytest.mark.parametrize("field", ["started_at", "ended_at"])
@pytest.mark.parametrize("whose", ["status", "partner_status"])
def test_the_database_refuses_a_companions_hours(site, awa, photograph, hands_of, field, whose):
    step = record_step(kind="test.photograph", subject=site, hands=hands_of(awa), now=NOW)
    Step.objects.filter(pk=step.pk).update(started_at=None, ended_at=None, **{whose: "companion"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(**{field: NOW})


def test_no_column_of_a_step_holds_a_moment_but_the_two_that_the_database_guards():
    moments = {f.name for f in Step._meta.get_fields() if f.get_internal_type() == "DateTimeField"}
    assert moments == {"started_at", "ended_at"}


def test_the_table_covers_every_status_and_forbids_pace_and_ranking_to_all():
    assert set(WorkerStatus.values) == ALL
    assert not any(may_record("pace", status) or may_record("ranking", status) for status in ALL)
    assert {status for status in ALL if not may_record("time", status)} == WITHOUT_HOURS
    assert all(str(fact.label) and str(fact.why) for fact in RECORDED)


def test_the_same_operation_twice_is_one_step(site, awa, photograph, hands_of, heard):
    hands = hands_of(awa, operation_id=uuid.uuid4())
    first = record_step(kind="test.photograph", subject=site, hands=hands)
    assert record_step(kind="test.photograph", subject=site, hands=hands) == first
    assert heard == [first.pk]


def test_a_step_finishes_its_task(site, awa, photograph, hands_of):
    task = take_task(task=TaskFactory(site=site), worker=awa)
    record_step(kind="test.photograph", subject=site, hands=hands_of(awa), task=task, now=NOW)
    task.refresh_from_db()
    assert (task.state, task.lease_until, task.ended_on) == ("done", None, datetime.date(2026, 11, 23))


def test_a_journey_is_read_by_one_query(site, awa, jo, photograph, hands_of, django_assert_num_queries):
    task = _by_two(site, awa, jo)
    shared = record_step(kind="test.photograph", subject=site, hands=hands_of(awa), task=task)
    alone = record_step(kind="test.photograph", subject=site, hands=hands_of(jo))
    for _ in range(2):
        with django_assert_num_queries(1):
            told = [(s, s.worker, s.partner) for s in steps_of(shared.subject_kind, shared.subject_id)]
        assert told == [(shared, awa, jo), (alone, jo, None)]
    assert list(steps_of(shared.subject_kind, "none")) == []


def test_training_is_told_to_nobody_above(site, awa, photograph, hands_of, heard):
    task = take_task(task=TaskFactory(site=site, is_training=True), worker=awa)
    step = record_step(kind="test.photograph", subject=site, hands=hands_of(awa), task=task)
    assert step.is_training
    assert heard == []
    assert not Step.objects.real().exists()


def test_an_unknown_kind_is_refused(site, awa, photograph, hands_of):
    with pytest.raises(KeyError):
        record_step(kind="nobody.knows", subject=site, hands=hands_of(awa))


def test_undo_takes_back_once(site, awa, photograph, hands_of, undone):
    step = record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    hands = hands_of(awa, operation_id=uuid.uuid4())
    back = undo_step(step=step, hands=hands)
    assert undo_step(step=step, hands=hands) == back
    assert undone == [step.pk]
    assert steps_of(step.subject_kind, step.subject_id) == []
    with pytest.raises(NotUndoable):
        undo_step(step=step, hands=hands_of(awa))


def test_undo_is_over_when_something_came_after_or_another_day(site, awa, photograph, hands_of):
    first = record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    assert can_undo(first)
    assert not can_undo(first, today=timezone.localdate() + datetime.timedelta(days=1))
    record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    assert not can_undo(first)


def test_steps_are_undone_one_by_one_the_last_one_first(site, awa, photograph, hands_of, undone):
    first = record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    second = record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    undo_step(step=second, hands=hands_of(awa))
    assert can_undo(first)
    assert not can_undo(second)
    undo_step(step=first, hands=hands_of(awa))
    assert undone == [second.pk, first.pk]
    assert not can_undo(first)
    third = record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    assert can_undo(third)


def test_what_the_catalogue_no_longer_allows_is_too_late(site, awa, photograph, hands_of, monkeypatch):
    def refuse(step, by):
        raise NotEnoughLeft

    step = record_step(kind="test.photograph", subject=site, hands=hands_of(awa))
    monkeypatch.setattr(kinds, "_KINDS", {photograph.code: replace(photograph, undo=refuse)})
    with pytest.raises(NotUndoable):
        undo_step(step=step, hands=hands_of(awa))
    assert Step.objects.count() == 1


def test_what_a_companion_does_is_journalled_by_its_day(site, owner):
    with day_only(is_on=True):
        entry = record("network.site.changed", subject=site, by=owner, city="Marmande")
        move = record_transition(subject=site, verb="x", from_state="a", to_state="b", by=owner)
    after = record("network.site.changed", subject=site, by=owner, city="Marmande")
    for fact in (entry, move):
        local = timezone.localtime(fact.at)
        assert (fact.is_day_only, local.hour, local.minute, local.date()) == (True, 0, 0, timezone.localdate())
    assert not after.is_day_only
