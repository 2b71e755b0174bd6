import datetime
import os
import socket

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.core import periodic, retry
from rebond.core.models import PeriodicRun, WorkerSign
from rebond.core.progress import is_worker_silent
from rebond.core.worker import Worker, sign_of_life, take_back_lost_tasks

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
RUNS: list[str] = []


@task()
def fine(word: str) -> str:
    RUNS.append(word)
    return word


@task()
def fails() -> None:
    raise ValueError("not today")


@task()
def gives_up() -> None:
    raise retry.GiveUp("never")


@task()
def ticks() -> None:
    RUNS.append("tick")


@pytest.fixture(autouse=True)
def _clean():
    RUNS.clear()


@pytest.fixture
def job(monkeypatch):
    monkeypatch.setattr(periodic, "_JOBS", {})
    periodic.register("test.tick", every=datetime.timedelta(minutes=10), task=ticks)


def work():
    Worker(queues=["*"], batch=True).run()


def test_worker_command_runs_what_waits(job):
    fine.enqueue("one")

    call_command("worker", "--batch")

    assert sorted(RUNS) == ["one", "tick"]
    assert DBTaskResult.objects.exclude(status=TaskResultStatus.SUCCESSFUL).count() == 0
    assert WorkerSign.objects.count() == 0


def test_what_people_wait_for_runs_first(job, monkeypatch):
    from rebond.catalogue.tasks import make_renditions, update_search_index
    from rebond.connect.tasks import run_import
    from rebond.journal.tasks import send_mail

    order = []
    monkeypatch.setattr(Worker, "run_task", lambda self, row: order.append(row.task_path.rpartition(".")[2]))
    make_renditions.enqueue("a")
    run_import.enqueue(1)
    fine.enqueue("job")
    send_mail.enqueue(1)
    update_search_index.enqueue()

    Worker(queues=["*"], batch=True)._work()

    assert order == ["update_search_index", "send_mail", "fine", "run_import", "make_renditions"]


def test_periodic_work_has_the_place_of_its_task(monkeypatch):
    from rebond.catalogue.tasks import clean_photos

    monkeypatch.setattr(periodic, "_JOBS", {})
    periodic.register("test.pictures", every=datetime.timedelta(days=1), task=clean_photos)

    periodic.enqueue_due()

    row = DBTaskResult.objects.get()
    assert (row.queue_name, row.priority) == ("images", clean_photos.priority)
    assert row.priority < 0


def test_failed_task_runs_again_until_the_dead_list(job):
    waited = []
    row_id = fails.enqueue().id
    for _ in range(4):
        work()
        row = DBTaskResult.objects.get(pk=row_id)
        assert row.status == TaskResultStatus.READY
        waited.append(round((row.run_after - timezone.now()).total_seconds() / 60))
        DBTaskResult.objects.filter(pk=row_id).update(run_after=timezone.now())

    work()

    assert waited == [1, 5, 25, 125]
    [dead] = retry.dead_tasks()
    assert (str(dead.pk), len(dead.worker_ids)) == (row_id, 5)
    assert retry.last_line(dead.traceback) == "ValueError: not today"


def test_give_up_goes_straight_to_the_dead_list(job):
    gives_up.enqueue()

    work()

    assert retry.dead_tasks().count() == 1


def test_periodic_job_is_enqueued_once_for_all_workers(job):
    assert periodic.enqueue_due() == ["test.tick"]
    assert periodic.enqueue_due() == []
    run = PeriodicRun.objects.get()
    assert 590 < (run.next_at - timezone.now()).total_seconds() <= 600
    PeriodicRun.objects.update(next_at=timezone.now())
    assert periodic.enqueue_due() == ["test.tick"]


def test_periodic_job_holds_its_lock_and_keeps_its_error(job, monkeypatch):
    periodic.enqueue_due()
    PeriodicRun.objects.update(locked_until=timezone.now() + datetime.timedelta(minutes=1), next_at=timezone.now())
    assert periodic.run_job("test.tick") is False
    assert periodic.enqueue_due() == []
    assert RUNS == []

    PeriodicRun.objects.update(locked_until=timezone.now() - datetime.timedelta(minutes=1))
    assert periodic.run_job("test.tick") is True
    monkeypatch.setattr(periodic, "_JOBS", {})
    periodic.register("test.tick", every=datetime.timedelta(minutes=10), task=fails)
    assert periodic.run_job("test.tick") is False

    run = PeriodicRun.objects.get()
    assert (run.last_error, run.locked_until) == ("ValueError: not today", None)


def test_two_jobs_of_one_name_are_refused(job):
    with pytest.raises(ValueError, match=r"test\.tick"):
        periodic.register("test.tick", every=datetime.timedelta(minutes=1), task=fine)


def test_task_of_a_dead_worker_is_taken_back(job):
    host = socket.gethostname()[:30]
    fine.enqueue("lost")
    row = DBTaskResult.objects.get()
    row.claim(f"{host}:{2**22 + 1}:abcd")  # above the highest process number: nobody

    assert take_back_lost_tasks() == 1

    work()
    assert "lost" in RUNS


def test_task_of_a_living_worker_is_left(job):
    fine.enqueue("busy")
    me = f"elsewhere:{os.getpid()}:abcd"
    DBTaskResult.objects.get().claim(me)
    sign_of_life(me)

    assert take_back_lost_tasks() == 0

    WorkerSign.objects.update(seen_at=timezone.now() - datetime.timedelta(seconds=121))
    assert take_back_lost_tasks() == 1


def test_locked_database_is_waited_for(job, monkeypatch):
    fine.enqueue("after the lock")
    worker = Worker(queues=["*"], batch=True, interval=0.01)
    calls = iter([OperationalError("database is locked"), None])
    take = worker._take

    def locked_once():
        error = next(calls, None)
        if error is not None:
            raise error
        return take()

    monkeypatch.setattr(worker, "_take", locked_once)

    worker.run()

    assert "after the lock" in RUNS


def test_silence_is_sixty_seconds_without_a_sign():
    assert is_worker_silent() is True
    sign_of_life("host:1:abcd")
    assert is_worker_silent() is False
    WorkerSign.objects.update(seen_at=timezone.now() - datetime.timedelta(seconds=61))
    assert is_worker_silent() is True
