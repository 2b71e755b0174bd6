"""Who notes what comes in, and which rows each user sees."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register
from rebond.workshop.perms import READERS, SUPERVISORS, visible_at_desk

register({"intake.donation.view": READERS, "intake.donation.change": SUPERVISORS})
describe(
    {
        "intake.donation.view": _("See what comes in, in kilograms"),
        "intake.donation.change": _("Set up containers, flows, counts and exits"),
    }
)


def visible_rows(user: Any) -> Q:
    """Rows of the organisations where `user` reads the chain."""
    return visible_at_desk(user)
