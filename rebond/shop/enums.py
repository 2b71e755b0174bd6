"""States and choices of alerts and notices, and the French words of the shop's addresses."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Words of addresses: stable French data, never labels (house style, rule 25).
CONDITION_SLUGS = {
    "neuf-invendu": "new_unsold",
    "comme-neuf": "like_new",
    "tres-bon-etat": "very_good",
    "bon-etat": "good",
    "a-reparer": "to_repair",
}
DELIVERY_SLUGS = {"point-relais": "relay", "domicile": "home", "sur-place": "pickup", "camionnette": "local"}
SORT_SLUGS = {
    "pertinence": "relevance",
    "recents": "newest",
    "prix-croissant": "price_asc",
    "prix-decroissant": "price_desc",
}


class LineState(models.TextChoices):
    """A line of a basket."""

    HELD = "held", pgettext_lazy("basket line", "Kept for you")
    LAPSED = "lapsed", pgettext_lazy("basket line", "No longer kept")
    RELEASED = "released", pgettext_lazy("basket line", "Taken out")
    SOLD = "sold", pgettext_lazy("basket line", "Bought")


# verb: (states it may start from, state it leads to) — house style, rule 23
LINE_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "take": (frozenset({LineState.LAPSED, LineState.RELEASED, LineState.SOLD}), LineState.HELD),
    "lapse": (frozenset({LineState.HELD}), LineState.LAPSED),
    "release": (frozenset({LineState.HELD, LineState.LAPSED}), LineState.RELEASED),
    "sell": (frozenset({LineState.HELD}), LineState.SOLD),
}


class OrderState(models.TextChoices):
    PLACED = "placed", pgettext_lazy("order", "Waiting for payment")
    PAID = "paid", pgettext_lazy("order", "Paid")
    LAPSED = "lapsed", pgettext_lazy("order", "Never paid")


class SellerOrderState(models.TextChoices):
    """One seller's part of an order: one contract, one delay, one invoice."""

    PLACED = "placed", pgettext_lazy("seller order", "Waiting for payment")
    TO_PREPARE = "to_prepare", pgettext_lazy("seller order", "To prepare")
    SHIPPED = "shipped", pgettext_lazy("seller order", "Sent")
    READY = "ready", pgettext_lazy("seller order", "Ready to collect")
    DELIVERED = "delivered", pgettext_lazy("seller order", "Received")
    CANCELLED = "cancelled", pgettext_lazy("seller order", "Cancelled")
    DROPPED = "dropped", pgettext_lazy("seller order", "Nothing left of it")
    LAPSED = "lapsed", pgettext_lazy("seller order", "Never paid")


class OrderLineState(models.TextChoices):
    PLACED = "placed", pgettext_lazy("order line", "Waiting for payment")
    SOLD = "sold", pgettext_lazy("order line", "Bought")
    LOST = "lost", pgettext_lazy("order line", "No longer free: refunded")
    CANCELLED = "cancelled", pgettext_lazy("order line", "Cancelled: refunded")


class CancelReason(models.TextChoices):
    """Why a seller does not deliver what was bought: told to the buyer."""

    NOT_FOUND = "not_found", _("The object cannot be found")
    DAMAGED = "damaged", _("The object was damaged meanwhile")
    BUYER_ASKED = "buyer_asked", _("You asked for it")
    OTHER = "other", _("Another reason")


class PaymentState(models.TextChoices):
    STARTED = "started", pgettext_lazy("payment", "Started")
    REFUSED = "refused", pgettext_lazy("payment", "Refused")
    PAID = "paid", pgettext_lazy("payment", "Paid")


class RefundState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("refund", "Asked")
    MADE = "made", pgettext_lazy("refund", "Made")


class RefundReason(models.TextChoices):
    TAKEN = "taken", _("The object was taken before the payment came")
    TWICE = "twice", _("The order was paid already")
    VOUCHER = "voucher", _("The payment came late, and the voucher of the order has no use left")
    CARD = "card", _("The payment came late, and the gift card of the order has not enough left")
    CANCELLED = "cancelled", _("The seller cannot deliver it")
    WITHDRAWN = "withdrawn", _("You changed your mind")
    FLAWED = "flawed", _("It is not as it was described")
    NOT_RECEIVED = "not_received", _("It never arrived")
    GESTURE = "gesture", _("A lower price was agreed")
    NETWORK = "network", _("A gesture of the network")
    DISPUTED = "disputed", _("Your bank took the payment back")
    OTHER = "other", _("Another reason")


class PaymentEventKind(models.TextChoices):
    """What a provider tells of a payment or a refund, in Rebond's words."""

    PAID = "paid", pgettext_lazy("payment event", "Paid")
    REFUSED = "refused", pgettext_lazy("payment event", "Refused")
    REFUNDED = "refunded", pgettext_lazy("payment event", "Refunded")


class MessageState(models.TextChoices):
    """What became of a provider's message (models/provider.py)."""

    NEW = "new", pgettext_lazy("provider message", "Just arrived")
    APPLIED = "applied", pgettext_lazy("provider message", "Had its effect")
    KEPT = "kept", pgettext_lazy("provider message", "Kept, nothing to do")
    WAITING = "waiting", pgettext_lazy("provider message", "To try again")


class MessageNote(models.TextChoices):
    """Why a provider's message has no effect: nothing to do, or something for a person to look at."""

    NOTHING = "nothing", pgettext_lazy("provider message", "It changes nothing here")
    UNKNOWN_KIND = "unknown_kind", pgettext_lazy("provider message", "A kind that Rebond does not use")
    NOT_OURS = "not_ours", pgettext_lazy("provider message", "It names nothing of ours")
    NO_MATCH = "no_match", pgettext_lazy("provider message", "No payment or refund of this name and amount")
    CURRENCY = "currency", pgettext_lazy("provider message", "Another currency than the euro")
    REFUND_FAILED = "refund_failed", pgettext_lazy("provider message", "The refund did not go through")
    DISPUTE_AFTER = "dispute_after", pgettext_lazy("provider message", "The bank decided again about a closed dispute")


# A person looks at these: money moved, or did not, and the books do not know.
NOTES_TO_SEE = frozenset(
    {MessageNote.NO_MATCH, MessageNote.CURRENCY, MessageNote.REFUND_FAILED, MessageNote.DISPUTE_AFTER}
)


class MovementKind(models.TextChoices):
    """What a provider lists and the books follow."""

    PAID = "paid", pgettext_lazy("movement", "Payment")
    REFUNDED = "refunded", pgettext_lazy("movement", "Refund")
    PAYOUT = "payout", pgettext_lazy("movement", "Payout to a seller")
    FEE = "fee", pgettext_lazy("movement", "Fee of the provider")
    REVERSAL = "reversal", pgettext_lazy("movement", "Taken back from a seller")
    DISPUTED = "disputed", pgettext_lazy("movement", "Contested by a bank")
    REINSTATED = "reinstated", pgettext_lazy("movement", "Given back by a bank")


class GapKind(models.TextChoices):
    """How a day here differs from the same day at the provider."""

    MISSING_HERE = "missing_here", pgettext_lazy("gap", "At the provider, not here")
    MISSING_THERE = "missing_there", pgettext_lazy("gap", "Here, not at the provider")
    AMOUNT = "amount", pgettext_lazy("gap", "The amounts differ")
    TWICE = "twice", pgettext_lazy("gap", "Twice at the provider")
    BOOKS = "books", pgettext_lazy("gap", "Not what the books say")


class TrialCard(models.TextChoices):
    """What each card number of the embedded provider does (actions/trial.py)."""

    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused by the bank")
    STRONG = "strong", _("Accepted after the bank has asked for a confirmation")
    SLOW = "slow", _("Accepted, told half a minute later")
    LATE = "late", _("Accepted, told after the basket’s hours are over")
    TWICE = "twice", _("Accepted, told twice")
    DISORDER = "disorder", _("Accepted, then an older refusal arrives")
    LOST = "lost", _("Accepted, never told: found by the reconciliation")
    DISPUTED = "disputed", _("Accepted, then contested by the buyer’s bank")


class PartRequestState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("request", "To be granted")
    GRANTED = "granted", pgettext_lazy("request", "Granted")
    REFUSED = "refused", pgettext_lazy("request", "Refused")


ORDER_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "pay": (frozenset({OrderState.PLACED, OrderState.LAPSED}), OrderState.PAID),  # a payment may come after all
    "lapse": (frozenset({OrderState.PLACED}), OrderState.LAPSED),
}
UNPAID_PARTS = frozenset({SellerOrderState.PLACED, SellerOrderState.LAPSED})
CANCELLABLE_PARTS = frozenset({SellerOrderState.TO_PREPARE, SellerOrderState.READY})
OPEN_PARTS = frozenset({SellerOrderState.TO_PREPARE, SellerOrderState.READY, SellerOrderState.SHIPPED})
PAID_PARTS = OPEN_PARTS | {SellerOrderState.DELIVERED}
SELLER_ORDER_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "confirm": (UNPAID_PARTS, SellerOrderState.TO_PREPARE),
    "drop": (UNPAID_PARTS, SellerOrderState.DROPPED),
    "lapse": (frozenset({SellerOrderState.PLACED}), SellerOrderState.LAPSED),
    "ship": (frozenset({SellerOrderState.TO_PREPARE}), SellerOrderState.SHIPPED),
    "carry": (CANCELLABLE_PARTS, SellerOrderState.SHIPPED),  # one parcel of it left, whatever was said of the others
    "make_ready": (frozenset({SellerOrderState.TO_PREPARE}), SellerOrderState.READY),
    "deliver": (frozenset({SellerOrderState.SHIPPED, SellerOrderState.READY}), SellerOrderState.DELIVERED),
    "contest": (frozenset({SellerOrderState.DELIVERED, SellerOrderState.SHIPPED}), SellerOrderState.SHIPPED),
    "come_back": (frozenset({SellerOrderState.DELIVERED}), SellerOrderState.SHIPPED),  # it was only presumed received
    "hand_over": (frozenset({SellerOrderState.TO_PREPARE}), SellerOrderState.DELIVERED),  # paid at the counter
    "cancel": (PAID_PARTS, SellerOrderState.CANCELLED),  # after it left: nothing of it ever did
}
ORDER_LINE_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "sell": (frozenset({OrderLineState.PLACED}), OrderLineState.SOLD),
    "lose": (frozenset({OrderLineState.PLACED}), OrderLineState.LOST),
    "cancel": (frozenset({OrderLineState.SOLD}), OrderLineState.CANCELLED),
}
# A refusal that comes after the payment changes nothing; a card refused first may be accepted then.
PAYMENT_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "refuse": (frozenset({PaymentState.STARTED}), PaymentState.REFUSED),
    "pay": (frozenset({PaymentState.STARTED, PaymentState.REFUSED}), PaymentState.PAID),
}


class AlertKind(models.TextChoices):
    SEARCH = "search", pgettext_lazy("alert", "Search")
    SIMILAR = "similar", pgettext_lazy("alert", "Objects like this one")
    FREED = "freed", pgettext_lazy("alert", "This very object, once it is free")


class AlertState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("alert", "To confirm by e-mail")
    ACTIVE = "active", pgettext_lazy("alert", "On")
    PAUSED = "paused", pgettext_lazy("alert", "Off")
    BOUNCED = "bounced", pgettext_lazy("alert", "Paused: the address refuses our mails")


class Frequency(models.TextChoices):
    DAILY = "daily", _("One mail a day at most")
    AT_ONCE = "at_once", _("As soon as an object arrives")


class NoticeReason(models.TextChoices):
    """What a visitor may report (DSA art. 16; rules.md F4, F6)."""

    COUNTERFEIT = "counterfeit", _("It looks like a counterfeit")
    DANGEROUS = "dangerous", _("It is dangerous or has been recalled")
    FORBIDDEN = "forbidden", _("Its sale is forbidden")
    STOLEN = "stolen", _("It was stolen")
    RIGHTS = "rights", _("A text or a picture is mine and was copied")
    PRIVACY = "privacy", _("It shows somebody or personal information")
    MISLEADING = "misleading", _("The description is false")
    OFFENSIVE = "offensive", _("It is hateful or offensive")
    NOT_GENUINE = "not_genuine", _("This opinion is false, or of nobody who bought")
    OTHER = "other", _("Something else against the law")


# What an opinion of a buyer may be reported for: it has neither photo nor description.
COMMENT_REASONS = (
    NoticeReason.OFFENSIVE,
    NoticeReason.PRIVACY,
    NoticeReason.NOT_GENUINE,
    NoticeReason.OTHER,
)
# What an object may be.
ITEM_REASONS = tuple(reason for reason in NoticeReason if reason != NoticeReason.NOT_GENUINE)


class NoticeState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("notice", "To be looked at")
    DECIDED = "decided", pgettext_lazy("notice", "Decided")


class NoticeDecision(models.TextChoices):
    NO_ACTION = "no_action", _("The page stays as it is")
    WITHDRAWN = "withdrawn", _("The object is withdrawn from sale")


# The same decisions, said of an opinion.
COMMENT_DECISIONS: dict[str, Any] = {
    NoticeDecision.NO_ACTION: _("The comment stays as it is"),
    NoticeDecision.WITHDRAWN: _("The comment is withdrawn, its note stays counted"),
}


class DecisionGround(models.TextChoices):
    """DSA art. 17 asks whether the law or our terms are the ground."""

    LAW = "law", _("It is against the law")
    TERMS = "terms", _("It is against our terms of sale")
    NONE = "none", _("Neither the law nor our terms are broken")


class WithdrawalReason(models.TextChoices):
    """Asked after the withdrawal, never before; nobody has to answer."""

    MIND = "mind", _("I changed my mind")
    SIZE = "size", _("It does not fit: size, colour, place")
    PICTURED = "pictured", _("It is not what I understood from the page")
    LATE = "late", _("It takes too long")
    DEFECT = "defect", _("It has a defect")
    OTHER = "other", _("Something else")


class ReturnState(models.TextChoices):
    UNSENT = "unsent", pgettext_lazy("return", "Had not left: to refund")
    AWAITED = "awaited", pgettext_lazy("return", "To be sent back by the buyer")
    SENT = "sent", pgettext_lazy("return", "On its way back")
    ARRIVED = "arrived", pgettext_lazy("return", "Arrived: to check and refund")
    CLOSED = "closed", pgettext_lazy("return", "Refunded")


class ReturnWay(models.TextChoices):
    DROP_OFF = "drop_off", _("Brought to the workshop")
    PARCEL = "parcel", _("Sent by parcel")


RETURN_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "cross": (frozenset({ReturnState.UNSENT}), ReturnState.AWAITED),  # its carrier has it all the same
    "send": (frozenset({ReturnState.AWAITED}), ReturnState.SENT),
    "arrive": (frozenset({ReturnState.AWAITED, ReturnState.SENT}), ReturnState.ARRIVED),
    "close": (frozenset({ReturnState.UNSENT, ReturnState.SENT, ReturnState.ARRIVED}), ReturnState.CLOSED),
    "end": (  # nothing is left to give back: the buyer's bank has it, or it went back before
        frozenset({ReturnState.UNSENT, ReturnState.AWAITED, ReturnState.SENT, ReturnState.ARRIVED}),
        ReturnState.CLOSED,
    ),
}


class Found(models.TextChoices):
    """What came in the parcel of a return."""

    WHOLE = "whole", pgettext_lazy("return", "The object, as it left")
    DAMAGED = "damaged", pgettext_lazy("return", "The object, damaged")
    OTHER = "other", pgettext_lazy("return", "Another thing")
    NOTHING = "nothing", pgettext_lazy("return", "Nothing")


HERE = frozenset({Found.WHOLE, Found.DAMAGED})  # the object itself is in somebody's hands


class Fate(models.TextChoices):
    """What becomes of an object that came back."""

    RESTOCK = "restock", pgettext_lazy("return", "Back on the shelf")
    REPAIR = "repair", pgettext_lazy("return", "To repair first")
    RECYCLE = "recycle", pgettext_lazy("return", "To recycle")
    ASIDE = "aside", pgettext_lazy("return", "Put aside: somebody looks into it")


class CheckState(models.TextChoices):
    OPEN = "open", pgettext_lazy("check", "To look at")
    REPAIR = "repair", pgettext_lazy("check", "Being repaired")
    DONE = "done", pgettext_lazy("check", "Done")


CHECK_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "repair": (frozenset({CheckState.OPEN}), CheckState.REPAIR),
    "decide": (frozenset({CheckState.OPEN, CheckState.REPAIR}), CheckState.DONE),
}


class ConversationReason(models.TextChoices):
    NOT_RECEIVED = "not_received", _("It has not arrived")
    BROKEN = "broken", _("It arrived broken")
    NOT_WORKING = "not_working", _("It does not work, or no longer")
    NOT_AS_SAID = "not_as_said", _("It is not as the page said")
    MISSING = "missing", _("Something is missing")
    QUESTION = "question", _("A question")
    OTHER = "other", _("Something else")


class ConversationState(models.TextChoices):
    TO_ANSWER = "to_answer", pgettext_lazy("conversation", "To answer")
    WAITING = "waiting", pgettext_lazy("conversation", "Waiting for the buyer")
    CONCILIATION = "conciliation", pgettext_lazy("conversation", "With the conciliator")
    CLOSED = "closed", pgettext_lazy("conversation", "Closed")


class Author(models.TextChoices):
    BUYER = "buyer", pgettext_lazy("author", "Buyer")
    SELLER = "seller", pgettext_lazy("author", "Seller")
    CONCILIATOR = "conciliator", pgettext_lazy("author", "Conciliator of the network")
    SITE = "site", pgettext_lazy("author", "Automatic message")


class Outcome(models.TextChoices):
    REFUND = "refund", _("Refund it, without a return")
    GESTURE = "gesture", _("Lower the price, the buyer keeps it")
    REPAIR = "repair", _("Repair it")
    RETURN = "return", _("Take it back, then refund")
    REFUSED = "refused", _("Refuse, with the reason")


CONVERSATION_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "ask": (frozenset({ConversationState.WAITING, ConversationState.CLOSED}), ConversationState.TO_ANSWER),
    "answer": (frozenset({ConversationState.TO_ANSWER}), ConversationState.WAITING),
    "call": (frozenset({ConversationState.TO_ANSWER, ConversationState.WAITING}), ConversationState.CONCILIATION),
    "close": (
        frozenset({ConversationState.TO_ANSWER, ConversationState.WAITING, ConversationState.CONCILIATION}),
        ConversationState.CLOSED,
    ),
}


class QualityFigure(models.TextChoices):
    """The two figures that everybody reads (rules.md 0.2)."""

    SATISFACTION = "satisfaction", _("Satisfaction")
    REQUESTS = "requests", _("Refund requests")
