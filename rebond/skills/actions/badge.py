"""What badges are given for: written once, then only by a next version."""

import datetime
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.skills.enums import BadgeKind, BadgeSign, BadgeTint
from rebond.skills.errors import BadgeClosed, BadgeInvalid, WrongState
from rebond.skills.models import Badge


@dataclass(frozen=True, slots=True)
class Words:
    """All that a badge says, and how it looks."""

    name: str
    description: str
    criteria: str
    kind: str = BadgeKind.COMPETENCY
    tint: str = BadgeTint.CIEL
    sign: str = BadgeSign.PACKAGE


def _checked(words: Words) -> Words:
    for field, most in (("name", 80), ("description", 500), ("criteria", 2000)):
        text = getattr(words, field).strip()
        if not text:
            raise BadgeInvalid(_("Write something here: the person and employers read it."), field=field)
        if len(text) > most or "\0" in text:
            raise BadgeInvalid(_("This is too long."), field=field)
    for field, choices in (("kind", BadgeKind), ("tint", BadgeTint), ("sign", BadgeSign)):
        if getattr(words, field) not in choices.values:
            raise BadgeInvalid(_("Choose one of the list."), field=field)
    return replace(
        words, name=words.name.strip(), description=words.description.strip(), criteria=words.criteria.strip()
    )


@transaction.atomic
def make_badge(*, organisation: Organisation, words: Words, by: Any) -> Badge:
    """Raise BadgeInvalid for empty or too long words."""
    badge = Badge.objects.create(organisation=organisation, **asdict(_checked(words)))
    record("skills.badge.made", subject=badge, by=by, organisation=organisation)
    return badge


@transaction.atomic
def rewrite_badge(*, badge: Badge, words: Words, by: Any, now: datetime.datetime | None = None) -> Badge:
    """The next version, given from now on; whoever has the earlier one keeps it as it is.

    Raise BadgeInvalid, and WrongState where the badge was closed or rewritten meanwhile.
    """
    kept = _checked(words)
    if not Badge.objects.filter(pk=badge.pk, closed_at__isnull=True).update(closed_at=now or timezone.now()):
        raise WrongState
    try:
        with transaction.atomic():
            later = Badge.objects.create(
                organisation=badge.organisation, earlier=badge, version=badge.version + 1, **asdict(kept)
            )
    except IntegrityError:
        raise WrongState from None
    record("skills.badge.rewritten", subject=later, by=by, organisation=badge.organisation, version=later.version)
    return later


@transaction.atomic
def close_badge(*, badge: Badge, by: Any, now: datetime.datetime | None = None) -> Badge:
    """It is given to nobody any more; those who have it keep it. Raise BadgeClosed where it was closed before."""
    if not Badge.objects.filter(pk=badge.pk, closed_at__isnull=True).update(closed_at=now or timezone.now()):
        raise BadgeClosed
    badge.refresh_from_db()
    record("skills.badge.closed", subject=badge, by=by, organisation=badge.organisation)
    return badge
