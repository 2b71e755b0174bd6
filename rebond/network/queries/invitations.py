"""Invitations that wait for somebody."""

from django.utils import timezone

from rebond.accounts.models import User
from rebond.network.models import Invitation


def find_waiting_invitation(user: User) -> Invitation | None:
    """The newest open invitation sent to the user's own address, which they confirmed before they could sign in."""
    if not user.email:
        return None
    rows = Invitation.objects.filter(
        email__iexact=user.email, accepted_at=None, cancelled_at=None, expires_at__gt=timezone.now()
    )
    return rows.order_by("-pk").first()
