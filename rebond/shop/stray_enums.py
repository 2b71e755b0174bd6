"""States of parcels that came back and that nobody expected."""

from django.db import models
from django.utils.translation import pgettext_lazy


class StrayState(models.TextChoices):
    OPEN = "open", pgettext_lazy("stray parcel", "To clear up")
    AGAIN = "again", pgettext_lazy("stray parcel", "Left again")
    TIED = "tied", pgettext_lazy("stray parcel", "Its order is found")
    REPAIR = "repair", pgettext_lazy("stray parcel", "Came to be repaired")
    SENT_BACK = "sent_back", pgettext_lazy("stray parcel", "Sent back to whoever sent it")
    SORTING = "sorting", pgettext_lazy("stray parcel", "Given to sorting")
    MISTAKE = "mistake", pgettext_lazy("stray parcel", "Noted by mistake")


STRAY_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "tie": (frozenset({StrayState.OPEN}), StrayState.TIED),
    "mend": (frozenset({StrayState.OPEN}), StrayState.REPAIR),
    "leave": (frozenset({StrayState.OPEN}), StrayState.AGAIN),
    "reopen": (frozenset({StrayState.AGAIN}), StrayState.OPEN),
    "send_back": (frozenset({StrayState.OPEN}), StrayState.SENT_BACK),
    "sort": (frozenset({StrayState.OPEN}), StrayState.SORTING),
    "drop": (frozenset({StrayState.OPEN}), StrayState.MISTAKE),
}
# What may become of it where no order is found, in the words of who decides.
STRAY_ENDS = [
    ("send_back", pgettext_lazy("stray parcel", "Send it back to whoever sent it")),
    ("sort", pgettext_lazy("stray parcel", "Give it to sorting")),
    ("drop", pgettext_lazy("stray parcel", "Nothing: it was noted by mistake")),
]


class StrayPicture(models.TextChoices):
    PARCEL = "parcel", pgettext_lazy("stray parcel", "The parcel")
    LABEL = "label", pgettext_lazy("stray parcel", "Its label")
