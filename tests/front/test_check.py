"""`rebond check` says of each part ok, or why not."""

import datetime
import json

import pytest
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.catalogue.tasks import make_renditions
from rebond.core import health, periodic
from rebond.core.models import PeriodicRun, WorkerSign
from rebond.journal.tasks import send_mail

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def answers(capsys):
    status = 0
    try:
        call_command("check", "--json")
    except SystemExit as end:
        status = end.code
    return status, json.loads(capsys.readouterr().out)["parts"]


def test_worker_that_never_ran_is_told(capsys):
    status, parts = answers(capsys)

    assert status == 1
    assert parts["tasks"]["ok"] is False
    assert "no worker has ever run" in parts["tasks"]["detail"]
    assert parts["database"]["ok"] is True
    assert parts["storage"]["ok"] is True


def test_silent_worker_and_failed_job_are_told(capsys):
    sign = WorkerSign.objects.create(name="one", seen_at=timezone.now() - datetime.timedelta(seconds=90))
    assert "for 90 s" in answers(capsys)[1]["tasks"]["detail"]

    sign.seen_at = timezone.now()
    sign.save()
    PeriodicRun.objects.create(name="digest", last_error="boom")
    assert answers(capsys)[1]["tasks"] == {"ok": False, "detail": "periodic jobs failed at their last run: digest"}


def test_part_that_raises_does_not_hide_the_others(capsys, monkeypatch):
    def broken():
        raise RuntimeError("the index is on fire")

    monkeypatch.setitem(health._CHECKS, "index", broken)

    _, parts = answers(capsys)

    assert parts["index"] == {"ok": False, "detail": "RuntimeError: the index is on fire"}
    assert parts["database"]["ok"] is True


def test_task_that_waits_too_long_is_told():
    def enqueued(task, minutes):
        row = task.enqueue(1)
        DBTaskResult.objects.filter(pk=row.id).update(enqueued_at=timezone.now() - datetime.timedelta(minutes=minutes))

    WorkerSign.objects.create(name="one", seen_at=timezone.now())
    assert health.check_tasks() == health.Answer("tasks", True, "worker seen 0 s ago; no task waits")

    enqueued(make_renditions, 90)
    enqueued(send_mail, 9)
    detail = "worker seen 0 s ago; 2 tasks wait, one (make_renditions) for 90 min"
    assert health.check_tasks() == health.Answer("tasks", True, detail)

    enqueued(send_mail, 11)
    detail = "worker seen 0 s ago; 3 tasks wait, one (send_mail) for 11 min"
    assert health.check_tasks() == health.Answer("tasks", False, detail)


def test_task_put_back_for_later_does_not_wait_too_long():
    WorkerSign.objects.create(name="one", seen_at=timezone.now())
    send_mail.enqueue(1)
    now = timezone.now()
    DBTaskResult.objects.update(enqueued_at=now - datetime.timedelta(minutes=31), run_after=now)

    assert health.check_tasks().is_ok is True


def test_key_of_a_file_is_a_kept_key(settings, monkeypatch, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert health.check_configuration().detail == f"the secret key is not kept: {tmp_path} cannot be written to"

    monkeypatch.setenv("SECRET_KEY_FILE", "/run/secrets/rebond-key")

    assert health.check_configuration().is_ok is True


def test_check_leaves_no_empty_mail(settings, tmp_path):
    backend = "django.core.mail.backends.filebased.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {"file_path": str(tmp_path / "mail")}}}

    assert health.check_mail() == health.Answer("mail", True, "by file")

    assert list((tmp_path / "mail").iterdir()) == []


def test_cache_gives_back_what_was_put_into_it(capsys, monkeypatch):
    parts = answers(capsys)[1]
    assert parts["cache"]["ok"] is True
    assert "Cache, answers in " in parts["cache"]["detail"]

    class Forgetful(BaseCache):
        def set(self, *args, **kwargs):
            pass

        def get(self, *args, **kwargs):
            return None

    monkeypatch.setattr(health, "caches", {"default": Forgetful({})})

    assert health.check_cache().is_ok is False
    assert health.check_cache().detail.endswith("does not give back what was put into it")


def test_cache_that_does_not_answer_is_told(capsys, monkeypatch):
    nobody = RedisCache("redis://:quiet@127.0.0.1:1/0", {})
    monkeypatch.setattr(health, "caches", {"default": nobody})

    cache = answers(capsys)[1]["cache"]

    assert cache["ok"] is False
    assert cache["detail"].startswith("ConnectionError: ")
    assert "quiet" not in cache["detail"]


@pytest.fixture
def two_jobs(monkeypatch):
    monkeypatch.setattr(periodic, "_JOBS", {})
    for name in ("test.a", "test.b"):
        periodic.register(name, every=datetime.timedelta(hours=6), task=send_mail)


def run_of(name, **facts):
    """Moments in minutes from now."""
    moments = {key: timezone.now() + datetime.timedelta(minutes=minutes) for key, minutes in facts.items()}
    return PeriodicRun.objects.update_or_create(name=name, defaults=moments)[0]


def told(row, name):
    return f"{timezone.localtime(getattr(row, name)):%Y-%m-%d %H:%M}"


def test_periodic_jobs_tell_their_last_and_next_run(two_jobs):
    assert health.check_periodic() == health.Answer("periodic", True, "2 jobs, none has run yet")

    first = run_of("test.a", next_at=-59)
    run_of("test.gone", next_at=-9000)  # of an older release: no job of the code
    said = f"2 jobs, last never, next {told(first, 'next_at')}"
    assert health.check_periodic() == health.Answer("periodic", True, said)

    run_of("test.a", next_at=300, last_ended_at=-60)
    second = run_of("test.b", next_at=200, last_ended_at=-5)
    said = f"2 jobs, last {told(second, 'last_ended_at')}, next {told(second, 'next_at')}"
    assert health.check_periodic() == health.Answer("periodic", True, said)


def test_overdue_and_lost_periodic_jobs_are_told(two_jobs, capsys):
    run_of("test.a", next_at=-61, last_ended_at=-400)
    run_of("test.b", next_at=-90, locked_until=10)  # it runs
    status, parts = answers(capsys)
    assert (status, parts["periodic"]["ok"]) == (1, False)
    assert parts["periodic"]["detail"].endswith("; overdue by more than an hour: test.a")

    run_of("test.a", next_at=60)
    assert health.check_periodic().is_ok is True

    run_of("test.b", next_at=60, locked_until=-1)
    answer = health.check_periodic()
    assert (answer.is_ok, answer.detail.split("; ")[1:]) == (False, ["begun and never ended: test.b"])
