"""The acknowledgement of a withdrawal on paper: the same data, the same bytes."""

import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.core.money import format_cents
from rebond.core.pdf import render_pdf
from rebond.shop.models import Withdrawal


def withdrawal_paper(withdrawal: Withdrawal) -> bytes:
    """A PDF/A in the language of the declaration, with its content, its day and its hour (D221-5)."""
    with translation.override(withdrawal.language):
        return render_pdf("shop/withdrawal", _data(withdrawal), now=withdrawal.declared_at)


def _day(iso: str) -> str:
    return date_format(datetime.date.fromisoformat(iso), "j F Y") if iso else _("not received yet")


def _data(withdrawal: Withdrawal) -> dict[str, object]:
    said, moment = withdrawal.said, timezone.localtime(withdrawal.declared_at)
    facts = [
        (pgettext("seller", "Order"), said["order"]),
        (_("Ordered on"), _day(said["ordered_on"])),
        (_("Received on"), _day(said["received_on"])),
        (_("By"), withdrawal.name),
        (_("Address"), said["buyer_address"]),
        (_("E-mail"), withdrawal.email),
    ]
    return {
        "lang": withdrawal.language[:2],
        "title": _("Acknowledgement of a withdrawal"),
        "number": withdrawal.public_id,
        "moment": _("Received on %(day)s at %(hour)s (Paris time)")
        % {"day": date_format(moment, "j F Y"), "hour": moment.strftime("%H:%M:%S")},
        "to": _("To %(seller)s, %(address)s") % {"seller": said["seller"], "address": said["address"]},
        "sentence": _("I hereby give notice that I withdraw from my contract of sale of the goods below."),
        "head": [_("Object"), _("Code"), _("Price")],
        "rows": [
            [
                f"{row['title']} × {row['quantity']}" if row["quantity"] > 1 else row["title"],
                row["code"],
                format_cents(row["cents"]),
            ]
            for row in said["lines"]
        ],
        "facts": [[label, value] for label, value in facts if value],
        "rights": _(
            "You have 14 days to send the objects back. All that you paid for them, standard delivery included where "
            "nothing of the parcel is kept, is refunded within 14 days by the same means of payment; the seller may "
            "wait for the objects or for the proof that they were sent (consumer code, L221-21 to L221-24)."
        ),
        "slip": _("To put in the parcel: return %(number)s, order %(order)s")
        % {"number": withdrawal.back.public_id, "order": said["order"]},
    }
