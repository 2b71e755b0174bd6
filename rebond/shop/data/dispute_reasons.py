"""Why a bank takes a payment back, in words, and what convinces it: by the bank's own word."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    title: Promise | str
    proofs: tuple[Promise | str, ...]


DELIVERED = _("The proof that it was delivered or collected: carrier, number, day, place")
SEEN = _("The object’s page as the buyer saw it, with its photos")
TALKED = _("What was written with the buyer: the conversation of the order")
RULES = _("The terms of sale, and how the buyer accepted them")
BILL = _("The invoice")
OTHER = Reason(_("Another reason"), (BILL, DELIVERED, TALKED, RULES))
REASONS: dict[str, Reason] = {
    "fraudulent": Reason(
        _("The card’s owner says that somebody else paid"),
        (DELIVERED, _("Whatever links the buyer to the card: name, address, earlier orders"), TALKED),
    ),
    "unrecognized": Reason(_("The card’s owner does not know this payment"), (BILL, DELIVERED, TALKED)),
    "product_not_received": Reason(_("The buyer says that nothing came"), (DELIVERED, TALKED)),
    "product_unacceptable": Reason(
        _("The buyer says that the object is not as described"), (SEEN, TALKED, _("What was proposed: return, repair"))
    ),
    "credit_not_processed": Reason(
        _("The buyer says that a refund is owed"), (_("The refund that was made, with its day"), RULES, TALKED)
    ),
    "duplicate": Reason(_("The buyer says that it was paid twice"), (BILL, _("The two orders, and why they differ"))),
    "general": OTHER,
}


def reason_of(word: str) -> Reason:
    return REASONS.get(word, OTHER)
