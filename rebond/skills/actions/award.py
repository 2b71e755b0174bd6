"""Badges given to people, taken back with a reason, shown by the person alone."""

import datetime
import json
import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.journal.actions.record import record, record_transition
from rebond.network.models import Membership, Organisation
from rebond.skills.actions.key import ensure_key
from rebond.skills.actions.telling import tell_given, tell_taken_back
from rebond.skills.addresses import method_address
from rebond.skills.credentials.canonical import ADDRESS
from rebond.skills.credentials.integrity import add_proof
from rebond.skills.credentials.statuslist import SIZE
from rebond.skills.enums import AwardState
from rebond.skills.errors import AlreadyAwarded, AwardInvalid, BadgeClosed, NeedsReason, NotOfTheTeam, WrongState
from rebond.skills.models import Award, Badge, StatusList
from rebond.skills.queries.documents import Proof, credential_of

MOST_PROOFS = 20
TRIES = 20


@transaction.atomic
def issue_award(
    *,
    badge: Badge,
    user: User,
    by: Any,
    proofs: Sequence[Proof] = (),
    valid_until: datetime.datetime | None = None,
    now: datetime.datetime | None = None,
) -> Award:
    """Sign the badge for a person of the organisation's team, and write to them; it is hidden until they show it.

    Its number in the status list is drawn at random: an order would tell when each was given. Raise BadgeClosed,
    NotOfTheTeam, AwardInvalid, and AlreadyAwarded where the person has it.
    """
    now = (now or timezone.now()).replace(microsecond=0)
    organisation = badge.organisation
    _check(badge, user, proofs, valid_until, now)
    key = ensure_key(organisation=organisation, by=by, now=now)
    if Award.objects.filter(badge=badge, user=user, state=AwardState.ISSUED).exists():
        raise AlreadyAwarded
    award = Award(badge=badge, organisation=organisation, user=user, issued_at=now, valid_until=valid_until)
    award.status_list, award.status_index = _number(organisation)
    document = credential_of(award, salt=secrets.token_urlsafe(16), proofs=proofs)
    method = method_address(organisation, key.multikey)
    signed = add_proof(document, private=str(key.private), method=method, created=now)
    award.credential = json.dumps(signed, ensure_ascii=False)
    try:
        with transaction.atomic():
            award.save()
    except IntegrityError:
        raise AlreadyAwarded from None
    record("skills.award.issued", subject=award, by=by, organisation=organisation, to=user.public_id)
    tell_given(award)
    return award


def _check(
    badge: Badge, user: User, proofs: Sequence[Proof], valid_until: datetime.datetime | None, now: datetime.datetime
) -> None:
    if not Badge.objects.filter(pk=badge.pk, closed_at__isnull=True).exists():
        raise BadgeClosed
    team = Membership.objects.filter(organisation=badge.organisation_id, user=user, ended_at__isnull=True)
    if not user.is_active or not team.exists():
        raise NotOfTheTeam
    if valid_until is not None and valid_until <= now:
        raise AwardInvalid(_("This day is over."), field="valid_until")
    if len(proofs) > MOST_PROOFS:
        raise AwardInvalid(_("At most 20 facts."), field="proofs")
    for proof in proofs:
        if not proof.name.strip() or len(proof.name) > 200 or len(proof.narrative) > 2000:
            raise AwardInvalid(_("Say in a few words what the person did."), field="name")
        if proof.url and not _is_link(proof.url):
            raise AwardInvalid(_("A link begins with https://."), field="url")


def _is_link(url: str) -> bool:
    try:
        return len(url) <= 500 and urlsplit(url).scheme == "https" and bool(ADDRESS.fullmatch(url))
    except ValueError:
        return False


def _number(organisation: Organisation) -> tuple[StatusList, int]:
    """A free number of the current list, which is at most half full: a few draws always find one."""
    half_empty = StatusList.objects.filter(organisation=organisation, used__lt=SIZE // 2).order_by("-pk")
    current = half_empty.first() or StatusList.objects.create(organisation=organisation)
    StatusList.objects.filter(pk=current.pk).update(used=F("used") + 1)
    drawn = [secrets.randbelow(SIZE) for _try in range(TRIES)]
    taken = Award.objects.filter(status_list=current, status_index__in=drawn).values_list("status_index", flat=True)
    free = [number for number in drawn if number not in set(taken)]
    return current, free[0]


@transaction.atomic
def revoke_award(*, award: Award, reason: str, by: Any, now: datetime.datetime | None = None) -> Award:
    """Every verifier learns it from the status list; the person is told why by mail. Raise NeedsReason, WrongState."""
    reason = reason.strip()[:300]
    if not reason:
        raise NeedsReason(field="reason")
    rows = Award.objects.filter(pk=award.pk, state=AwardState.ISSUED)
    if not rows.update(state=AwardState.REVOKED, revoked_at=now or timezone.now(), revoked_reason=reason):
        raise WrongState
    award.refresh_from_db()
    record_transition(
        subject=award,
        verb="revoke",
        from_state=AwardState.ISSUED,
        to_state=AwardState.REVOKED,
        by=by,
        organisation=award.organisation,
    )
    record("skills.award.revoked", subject=award, by=by, organisation=award.organisation)
    tell_taken_back(award)
    return award


@transaction.atomic
def share_award(*, award: Award, is_shared: bool, by: Any) -> Award:
    """The person lets the badge's address answer, or hides it again. Only they may: the view asks for their own."""
    rows = Award.objects.filter(pk=award.pk, user__isnull=False).exclude(is_shared=is_shared)
    if rows.update(is_shared=is_shared):
        record("skills.award.shown" if is_shared else "skills.award.hidden", subject=award, by=by)
    award.refresh_from_db()
    return award


@transaction.atomic
def forget_awards(*, user: User) -> int:
    """Erase what badges say of a person who leaves for good; return how many.

    Their numbers in the status lists stay, taken or not taken back, without anything of the person: the files that
    they took along go on being verified (GDPR art. 17; rules.md F8).
    """
    return Award.objects.filter(user=user).update(user=None, credential="", is_shared=False, revoked_reason="")
