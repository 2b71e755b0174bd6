"""Why buyers ask for their money back, and at which step of the chain it could have been seen.

The step is told from the reason that the buyer gave: it is where to look first, not a proof; and never who did it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rebond.shop.enums import ConversationReason, Outcome, WithdrawalReason

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


COMES_BACK = frozenset({Outcome.REPAIR, Outcome.RETURN})  # of what the buyer has: of nothing that is still here
_DEFECT = (Outcome.REPAIR, Outcome.RETURN, Outcome.REFUND, Outcome.GESTURE, Outcome.REFUSED)
# What a claim may end in, the advised ones first (rules.md F3; L217-8 to L217-14): a repair is free and within 30 days;
# a unique object cannot be replaced, so its price is lowered or given back. Nothing comes back that never came.
OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    ConversationReason.NOT_RECEIVED: (Outcome.REFUND, Outcome.GESTURE, Outcome.REFUSED),
    ConversationReason.BROKEN: _DEFECT,
    ConversationReason.NOT_WORKING: _DEFECT,
    ConversationReason.NOT_AS_SAID: (
        Outcome.RETURN,
        Outcome.GESTURE,
        Outcome.REFUND,
        Outcome.REPAIR,
        Outcome.REFUSED,
    ),
    ConversationReason.MISSING: (Outcome.GESTURE, Outcome.RETURN, Outcome.REFUND, Outcome.REPAIR, Outcome.REFUSED),
}
_ADVICE: dict[str, Promise] = {
    ConversationReason.NOT_RECEIVED: _("Ask the carrier where it is. What never arrived cannot come back: refund it."),
    ConversationReason.BROKEN: _(
        "The law: repair it first, free and within 30 days. If it cannot be repaired the buyer chooses a lower price "
        "or the money back, and the way back is yours to pay."
    ),
    ConversationReason.NOT_AS_SAID: _(
        "Compare with what the page said when it was ordered. If it is not as described, the way back is yours to pay."
    ),
    ConversationReason.MISSING: _("If the missing part is found, send it. If not, a lower price, or take it back."),
}
_ADVICE[ConversationReason.NOT_WORKING] = _ADVICE[ConversationReason.BROKEN]


def outcomes_of(reason: str) -> tuple[Outcome, ...]:
    """What a claim of this reason may end in, the advised one first; all of them where the reason says nothing."""
    return OUTCOMES.get(reason, tuple(Outcome))


def advice_of(reason: str) -> str:
    """One sentence for who decides, "" where the reason says nothing."""
    return str(_ADVICE.get(reason, ""))
