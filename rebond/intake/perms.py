"""Who notes what comes in, and which rows each user sees."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register
from rebond.workshop.perms import READERS, SUPERVISORS, visible_at_desk

MANAGERS = frozenset({"manager"})  # the person who answers for the register, to the police too

register(
    {
        "intake.donation.view": READERS,
        "intake.donation.change": SUPERVISORS,
        "intake.register.view": READERS,
        "intake.register.change": SUPERVISORS,
        "intake.register.switch": MANAGERS,
        "intake.donor.view": MANAGERS,
    }
)
describe(
    {
        "intake.donation.view": _("See what comes in, in kilograms"),
        "intake.donation.change": _("Set up containers, flows, counts and exits"),
        "intake.register.view": _("Read the register of objects, without identities"),
        "intake.register.change": _("Note who brought an object, correct a line of the register"),
        "intake.register.switch": _("Open and close the register of objects"),
        "intake.donor.view": _("See who brought an object; each reading is noted"),
    }
)


def visible_rows(user: Any) -> Q:
    """Rows of the organisations where `user` reads the chain."""
    return visible_at_desk(user)
