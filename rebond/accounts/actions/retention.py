"""How long an account lives without a visit (rules.md F8: customer account, 3 years inactive)."""

import datetime
import logging

from django.db.models import ProtectedError
from django.db.models.functions import Coalesce
from django.utils import timezone

from rebond.accounts.models import User

IDLE = datetime.timedelta(days=3 * 365 + 1)
logger = logging.getLogger("rebond.accounts")


def erase_idle_accounts(*, now: datetime.datetime | None = None) -> int:
    """Erase buyers' accounts without a sign-in for 3 years, with all that belongs to them; return how many.

    Who is or was a member of an organisation stays: who held which right is proof. An account that
    something else still names is left, and said in the log by its public identifier.
    """
    limit = (now or timezone.now()) - IDLE
    idle = User.objects.annotate(seen_at=Coalesce("last_login", "created_at")).filter(
        seen_at__lt=limit, memberships__isnull=True, is_staff=False
    )
    gone = 0
    for user in idle.order_by("pk")[:1_000]:
        try:
            user.delete()
        except ProtectedError:
            logger.warning("account %s is idle, and still named elsewhere: left", user.public_id)
        else:
            gone += 1
    return gone
