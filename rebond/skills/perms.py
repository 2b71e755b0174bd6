"""Who gives badges, who reads and observes skills (rules.md F8: supervisors see skills, sellers nothing)."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

# Role keys as strings: perms are leaves, and the roles' own room is below (network.enums).
GIVERS = frozenset({"manager", "supervisor"})
NEAR = frozenset({"supervisor", "counsellor"})

register(
    {
        "skills.award.view": GIVERS,
        "skills.award.change": GIVERS,
        "skills.badge.change": GIVERS,
        "skills.key.change": frozenset({"manager"}),
        "skills.person.view": NEAR,
        "skills.person.change": frozenset({"supervisor"}),
    }
)
describe(
    {
        "skills.award.view": _("See the badges that people received"),
        "skills.award.change": _("Give badges and take them back"),
        "skills.badge.change": _("Write badges and stop giving them"),
        "skills.person.view": _("See what people show of their skills; each reading is noted, and the person sees it"),
        "skills.person.change": _("Observe people’s skills and confirm what they say of them"),
        "skills.key.change": _("Renew the key that signs the badges"),
    }
)


def visible_of_givers(user: Any) -> Q:
    """Rows with an `organisation` that `user` reads at the desk: those where they give badges."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    mine = user.memberships.filter(ended_at__isnull=True, role__in=GIVERS)
    return Q(organisation__in=mine.values("organisation"))
