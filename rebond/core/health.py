"""What `rebond check` looks at: each part answers ok, or why not. Rooms add theirs when they load."""

import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Case, F, When
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from rebond.core.models import PeriodicRun, WorkerSign
from rebond.core.periodic import runs
from rebond.core.priorities import JOBS

URGENT_WAIT = timedelta(minutes=10)
LONG_WAIT = timedelta(hours=6)
OVERDUE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """One part's state: `detail` is a sentence for a person at the desk. `is_warning`: it runs, and wants somebody."""

    part: str
    is_ok: bool
    detail: str
    is_warning: bool = False


Check = Callable[[], Answer]
_CHECKS: dict[str, Check] = {}


def register_check(part: str, check: Check) -> None:
    """Add a part (`index`, `stock`…); the last registration of a name wins."""
    _CHECKS[part] = check


def run_checks() -> list[Answer]:
    """Every part's answer; a part that raises is not ok, and says the error."""
    answers: list[Answer] = []
    for part, check in _CHECKS.items():
        try:
            answers.append(check())
        except Exception as error:  # noqa: BLE001 -- a broken part must not hide the others
            answers.append(Answer(part, False, f"{type(error).__name__}: {error}"))
    return answers


def check_configuration() -> Answer:
    """The key is kept, and no debug mode on a public address."""
    problems = []
    is_given = os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE")
    if not is_given and not (settings.VAR_DIR / "secret_key").exists():
        problems.append(f"the secret key is not kept: {settings.VAR_DIR} cannot be written to")
    if settings.DEBUG and settings.HTTPS:
        problems.append("DEBUG is on while SITE_URL is public")
    return Answer("configuration", not problems, "; ".join(problems) or f"site at {settings.SITE_URL}")


def check_database() -> Answer:
    """It answers, and every migration is applied."""
    start = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Answer("database", False, f"{connection.vendor} does not answer: {error}")
    took = (time.perf_counter() - start) * 1000
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Answer("database", False, f"{len(waiting)} migrations are not applied: run `rebond prepare`")
    return Answer("database", True, f"{connection.vendor}, answers in {took:.1f} ms, migrations applied")


def check_cache() -> Answer:
    """The shared cache gives back what was put into it: counters of attempts and stamps of lists live there."""
    cache, key, value = caches["default"], f"health.{secrets.token_hex(8)}", secrets.token_hex(8)
    name = type(cache).__name__
    start = time.perf_counter()
    cache.set(key, value, timeout=60)
    found = cache.get(key)
    took = (time.perf_counter() - start) * 1000
    if found != value:
        return Answer("cache", False, f"{name} does not give back what was put into it")
    cache.delete(key)
    return Answer("cache", True, f"{name}, answers in {took:.1f} ms")


def check_storage() -> Answer:
    """Folders can be written to, and there is room left (500 MB)."""
    probe = Path(settings.PRIVATE_ROOT) / ".probe"
    try:
        for root in (settings.MEDIA_ROOT, settings.PRIVATE_ROOT):
            Path(root).mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"ok")
        probe.unlink()
    except OSError as error:
        return Answer("storage", False, f"{settings.PRIVATE_ROOT} cannot be written to: {error.strerror}")
    free = shutil.disk_usage(settings.PRIVATE_ROOT).free
    return Answer("storage", free > 500_000_000, f"{free / 1e9:.1f} GB free")


def check_mail() -> Answer:
    """The transport can be used: SMTP connects; the folder of the files is there and can be written to."""
    mailer = mail.mailers["default"]  # raises where the folder is not writable; to open it would leave an empty file
    if settings.MAIL_TRANSPORT == "smtp":
        with mailer:
            pass
    return Answer("mail", True, f"by {settings.MAIL_TRANSPORT}")


def check_tasks() -> Answer:
    """A worker has answered within a minute, no periodic job failed at its last run, nothing waits too long."""
    sign = WorkerSign.objects.order_by("-seen_at").first()
    if sign is None:
        return Answer("tasks", False, "no worker has ever run: start one with `rebond serve` or `rebond worker`")
    silent = (timezone.now() - sign.seen_at).total_seconds()
    if silent > 60:
        return Answer("tasks", False, f"no worker has answered for {silent:.0f} s")
    failed = list(PeriodicRun.objects.exclude(last_error="").order_by("name").values_list("name", flat=True))
    if failed:
        return Answer("tasks", False, f"periodic jobs failed at their last run: {', '.join(failed)}")
    is_late, waits = _waiting()
    return Answer("tasks", not is_late, f"worker seen {silent:.0f} s ago; {waits}")


def check_periodic() -> Answer:
    """No job is overdue by more than an hour, none began and let its lock pass with no end; last and next run.

    Rows are made by the first worker: a site where none has run yet is ok here, and told by `check_tasks`.
    """
    now = timezone.now()
    table = runs()
    rows = [row for _job, row in table if row is not None]
    lost = [row.name for row in rows if row.locked_until and row.locked_until < now]
    late = [row.name for row in rows if not row.locked_until and row.next_at < now - OVERDUE]
    told = f"{len(table)} jobs, "
    told += f"last {_last(rows)}, next {_told(min(row.next_at for row in rows))}" if rows else "none has run yet"
    if late:
        told += f"; overdue by more than an hour: {', '.join(late)}"
    if lost:
        told += f"; begun and never ended: {', '.join(lost)}"
    return Answer("periodic", not late and not lost, told)


def _last(rows: list[PeriodicRun]) -> str:
    ended = [row.last_ended_at for row in rows if row.last_ended_at]
    return _told(max(ended)) if ended else "never"


def _told(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _waiting() -> tuple[bool, str]:
    """Whether a due task waited too long (mail and index 10 minutes, others 6 hours), and how long the oldest has."""
    now = timezone.now()
    due = Case(When(run_after=get_date_max(), then=F("enqueued_at")), default=F("run_after"))
    ready: Any = DBTaskResult.objects.ready().annotate(due_at=due).order_by("due_at")
    urgent = ready.filter(priority__gt=JOBS, due_at__lte=now - URGENT_WAIT)
    late = urgent.first() or ready.filter(due_at__lte=now - LONG_WAIT).first()
    oldest = late or ready.first()
    if oldest is None:
        return False, "no task waits"
    minutes = int((now - oldest.due_at).total_seconds() / 60)
    name = oldest.task_path.rpartition(".")[2]
    return late is not None, f"{ready.count()} tasks wait, one ({name}) for {minutes} min"


for _part, _check in (
    ("configuration", check_configuration),
    ("database", check_database),
    ("cache", check_cache),
    ("storage", check_storage),
    ("mail", check_mail),
    ("tasks", check_tasks),
    ("periodic", check_periodic),
):
    register_check(_part, _check)
