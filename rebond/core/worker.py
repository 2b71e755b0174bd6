"""The worker: signs of life, periodic jobs, tasks taken back from a dead worker, locked databases survived."""

import logging
import os
import secrets
import socket
import threading
import time
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections, connection
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction

from rebond.core.models import WorkerSign
from rebond.core.periodic import enqueue_due
from rebond.core.retry import put_back

logger = logging.getLogger("rebond.worker")

SIGN_SECONDS = 15.0
SILENT_AFTER = timedelta(seconds=120)  # then its tasks go to another worker
AWAY = (OperationalError, InterfaceError)


class Worker(QueueWorker):
    """django-tasks-db's worker with its loop written again: a locked or absent database is waited for."""

    def __init__(self, *, queues: list[str], interval: float = 1.0, batch: bool = False) -> None:
        super().__init__(
            queue_names=queues,
            interval=interval,
            batch=batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}",
            excluded_queue_names=[],
        )
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until stopped (or, in a batch, until the queue is empty)."""
        self._housekeeping()
        beat = threading.Thread(target=self._beat, name="signs of life", daemon=True)
        if not self.batch:
            beat.start()
        try:
            self._work()
        finally:
            self._stop.set()
            if beat.is_alive():
                beat.join(timeout=2)
            self._leave()

    def _work(self) -> None:
        while self.running:
            _drop_stale_connections()
            try:
                row = self._take()
                if row is not None:
                    self.run_task(row)
            except AWAY as error:
                logger.warning("the database did not answer, trying again: %s", error)
                self._wait_for_database()
                continue
            if row is None:
                if self.batch:
                    return
                self._stop.wait(self.interval)

    def _take(self) -> Any:
        rows = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        if not self.process_all_queues:
            rows = rows.filter(queue_name__in=self.queue_names)
        if not rows.exists():  # a read: an idle worker never takes SQLite's write lock
            return None
        with exclusive_transaction(rows.db):
            row = rows.get_locked()
            if row is not None:
                row.claim(self.worker_id)
        return row

    def _wait_for_database(self) -> None:
        """Pause, reconnect, and give back the task whose end could not be written: it runs again."""
        time.sleep(min(self.interval, 1.0))
        if not connection.in_atomic_block:
            connection.close()
        try:
            put_back(_running_of(self.worker_id))
        except AWAY:
            logger.warning("the database is still away")

    def _beat(self) -> None:
        while not self._stop.wait(SIGN_SECONDS):
            self._housekeeping()
        connection.close()

    def _housekeeping(self) -> None:
        try:
            _drop_stale_connections()
            sign_of_life(self.worker_id)
            take_back_lost_tasks(self.worker_id)
            enqueue_due()
        except DatabaseError as error:
            logger.warning("no sign of life this time: %s", error)

    def _leave(self) -> None:
        try:
            WorkerSign.objects.filter(name=self.worker_id).delete()
        except DatabaseError as error:
            logger.warning("left without saying so: %s", error)


def _drop_stale_connections() -> None:
    if not connection.in_atomic_block:  # a test's transaction is left alone
        close_old_connections()


def sign_of_life(worker_id: str) -> None:
    """Write that this worker lives, with its machine and process."""
    host, pid, _ = worker_id.rsplit(":", 2)
    WorkerSign.objects.update_or_create(
        name=worker_id, defaults={"seen_at": timezone.now(), "detail": {"host": host, "pid": int(pid)}}
    )


def take_back_lost_tasks(worker_id: str = "") -> int:
    """Make ready again the tasks of workers that died: no sign for two minutes, or a process of this machine gone."""
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).only("pk", "worker_ids", "started_at")
    lost = [row.pk for row in running.order_by("pk")[:1000] if _is_lost(row, worker_id)]
    if not lost:
        return 0
    return put_back(DBTaskResult.objects.filter(pk__in=lost, status=TaskResultStatus.RUNNING))


def _is_lost(row: Any, worker_id: str) -> bool:
    owner = row.worker_ids[-1] if row.worker_ids else ""
    if owner == worker_id:
        return False
    host, _, rest = owner.partition(":")
    if host == socket.gethostname()[:30] and rest and not _is_alive(rest.split(":")[0]):
        return True
    seen = WorkerSign.objects.filter(name=owner).values_list("seen_at", flat=True).first() or row.started_at
    return bool(seen is None or seen < timezone.now() - SILENT_AFTER)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError, OverflowError):
        return True
    return True


def _running_of(worker_id: str) -> Any:
    rows = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).only("pk", "worker_ids").order_by("pk")
    mine = [row.pk for row in rows if row.worker_ids and row.worker_ids[-1] == worker_id]
    return DBTaskResult.objects.filter(pk__in=mine, status=TaskResultStatus.RUNNING)
