"""Acts kept by a device without network: the proof of who acts, and doing each of them once (docs/decisions/0013)."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.journal.actions.record import day_only
from rebond.network.models import Site
from rebond.workshop.actions.step import Hands
from rebond.workshop.enums import WITHOUT_HOURS
from rebond.workshop.errors import (
    ActConflict,
    ActUnreadable,
    DeviceBlocked,
    KeptElsewhere,
    PersonGone,
    ProofTooOld,
    ProofUnknown,
    WorkshopError,
)
from rebond.workshop.models import Device, KeptAct, Step, Worker
from rebond.workshop.offline import ActKind, Kept, Told, act_kind

SALT = "rebond.workshop.offline"
PROOF_LASTS = timedelta(hours=72)  # a device that was away for longer sends nothing any more
KEPT_LASTS = timedelta(days=30)
LONGEST = 180  # seconds that an act in parts may take


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who acts on which device, since when; `after` is the last step we had then. `site`: where, without a station."""

    worker: Worker
    device: Device | None
    since: datetime
    after: int
    site: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a device sends of one act. `age_ms`: how long ago it was done, by the device's own count."""

    operation: str
    act: str
    proof: str
    age_ms: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict)
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`state` is done, refused, conflict or busy; the words are for the person."""

    state: str
    told: Told


def give_proof(*, worker: Worker, device: Device | None, site: Site | None = None, now: datetime | None = None) -> str:
    """A signed text that tells who works on which device now, and at which site where no station says it; it opens no
    page, and only this device may use it.
    """
    last = Step.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    facts = {
        "w": worker.public_id,
        "d": device.public_id if device else "",
        "i": int((now or timezone.now()).timestamp()),
        "n": last,
        "s": site.public_id if site is not None and device is None else "",
    }
    return signing.dumps(facts, salt=SALT)


def read_proof(*, text: str, device: Device | None, user: Any, is_blocked: bool, now: datetime | None = None) -> Bearer:
    """Who a proof stands for, where this very device (or the person's own account) brings it back within three days.

    Raise DeviceBlocked, ProofUnknown, ProofTooOld, KeptElsewhere, PersonGone.
    """
    if is_blocked:
        raise DeviceBlocked
    try:
        facts = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise ProofUnknown from None
    since = datetime.fromtimestamp(facts["i"], UTC)
    rows = Worker.objects.select_related("user", "organisation")
    worker: Worker | None = rows.filter(public_id=facts["w"]).first()
    if worker is None:
        raise ProofUnknown
    is_here = facts["d"] == device.public_id if device is not None else not facts["d"] and user == worker.user
    if not is_here or (device is not None and device.organisation_id != worker.organisation_id):
        raise KeptElsewhere
    if (now or timezone.now()) - since > PROOF_LASTS:
        raise ProofTooOld
    if worker.ended_on is not None or not worker.user.is_active:
        raise PersonGone
    return Bearer(worker, device, since, facts["n"], facts.get("s", ""))


def moment_of(age_ms: int, *, since: datetime, now: datetime) -> datetime:
    """When the act was done, by our clock: now less its age, never before its proof was given nor after now.

    The age is a difference of two readings of the device's clock: a clock that is wrong by hours changes nothing. One
    that was set between the two is held by the bounds.
    """
    try:
        found = now - timedelta(milliseconds=max(age_ms, 0))
    except OverflowError:
        found = since
    return max(found, min(since, now))


def receive_act(*, sent: Sent, bearer: Bearer, now: datetime | None = None) -> Answer:
    """Do the act once, as the person who did it, when they did it; sent again, it gives back the first answer.

    A refusal changes nothing and may be sent again. An act in parts that is being done at this moment is "busy":
    its device asks again later.
    """
    now = now or timezone.now()
    try:
        operation = uuid.UUID(sent.operation)
        kind = act_kind(sent.act)
        if kind is None:
            raise ActUnreadable
    except (ValueError, WorkshopError):
        return Answer("refused", Told(str(ActUnreadable())))
    known = _known(operation, bearer)
    if known is not None:
        return known
    kept = _kept(sent, operation, bearer, now)
    if kind.is_whole:
        return _answer(kind, kept, bearer)
    name = f"kept-act:{operation}"
    if not cache.add(name, 1, timeout=LONGEST):
        return Answer("busy", Told())
    try:
        return _answer(kind, kept, bearer)
    finally:
        cache.delete(name)


def _answer(kind: ActKind, kept: Kept, bearer: Bearer) -> Answer:
    refusals: tuple[type[Exception], ...] = (WorkshopError, *kind.refusals)
    with day_only(is_on=bearer.worker.status in WITHOUT_HOURS):
        try:
            return Answer("done", _do(kind, kept))
        except ActConflict as changed:
            return Answer("conflict", Told(str(changed)))
        except refusals as refused:
            if kind.refused is not None:
                kind.refused(kept, refused)
            return Answer("refused", Told(str(refused)))
        except IntegrityError:  # the same act came twice at once, and the other one was first
            known = _known(kept.hands.operation_id, bearer)
            if known is None:
                raise
            return known


def _known(operation: uuid.UUID, bearer: Bearer) -> Answer | None:
    found = KeptAct.objects.filter(operation_id=operation).first()
    if found is None:
        return None
    if found.worker_id != bearer.worker.pk:
        return Answer("refused", Told(str(ProofUnknown())))
    return Answer("done", Told(**found.told))


def _chosen(bearer: Bearer) -> Site | None:
    """The site of the proof, or the main one where it is gone (and of proofs made before sites were in them)."""
    sites = list(bearer.worker.organisation.sites.all())
    return next((site for site in sites if site.public_id == bearer.site), next(iter(sites), None))


def _kept(sent: Sent, operation: uuid.UUID, bearer: Bearer, now: datetime) -> Kept:
    device = bearer.device
    station = device.station if device else None
    site: Site | None = station.site if station else _chosen(bearer)
    return Kept(
        hands=Hands(worker=bearer.worker, station=station, device=device, operation_id=operation),
        site=site,
        at=moment_of(sent.age_ms, since=bearer.since, now=now),
        after=bearer.after,
        fields=sent.fields,
        files=sent.files,
        is_forced=sent.is_forced,
    )


def _do(kind: ActKind, kept: Kept) -> Told:
    """The effect and its trace; the unique operation of the trace is what makes it once."""
    if not kind.is_whole:
        told = kind.apply(kept)
        _trace(kind, kept, told)
        return told
    with transaction.atomic():
        trace = _trace(kind, kept, Told())
        told = kind.apply(kept)
        KeptAct.objects.filter(pk=trace.pk).update(told=asdict(told))
    return told


def _trace(kind: ActKind, kept: Kept, told: Told) -> KeptAct:
    made: KeptAct = KeptAct.objects.create(
        operation_id=kept.hands.operation_id,
        act=kind.code,
        worker=kept.hands.worker,
        device=kept.hands.device,
        told=asdict(told),
    )
    return made


def purge_kept_acts(*, now: datetime | None = None) -> int:
    """Forget acts that no device may send any more; returns how many."""
    day = timezone.localdate(now) - KEPT_LASTS
    return KeptAct.objects.filter(day__lt=day).delete()[0]
