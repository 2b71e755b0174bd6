"""The file that a buyer takes to the consumer mediator: outside of the network and independent (L612-1, L612-2)."""

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.core.money import format_cents
from rebond.core.pdf import render_pdf
from rebond.shop.models import Conversation
from rebond.shop.queries.seen import seen_in_words


def mediation_paper(conversation: Conversation) -> bytes:
    """A PDF/A in the buyer's language: who, what, the written claim, every message but the internal ones."""
    with translation.override(conversation.language):
        return render_pdf("shop/mediation", _data(conversation))


def _data(conversation: Conversation) -> dict[str, object]:
    part = conversation.part
    order, seller = part.order, part.seller
    lines = part.lines.select_related("item").order_by("pk")
    buyer = (order.name, order.address, f"{order.postal_code} {order.city}".strip())
    mediator = seller.mediator or _("The seller did not tell its mediator: ask it, it must give one.")
    ordered_on = date_format(timezone.localtime(order.created_at), "j F Y")
    facts = [
        (_("Buyer"), ", ".join(part for part in buyer if part)),
        (_("E-mail"), order.email),
        (_("Seller"), f"{seller.legal_name or seller.name}{f', SIREN {seller.siren}' if seller.siren else ''}"),
        (_("Consumer mediator"), mediator),
        (pgettext("seller", "Order"), f"{order.public_id}, {ordered_on}"),
        (_("Written claim to the seller"), _claimed(conversation)),
        (_("About"), str(conversation.get_reason_display())),
    ]
    return {
        "lang": conversation.language[:2],
        "title": _("File for the consumer mediator"),
        "number": conversation.public_id,
        "facts": [[label, value] for label, value in facts],
        "head": [_("Object"), _("Code"), _("Price")],
        "rows": [[line.title, line.item.code, format_cents(line.cents)] for line in lines],
        "shown": [[line.title, seen_in_words(line)] for line in lines],
        "as_shown": _("As it was shown when it was ordered"),
        "messages": _messages(conversation),
        "what": _("What was said"),
        "note": _(
            "You may ask the mediator free of charge, within one year of your written claim to the seller (consumer "
            "code, L612-1 and L612-2). The mediator is independent of the seller and of Rebond."
        ),
    }


def _claimed(conversation: Conversation) -> str:
    """The day from which the mediator counts; what the site opened for the buyer is no claim of theirs."""
    if conversation.claimed_at is None:
        return _("None yet: write to the seller first.")
    return date_format(timezone.localtime(conversation.claimed_at), "j F Y")


def _messages(conversation: Conversation) -> list[dict[str, str]]:
    return [
        {
            "who": f"{message.name}, {message.get_author_display()}",
            "when": date_format(timezone.localtime(message.created_at), "j F Y, G:i"),
            "text": message.text,
        }
        for message in conversation.messages.filter(is_internal=False).order_by("pk")
    ]
