"""Who acts for an organisation: invitations by mail, roles, and their end."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record
from rebond.network.enums import Role, roles_for
from rebond.network.errors import (
    AlreadyMemberError,
    InvitationClosedError,
    LastManagerError,
    RoleNotAllowedError,
    WrongRecipientError,
    WrongStateError,
)
from rebond.network.models import Invitation, Membership, Organisation

VALID_FOR = timedelta(days=14)


def _mail(invitation: Invitation) -> None:
    """Queue the mail in the caller's transaction; a new token is a new mail."""
    organisation = invitation.organisation
    queue_mail(
        kind="network.invitation",
        to=invitation.email,
        subject=_("%(name)s invites you") % {"name": organisation.name},
        template="network/mail/invitation",
        context={
            "organisation": organisation,
            "role": Role(invitation.role).label,
            "by": invitation.invited_by.display_name,
            "expires_at": invitation.expires_at,
            "url": settings.SITE_URL + reverse("joining:invitation", args=[invitation.token]),
        },
        organisation=organisation,
        is_secret=True,
        key=f"invitation-{invitation.pk}-{invitation.token[:16]}",
    )


def _refuse_role(organisation: Organisation, role: str) -> None:
    if role not in roles_for(organisation.kind):
        raise RoleNotAllowedError


@transaction.atomic
def invite_member(
    *, organisation: Organisation, email: str, role: str, by: Any, now: datetime | None = None
) -> Invitation:
    """Invite an address to a role, by mail, for 14 days; a second invitation replaces the first.

    Raise RoleNotAllowedError (network roles exist at the operator only), AlreadyMemberError.
    """
    now = now or timezone.now()
    email = email.strip().lower()
    _refuse_role(organisation, role)
    lock_row(organisation)
    present = organisation.memberships.filter(ended_at__isnull=True, role=role, user__email__iexact=email)
    if present.exists():
        raise AlreadyMemberError
    organisation.invitations.filter(
        email__iexact=email, role=role, accepted_at__isnull=True, cancelled_at__isnull=True
    ).update(cancelled_at=now)
    made = Invitation.objects.create(
        token=secrets.token_urlsafe(32),
        organisation=organisation,
        email=email,
        role=role,
        invited_by=by,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    record("network.invitation.sent", subject=organisation, by=by, organisation=organisation, email=email, role=role)
    _mail(made)
    return made


def _open(invitation: Invitation) -> Any:
    return Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, cancelled_at__isnull=True)


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Any, now: datetime | None = None) -> Invitation:
    """A new link for 14 more days; the former stops working. Raise InvitationClosedError."""
    now = now or timezone.now()
    if not _open(invitation).update(token=secrets.token_urlsafe(32), expires_at=now + VALID_FOR):
        raise InvitationClosedError
    invitation.refresh_from_db()
    organisation = invitation.organisation
    record("network.invitation.resent", subject=organisation, by=by, organisation=organisation, email=invitation.email)
    _mail(invitation)
    return invitation


@transaction.atomic
def cancel_invitation(*, invitation: Invitation, by: Any, now: datetime | None = None) -> None:
    """Take an invitation back. Raise InvitationClosedError where it was accepted or cancelled."""
    if not _open(invitation).update(cancelled_at=now or timezone.now()):
        raise InvitationClosedError
    organisation = invitation.organisation
    record(
        "network.invitation.cancelled", subject=organisation, by=by, organisation=organisation, email=invitation.email
    )


@transaction.atomic
def accept_invitation(*, invitation: Invitation, by: Any, now: datetime | None = None) -> Membership:
    """Make `by` a member, once. Raise WrongRecipientError (another address), InvitationClosedError (late)."""
    now = now or timezone.now()
    if (by.email or "").lower() != invitation.email.lower():
        raise WrongRecipientError
    if not _open(invitation).filter(expires_at__gt=now).update(accepted_at=now):
        raise InvitationClosedError
    organisation = invitation.organisation
    made, _made = Membership.objects.get_or_create(
        user=by, organisation=organisation, role=invitation.role, ended_at=None, defaults={"started_at": now}
    )
    record("network.membership.started", subject=organisation, by=by, organisation=organisation, role=made.role)
    return made


@transaction.atomic
def end_membership(*, membership: Membership, by: Any, now: datetime | None = None) -> Membership:
    """End a role; the row stays as history. Raise LastManagerError, WrongStateError where it has ended.

    The organisation's row is locked first: two managers who remove each other cannot both succeed.
    """
    organisation = lock_row(membership.organisation)
    if membership.role == Role.MANAGER:
        others = organisation.memberships.filter(role=Role.MANAGER, ended_at__isnull=True).exclude(pk=membership.pk)
        if not others.exists():
            raise LastManagerError
    ended = Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=now or timezone.now())
    if not ended:
        raise WrongStateError
    membership.refresh_from_db()
    record(
        "network.membership.ended",
        subject=organisation,
        by=by,
        organisation=organisation,
        user=membership.user.public_id,
        name=membership.user.display_name,
        role=membership.role,
    )
    return membership
