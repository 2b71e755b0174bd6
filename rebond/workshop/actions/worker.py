"""People at the stations: their status, badge, PIN, skills and consent."""

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.core.ids import ALPHABET, hash_secret
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.enums import Role
from rebond.network.models import Membership, Organisation
from rebond.workshop.enums import BADGE_PREFIX, BadgeEnd, SkillLevel, Wish, WorkerStatus
from rebond.workshop.errors import FieldInvalid
from rebond.workshop.models import Badge, Worker, WorkerSkill

TOKEN_SIGNS = 28  # of 31: 138 bits


def _number() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(6)).upper()


@transaction.atomic
def add_worker(
    *, organisation: Organisation, first_name: str, status: str, by: Any, user: User | None = None, name: str = ""
) -> Worker:
    """A person who works here: with their own account where they have one, else a user without e-mail is made.

    Raise FieldInvalid where the user already works here.
    """
    if status not in WorkerStatus.values:
        raise FieldInvalid("status", _("Choose a status."))
    if user is None:
        user = User.objects.create_user(None, None, name=name.strip() or first_name.strip())
    if Worker.objects.filter(user=user, organisation=organisation).exists():
        raise FieldInvalid("user", _("This person already works here."))
    if not Membership.objects.filter(user=user, organisation=organisation, ended_at__isnull=True).exists():
        Membership.objects.create(user=user, organisation=organisation, role=Role.WORKER)
    worker: Worker = Worker.objects.create(
        user=user, organisation=organisation, first_name=first_name.strip(), status=status
    )
    record("workshop.worker.added", subject=worker, by=by, organisation=organisation)
    return worker


@transaction.atomic
def change_worker(*, worker: Worker, by: Any, first_name: str, status: str, reviewed_percent: int) -> Worker:
    """First name, status and agreed share of reviewed listings (0 to 100). Steps already recorded keep their status."""
    if status not in WorkerStatus.values:
        raise FieldInvalid("status", _("Choose a status."))
    if not 0 <= reviewed_percent <= 100:
        raise FieldInvalid("reviewed_percent", _("Write a number from 0 to 100."))
    Worker.objects.filter(pk=worker.pk).update(
        first_name=first_name.strip(), status=status, reviewed_percent=reviewed_percent, version=F("version") + 1
    )
    worker.refresh_from_db()
    record("workshop.worker.changed", subject=worker, by=by, organisation=worker.organisation)
    return worker


@transaction.atomic
def end_worker(*, worker: Worker, by: Any, now: datetime | None = None) -> Worker:
    """The person left: badge, membership as worker and open tasks end; the steps stay. Twice is once."""
    from rebond.workshop.actions.task import release_tasks_of  # noqa: PLC0415 -- tasks know workers

    today = timezone.localdate(now)
    if Worker.objects.filter(pk=worker.pk, ended_on__isnull=True).update(ended_on=today):
        worker.badges.filter(ended_on__isnull=True).update(ended_on=today, end_reason=BadgeEnd.LEFT)
        rows = Membership.objects.filter(user=worker.user, organisation=worker.organisation, role=Role.WORKER)
        rows.filter(ended_at__isnull=True).update(ended_at=now or timezone.now())
        release_tasks_of(worker=worker)
        record("workshop.worker.ended", subject=worker, by=by, organisation=worker.organisation)
    worker.refresh_from_db()
    return worker


@transaction.atomic
def issue_badge(
    *, worker: Worker, by: Any, reason: str = BadgeEnd.WORN, now: datetime | None = None
) -> tuple[Badge, str]:
    """A new badge; the one before stops at once, for `reason` (a BadgeEnd).

    Returns the badge with the text of its QR, which is shown once, to print: only its hash is kept.
    """
    worker = lock_row(worker)
    today = timezone.localdate(now)
    worker.badges.filter(ended_on__isnull=True).update(ended_on=today, end_reason=reason)
    token = BADGE_PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_SIGNS)).upper()
    badge = Badge.objects.create(worker=worker, number=_number(), token_hash=hash_secret(token), issued_on=today)
    record("workshop.badge.issued", subject=worker, by=by, organisation=worker.organisation, number=badge.number)
    return badge, token


@transaction.atomic
def end_badge(*, badge: Badge, reason: str, by: Any, now: datetime | None = None) -> Badge:
    """A lost or stolen badge stops at once; raise FieldInvalid without a reason. Twice is once."""
    if reason not in BadgeEnd.values:
        raise FieldInvalid("reason", _("Say why the badge stops."))
    rows = Badge.objects.filter(pk=badge.pk, ended_on__isnull=True)
    if rows.update(ended_on=timezone.localdate(now), end_reason=reason):
        worker = badge.worker
        record("workshop.badge.ended", subject=worker, by=by, organisation=worker.organisation, number=badge.number)
    badge.refresh_from_db()
    return badge


@transaction.atomic
def set_pin(*, worker: Worker, pin: str, by: Any) -> Worker:
    """Four to six figures, hashed; "" takes it away (a forgotten PIN is set again). Raise FieldInvalid."""
    if pin and not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 6):
        raise FieldInvalid("pin", _("Choose 4 to 6 figures."))
    worker.pin = make_password(pin) if pin else ""
    worker.save(update_fields=["pin"])
    record(
        "workshop.pin.set" if pin else "workshop.pin.removed", subject=worker, by=by, organisation=worker.organisation
    )
    return worker


@transaction.atomic
def set_name_public(*, worker: Worker, is_public: bool, by: Any, now: datetime | None = None) -> Worker:
    """The person's own choice to be named on the shop's pages; taking it back works at once."""
    worker.is_name_public, worker.consent_at = is_public, (now or timezone.now()) if is_public else None
    worker.save(update_fields=["is_name_public", "consent_at"])
    record(
        "workshop.consent.given" if is_public else "workshop.consent.taken_back",
        subject=worker,
        by=by,
        organisation=worker.organisation,
    )
    return worker


@transaction.atomic
def set_skill(*, worker: Worker, kind: str, level: str, wish: str, by: Any) -> WorkerSkill | None:
    """What the person can do of a kind of step, and wishes; level "" takes the line away. Raise FieldInvalid."""
    if (level and level not in SkillLevel.values) or wish not in Wish.values:
        raise FieldInvalid("level", _("Choose one of the answers."))
    skill: WorkerSkill | None = None
    if level:
        skill, _made = WorkerSkill.objects.update_or_create(
            worker=worker, kind=kind, defaults={"level": level, "wish": wish}
        )
    else:
        worker.skills.filter(kind=kind).delete()
    record("workshop.skill.set", subject=worker, by=by, organisation=worker.organisation, kind=kind, level=level)
    return skill
