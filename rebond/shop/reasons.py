"""Why buyers ask for their money back, and at which step of the chain it could have been seen.

The step is told from the reason that the buyer gave: it is where to look first, not a proof; and never who did it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rebond.shop.enums import ConversationReason, WithdrawalReason

STEPS: dict[str, Promise] = {
    "tell": _("Photos, measures and text"),
    "test": _("Test and repair"),
    "prepare": _("Preparing the order"),
    "pack": _("Packing"),
    "carry": _("Transport and delivery"),
    "choice": _("None: the buyer’s choice"),
    "unknown": _("Not told"),
}
_STEP = {
    "w.mind": "choice",
    "w.size": "tell",
    "w.pictured": "tell",
    "w.late": "carry",
    "w.defect": "test",
    "c.not_received": "carry",
    "c.broken": "pack",
    "c.not_working": "test",
    "c.not_as_said": "tell",
    "c.missing": "prepare",
}


def step_of(reason: str) -> str:
    """The key of STEPS for a reason, as `w.mind` of a withdrawal or `c.broken` of a claim."""
    return _STEP.get(reason, "unknown")


def reason_label(reason: str) -> str:
    """The buyer's words, after the kind of request."""
    kind, _dot, key = reason.partition(".")
    if kind == "w":
        label = WithdrawalReason(key).label if key in WithdrawalReason else gettext("no reason given")
        return gettext("Withdrawal: %(reason)s") % {"reason": label}
    label = ConversationReason(key).label if key in ConversationReason else gettext("no reason given")
    return gettext("Claim: %(reason)s") % {"reason": label}
