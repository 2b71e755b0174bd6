"""Which phone is lent to whom, and what it photographs now."""

import hashlib
from datetime import datetime, timedelta

from django.utils import timezone

from rebond.core.prepared import Prepared
from rebond.workshop.data.chain import PHOTOGRAPH
from rebond.workshop.enums import TaskState
from rebond.workshop.models import CameraPair, Task, Worker

DESK_GONE = timedelta(minutes=2)  # its screen asks each two seconds: silent for so long, it was left


def hashed(text: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def pair_of_secret(secret: str, *, now: datetime | None = None) -> CameraPair | None:
    """The pair of a phone, while its desk is there, its person works here and its device is not revoked."""
    now = now or timezone.now()
    rows = CameraPair.objects.select_related("worker__user", "worker__organisation", "device__station")
    rows = rows.filter(secret_hash=hashed(secret), expires_at__gt=now, seen_at__gt=now - DESK_GONE)
    pair = rows.filter(worker__ended_on__isnull=True).first()
    if pair is None or (pair.device is not None and pair.device.revoked_at is not None):
        return None
    return pair


def pair_of_worker(worker: Worker, *, now: datetime | None = None) -> CameraPair | None:
    """What the person lends or offers now."""
    moment = now or timezone.now()
    return next((pair for pair in _OF_WORKER.run(worker.pk) if pair.expires_at > moment), None)


_OF_WORKER: Prepared[CameraPair] = Prepared(
    lambda worker: CameraPair.objects.filter(worker_id=worker).order_by("pk"), -1
)


def at_hand(worker: Worker) -> Task | None:
    """The object on the desk: the photo task that the person touched last."""
    rows = Task.objects.filter(worker=worker, kind=PHOTOGRAPH, state=TaskState.TAKEN)
    task: Task | None = rows.order_by("-lease_until", "-pk").first()
    return task
