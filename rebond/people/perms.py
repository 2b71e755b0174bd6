"""Who reads what of the people who are followed (rules.md F8): the social file stays with the employer's counsellors.

Technical supervisors read first name, status and dates; a manager reads numbers; everybody else nothing.
"""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

# Role keys as strings: perms are leaves, and the roles' own room is below (network.enums).
COUNSELLORS = frozenset({"counsellor"})
NEAR = frozenset({"counsellor", "supervisor"})

register(
    {
        "people.person.view": NEAR,
        "people.file.read": COUNSELLORS,
        "people.file.change": COUNSELLORS,
        "people.figures.view": frozenset({"manager", "counsellor"}),
    }
)
describe(
    {
        "people.person.view": _("See who is followed: first name, status, dates"),
        "people.file.read": _("Read people's files; each reading is noted, and the person sees it"),
        "people.file.change": _("Open people's files and write in them"),
        "people.figures.view": _("See how many people are followed, by status"),
    }
)


def visible_people(user: Any) -> Q:
    """Rows of Person that `user` may list: those of organisations where they accompany or supervise."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    mine = user.memberships.filter(ended_at__isnull=True, role__in=NEAR)
    return Q(organisation__in=mine.values("organisation"))
