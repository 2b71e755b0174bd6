"""Who reads and decides notices (DSA art. 16), and which rows each user sees."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

MODERATORS = frozenset({"moderator", "coordinator"})

register({"shop.notice.view": MODERATORS, "shop.notice.decide": MODERATORS})
describe(
    {
        "shop.notice.view": _("Read what visitors report"),
        "shop.notice.decide": _("Decide on reported objects"),
    }
)


def visible_notices(user: Any) -> Q:
    """Notices are for the network's moderators only: a seller learns of a decision by its statement of reasons."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    if user.memberships.filter(ended_at__isnull=True, role__in=MODERATORS).exists():
        return Q()
    return Q(pk__in=[])
