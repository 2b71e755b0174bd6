"""A phone becomes the camera of a desk screen: shown as a QR, read once, gone with the person's session."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from rebond.workshop.errors import CameraClosed
from rebond.workshop.models import CameraPair, Device, Worker
from rebond.workshop.queries.camera import hashed

QR_LASTS = timedelta(minutes=2)
PAIR_LASTS = timedelta(hours=12)
SEEN_EACH = timedelta(seconds=30)


@transaction.atomic
def offer_camera(*, worker: Worker, device: Device | None, now: datetime | None = None) -> str:
    """The text of a fresh QR, good for two minutes and one phone; a phone lent before is let go."""
    now = now or timezone.now()
    token = secrets.token_urlsafe(32)
    fresh = {
        "device": device,
        "token_hash": hashed(token),
        "secret_hash": "",
        "expires_at": now + QR_LASTS,
        "seen_at": now,
    }
    CameraPair.objects.update_or_create(worker=worker, defaults=fresh)
    return token


@transaction.atomic
def join_camera(*, token: str, now: datetime | None = None) -> str:
    """A phone read the QR: the secret that it keeps. Raise CameraClosed for one unknown, read already or too old."""
    now = now or timezone.now()
    secret = secrets.token_urlsafe(32)
    rows = CameraPair.objects.filter(token_hash=hashed(token), secret_hash="", expires_at__gt=now)
    if not rows.update(secret_hash=hashed(secret), expires_at=now + PAIR_LASTS):
        raise CameraClosed
    return secret


def end_camera(*, worker: Worker) -> None:
    """The phone is nobody's camera any more. Twice is once."""
    CameraPair.objects.filter(worker=worker).delete()


def desk_is_there(*, pair: CameraPair, now: datetime | None = None) -> None:
    """The desk's screen asked for news: written each half minute at most."""
    now = now or timezone.now()
    if now - pair.seen_at >= SEEN_EACH:
        CameraPair.objects.filter(pk=pair.pk).update(seen_at=now)
