"""Who works at the stations, who runs them, and which rows each user sees."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

# Role keys as strings: perms are leaves, and the roles' own room is below (network.enums).
SUPERVISORS = frozenset({"manager", "supervisor"})
WORKERS = SUPERVISORS | {"worker", "seller"}
READERS = SUPERVISORS | {"seller", "reader"}

register(
    {
        "workshop.step.do": WORKERS,
        "workshop.chain.view": READERS,
        "workshop.station.change": SUPERVISORS,
        "workshop.worker.change": SUPERVISORS,
        "workshop.task.change": SUPERVISORS,
    }
)
describe(
    {
        "workshop.step.do": _("Work at a station of the workshop"),
        "workshop.chain.view": _("See the chain of the workshop"),
        "workshop.station.change": _("Set up the stations and their tablets"),
        "workshop.worker.change": _("Set up people, badges and skills"),
        "workshop.task.change": _("Give, move and cancel tasks"),
    }
)


def organisations_of(user: Any, roles: frozenset[str]) -> set[int]:
    """Keys of the organisations where `user` holds one of `roles` today."""
    if not getattr(user, "is_authenticated", False):
        return set()
    rows = user.memberships.filter(ended_at__isnull=True, role__in=roles)
    return set(rows.values_list("organisation_id", flat=True))


def visible_at_desk(user: Any, path: str = "organisation_id") -> Q:
    """Rows whose organisation (by `path`) is one where `user` reads the chain."""
    return Q(**{f"{path}__in": organisations_of(user, READERS)})
