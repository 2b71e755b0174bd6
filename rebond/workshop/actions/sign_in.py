"""Signing in at a station: badge, PIN where the site asks it, or a supervisor who confirms."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone

from rebond.core.ids import hash_secret
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.workshop.enums import RequestState
from rebond.workshop.errors import BadgeEnded, BadgeUnknown, PinWrong, RequestClosed
from rebond.workshop.models import Badge, Device, HelpCall, SecurityEvent, SignInRequest, Worker

REQUEST_LASTS = timedelta(minutes=5)
LOG_LASTS = timedelta(days=30)


def note(kind: str, *, device: Device | None, worker: Worker | None = None) -> None:
    """One line of the security log (30 days, never exported)."""
    SecurityEvent.objects.create(kind=kind, device=device, worker=worker)


def worker_of_badge(*, device: Device, token: str) -> Worker:
    """The person whose badge was read on `device`; each try goes to the security log.

    Raise BadgeUnknown (also for another organisation's badge: it tells nothing), BadgeEnded.
    """
    return _bearer(token, organisation_id=device.organisation_id, device=device, kind="badge.read")


def colleague_of_badge(*, worker: Worker, device: Device | None, token: str) -> Worker:
    """The colleague who showed a badge to share `worker`'s task or to take it over: it signs nobody in.

    Raise as `worker_of_badge`.
    """
    return _bearer(token, organisation_id=worker.organisation_id, device=device, kind="badge.shown")


def _bearer(token: str, *, organisation_id: int, device: Device | None, kind: str) -> Worker:
    badge = (
        Badge.objects.filter(token_hash=hash_secret(token.strip().upper()))
        .select_related("worker__user", "worker__organisation")
        .first()
    )
    if badge is None or badge.worker.organisation_id != organisation_id:
        note("badge.unknown", device=device)
        raise BadgeUnknown
    if badge.ended_on is not None or badge.worker.ended_on is not None or not badge.worker.user.is_active:
        note("badge.ended", device=device, worker=badge.worker)
        raise BadgeEnded
    note(kind, device=device, worker=badge.worker)
    return badge.worker


def check_pin(*, device: Device, worker: Worker, pin: str) -> None:
    """Raise PinWrong; each try goes to the security log."""
    if not check_password(pin, worker.pin):
        note("pin.wrong", device=device, worker=worker)
        raise PinWrong
    note("pin.right", device=device, worker=worker)


@transaction.atomic
def ask_without_badge(*, device: Device, worker: Worker, now: datetime | None = None) -> SignInRequest:
    """The person chose their name; a supervisor has five minutes to confirm. A second request replaces the first."""
    now = now or timezone.now()
    device.sign_in_requests.filter(state=RequestState.WAITING).update(state=RequestState.REFUSED)
    note("request.made", device=device, worker=worker)
    return SignInRequest.objects.create(device=device, worker=worker, expires_at=now + REQUEST_LASTS)


@transaction.atomic
def decide_request(
    *, request: SignInRequest, is_confirmed: bool, by: Any, now: datetime | None = None
) -> SignInRequest:
    """The supervisor's answer, given on a device of theirs. Raise RequestClosed where it is over or answered."""
    request = lock_row(request)
    if request.state != RequestState.WAITING or request.expires_at <= (now or timezone.now()):
        raise RequestClosed
    request.state = RequestState.CONFIRMED if is_confirmed else RequestState.REFUSED
    request.decided_by = by
    request.save(update_fields=["state", "decided_by"])
    worker = request.worker
    verb = "confirmed" if is_confirmed else "refused"
    record(f"workshop.sign_in.{verb}", subject=worker, by=by, organisation=worker.organisation)
    return request


@transaction.atomic
def use_request(*, request: SignInRequest, now: datetime | None = None) -> Worker:
    """The tablet takes the confirmed request, once. Raise RequestClosed."""
    rows = SignInRequest.objects.filter(
        pk=request.pk, state=RequestState.CONFIRMED, expires_at__gt=now or timezone.now()
    )
    if not rows.update(state=RequestState.USED):
        raise RequestClosed
    note("request.used", device=request.device, worker=request.worker)
    return request.worker


@transaction.atomic
def call_help(*, worker: Worker, device: Device | None, task_label: str = "") -> HelpCall:
    """Ask for a supervisor; asking again changes nothing but what the call is about."""
    call, _made = HelpCall.objects.update_or_create(
        worker=worker, defaults={"device": device, "task_label": task_label[:120]}
    )
    return call


def take_back_help(*, worker: Worker) -> None:
    """The person no longer needs anybody: the call leaves no trace (rules.md F8). Twice is once."""
    HelpCall.objects.filter(worker=worker).delete()


@transaction.atomic
def answer_help(*, call: HelpCall, by: Any) -> None:
    """Somebody comes: the call leaves no trace (rules.md F8)."""
    HelpCall.objects.filter(pk=call.pk).delete()


def purge_security_log(*, now: datetime | None = None) -> int:
    """Delete what is older than 30 days, and help calls and requests of other days; returns the number of lines."""
    now = now or timezone.now()
    HelpCall.objects.filter(at__lt=now - timedelta(hours=12)).delete()
    SignInRequest.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    return SecurityEvent.objects.filter(at__lt=now - LOG_LASTS).delete()[0]
