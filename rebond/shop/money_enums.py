"""States of what happens around a payment: disputes at the bank, a seller's account at the provider, its transfers."""

from django.db import models
from django.utils.translation import pgettext_lazy


class DisputeState(models.TextChoices):
    """What the provider says of a dispute. An inquiry takes no money; it may become a dispute."""

    INQUIRY = "inquiry", pgettext_lazy("dispute", "The bank asks")
    TO_ANSWER = "to_answer", pgettext_lazy("dispute", "To answer")
    REVIEW = "review", pgettext_lazy("dispute", "The bank decides")
    WON = "won", pgettext_lazy("dispute", "Won")
    LOST = "lost", pgettext_lazy("dispute", "Lost")
    CLOSED = "closed", pgettext_lazy("dispute", "Closed without a dispute")


class DisputeMoney(models.TextChoices):
    """Where the money is: it moves forward only, whatever the order in which it is told."""

    KEPT = "kept", pgettext_lazy("dispute", "Not taken")
    TAKEN = "taken", pgettext_lazy("dispute", "Held by the bank")
    BACK = "back", pgettext_lazy("dispute", "Given back to us")
    GONE = "gone", pgettext_lazy("dispute", "Given to the buyer")


OPEN_DISPUTES = frozenset({DisputeState.INQUIRY, DisputeState.TO_ANSWER, DisputeState.REVIEW})
ANSWERABLE = frozenset({DisputeState.INQUIRY, DisputeState.TO_ANSWER})
# Of two messages told at the same second, the later state.
DISPUTE_ORDER = [
    *(DisputeState.INQUIRY, DisputeState.TO_ANSWER, DisputeState.REVIEW),
    *(DisputeState.CLOSED, DisputeState.WON, DisputeState.LOST),
]
# verb: (where the money may be before, where it is after)
DISPUTE_MONEY: dict[str, tuple[frozenset[str], str]] = {
    "take": (frozenset({DisputeMoney.KEPT}), DisputeMoney.TAKEN),
    "give_back": (frozenset({DisputeMoney.TAKEN}), DisputeMoney.BACK),
    "lose": (frozenset({DisputeMoney.TAKEN}), DisputeMoney.GONE),
}


class DisputeChoice(models.TextChoices):
    """What somebody wants to do about a dispute."""

    DEFEND = "defend", pgettext_lazy("dispute", "Defend the sale, with this evidence")
    ACCEPT = "accept", pgettext_lazy("dispute", "Accept: the buyer is right")


class DisputeAnswerState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("dispute answer", "Waits for somebody else")
    GRANTED = "granted", pgettext_lazy("dispute answer", "Being sent")
    SENT = "sent", pgettext_lazy("dispute answer", "Sent to the bank")
    FAILED = "failed", pgettext_lazy("dispute answer", "The provider refused it")
    REFUSED = "refused", pgettext_lazy("dispute answer", "Refused")


OPEN_ANSWERS = frozenset({DisputeAnswerState.ASKED, DisputeAnswerState.GRANTED})
DISPUTE_ANSWERS: dict[str, tuple[frozenset[str], str]] = {
    "grant": (frozenset({DisputeAnswerState.ASKED}), DisputeAnswerState.GRANTED),
    "refuse": (frozenset({DisputeAnswerState.ASKED}), DisputeAnswerState.REFUSED),
    "send": (frozenset({DisputeAnswerState.GRANTED}), DisputeAnswerState.SENT),
    "fail": (frozenset({DisputeAnswerState.GRANTED}), DisputeAnswerState.FAILED),
}


class ProofKind(models.TextChoices):
    """What a file proves: the banks' forms have a place for each."""

    DELIVERY = "delivery", pgettext_lazy("evidence", "Proof of delivery or collection")
    EXCHANGE = "exchange", pgettext_lazy("evidence", "What was written with the buyer")
    RECEIPT = "receipt", pgettext_lazy("evidence", "Invoice or receipt")
    CONDITIONS = "conditions", pgettext_lazy("evidence", "Terms of sale that were accepted")
    OTHER = "other", pgettext_lazy("evidence", "Something else")


class TransferState(models.TextChoices):
    """Money sent to a seller's account at the provider, for one payout."""

    MADE = "made", pgettext_lazy("transfer", "Made")
    RETURNING = "returning", pgettext_lazy("transfer", "To bring back")
    RETURNED = "returned", pgettext_lazy("transfer", "Brought back")


class ReversalState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("reversal", "Asked")
    MADE = "made", pgettext_lazy("reversal", "Made")
    REFUSED = "refused", pgettext_lazy("reversal", "Refused")


# Providers of payments that nobody calls: people see the money.
TRANSFER, COLLECTION = "transfer", "collection"
BY_HAND = frozenset({TRANSFER, COLLECTION})


class WhoPaysThere(models.TextChoices):
    NOBODY = "nobody", pgettext_lazy("pay at collection", "Nobody")
    PROS = "pros", pgettext_lazy("pay at collection", "Organisations only")
    ALL = "all", pgettext_lazy("pay at collection", "Everybody who has an account")


class Means(models.TextChoices):
    """How money was taken at a counter."""

    CARD = "card", pgettext_lazy("means", "By card")
    CASH = "cash", pgettext_lazy("means", "In cash")
    CHEQUE = "cheque", pgettext_lazy("means", "By cheque")
    OTHER = "other", pgettext_lazy("means", "Another way")


CASH_LIMIT_CENTS = 100_000  # CMF L112-6 and D112-3: beyond 1,000 € no cash between a professional and a buyer


class BankLineState(models.TextChoices):
    OPEN = "open", pgettext_lazy("bank line", "To look at")
    ASKED = "asked", pgettext_lazy("bank line", "Waits for somebody else")
    USED = "used", pgettext_lazy("bank line", "Counted")
    IGNORED = "ignored", pgettext_lazy("bank line", "Not for an order")
    RETURNED = "returned", pgettext_lazy("bank line", "Given back")


BANK_LINES: dict[str, tuple[frozenset[str], str]] = {
    "ask": (frozenset({BankLineState.OPEN, BankLineState.IGNORED}), BankLineState.ASKED),
    "refuse": (frozenset({BankLineState.ASKED}), BankLineState.OPEN),
    "use": (frozenset({BankLineState.OPEN, BankLineState.ASKED}), BankLineState.USED),
    "ignore": (frozenset({BankLineState.OPEN}), BankLineState.IGNORED),
    "return": (frozenset({BankLineState.USED, BankLineState.OPEN}), BankLineState.RETURNED),
}


class RoundUpState(models.TextChoices):
    """What a buyer gives with an order."""

    PROMISED = "promised", pgettext_lazy("round-up", "Not paid yet")
    GIVEN = "given", pgettext_lazy("round-up", "Given")
    BACK = "back", pgettext_lazy("round-up", "Gone back to the buyer")


class VoucherState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("voucher", "Usable")
    PAUSED = "paused", pgettext_lazy("voucher", "Paused")
    ENDED = "ended", pgettext_lazy("voucher", "Ended")


VOUCHER_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "pause": (frozenset({VoucherState.ACTIVE}), VoucherState.PAUSED),
    "resume": (frozenset({VoucherState.PAUSED}), VoucherState.ACTIVE),
    "end": (frozenset({VoucherState.ACTIVE, VoucherState.PAUSED}), VoucherState.ENDED),
}


class VoucherUseState(models.TextChoices):
    """A voucher's use by one order: only what is taken counts among its uses."""

    TAKEN = "taken", pgettext_lazy("voucher use", "Used")
    BACK = "back", pgettext_lazy("voucher use", "Given back: the order is over")


VOUCHER_USE_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "give_back": (frozenset({VoucherUseState.TAKEN}), VoucherUseState.BACK),
    "take_again": (frozenset({VoucherUseState.BACK}), VoucherUseState.TAKEN),
}


ROUND_UP_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "give": (frozenset({RoundUpState.PROMISED}), RoundUpState.GIVEN),
    "give_back": (frozenset({RoundUpState.PROMISED, RoundUpState.GIVEN}), RoundUpState.BACK),
}


class GiftIssuerState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("gift issuer", "Sells cards")
    ENDED = "ended", pgettext_lazy("gift issuer", "Sells none any more")


class GiftCardState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("gift card", "Not paid yet")
    LIVE = "live", pgettext_lazy("gift card", "Usable")
    BLOCKED = "blocked", pgettext_lazy("gift card", "Blocked")
    BACK = "back", pgettext_lazy("gift card", "Given back to its payer")


class GiftSpendState(models.TextChoices):
    """What one order takes of a card: held until it is paid, then spent; back where it is not paid."""

    HELD = "held", pgettext_lazy("gift spend", "Held for an order that is not paid yet")
    SPENT = "spent", pgettext_lazy("gift spend", "Used")
    BACK = "back", pgettext_lazy("gift spend", "Back on the card: the order is over")


GIFT_SPEND_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "spend": (frozenset({GiftSpendState.HELD}), GiftSpendState.SPENT),
    "give_back": (frozenset({GiftSpendState.HELD}), GiftSpendState.BACK),
    "hold_again": (frozenset({GiftSpendState.BACK}), GiftSpendState.HELD),
}
BY_GIFT_CARD = "gift_card"  # the provider of an order that a card pays whole: nobody is called


GIFT_CARD_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "sell": (frozenset({GiftCardState.WAITING}), GiftCardState.LIVE),
    "block": (frozenset({GiftCardState.LIVE}), GiftCardState.BLOCKED),
    "free": (frozenset({GiftCardState.BLOCKED}), GiftCardState.LIVE),
}
