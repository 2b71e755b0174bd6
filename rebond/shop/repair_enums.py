"""States of what a seller repairs after the sale (rules.md F3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RepairState(models.TextChoices):
    AWAITED = "awaited", pgettext_lazy("repair", "The buyer gives it")
    HERE = "here", pgettext_lazy("repair", "Here, to repair")
    DONE = "done", pgettext_lazy("repair", "Repaired and sent back")
    BACK = "back", pgettext_lazy("repair", "Sent back as it was")
    DROPPED = "dropped", pgettext_lazy("repair", "Another thing was decided")


OPEN_REPAIRS = frozenset({RepairState.AWAITED, RepairState.HERE})
REPAIR_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "arrive": (frozenset({RepairState.AWAITED}), RepairState.HERE),
    "mend": (OPEN_REPAIRS, RepairState.DONE),  # nobody may have noted that it came
    "give_back": (frozenset({RepairState.HERE}), RepairState.BACK),
    "drop": (OPEN_REPAIRS, RepairState.DROPPED),
}
# How it ends, in the words of who repairs.
REPAIR_ENDS = [
    ("mend", _("It is repaired, and goes back to the buyer")),
    ("give_back", _("It could not be repaired, and goes back to the buyer as it was")),
]
