"""The embedded trial of transfers: a bank that writes a statement, whole, short, long or without its reference."""

import csv
import io
import uuid

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.shop.actions.bank import read_file
from rebond.shop.models import Payment, Statement
from rebond.shop.queries.by_hand import reference_of

ARRIVALS: list[tuple[str, Promise | str]] = [
    ("whole", _("The whole amount, with its reference")),
    ("short", _("Ten euros less")),
    ("long", _("Ten euros more")),
    ("mute", _("The whole amount, without reference")),
]


def arrive(*, payment: Payment, how: str) -> Statement:
    """The transfer of `payment` is on the account, and its statement is read."""
    more = {"short": -1_000, "long": 1_000}.get(how, 0)
    cents = max(payment.amount_cents + more, 1)
    words = "Virement" if how == "mute" else reference_of(payment)
    made = io.StringIO()
    rows = csv.writer(made, delimiter=";")
    rows.writerow(["Date", "Montant", "Libellé", "Émetteur"])
    amount = f"{cents // 100},{cents % 100:02d}"
    rows.writerow(
        [timezone.localdate().strftime("%d/%m/%Y"), amount, f"{words} {uuid.uuid4().hex[:4]}", payment.order.name]
    )
    return read_file(name="essai.csv", content=made.getvalue().encode(), by=None)
