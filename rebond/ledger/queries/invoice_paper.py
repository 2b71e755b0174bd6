"""What the drawing `ledger/invoice` asks, in the buyer's language; the law's words stay French."""

from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.core.money import format_cents
from rebond.ledger.enums import PaidBy, PaidHow
from rebond.ledger.invoicing import TO_PROFESSIONALS, Document, Line, Party


def invoice_paper(document: Document) -> dict[str, Any]:
    """Everything that is printed; with VAT the columns without and with it."""
    with translation.override(document.language):
        kind = pgettext("paper", "Credit note") if document.is_credit_note else pgettext("paper", "Invoice")
        return {
            "lang": document.language,
            "title": f"{kind} {document.number}",
            "kind": kind,
            "number": document.number,
            "dated": date_format(document.issued_on, "j F Y"),
            "seller": _seller_lines(document.seller),
            "boxes": _boxes(document),
            "facts": _facts(document),
            "head": _head(document),
            "rows": [_row(line, document) for line in document.lines],
            "sums": _sums(document),
            "total": [_total_words(document), format_cents(document.total_cents)],
            "paid": _paid(document),
            "mentions": _mentions(document),
            "foot": " · ".join(
                part for part in (document.seller.name, _siren(document.seller), document.number) if part
            ),
        }


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _siren(party: Party) -> str:
    return f"SIREN {party.siren[:3]} {party.siren[3:6]} {party.siren[6:]}" if party.siren else ""


def _address(party: Party) -> list[str]:
    return [line for line in (party.address, f"{party.postal_code} {party.city}".strip()) if line]


def _seller_lines(party: Party) -> list[str]:
    vat = _("VAT number %(number)s") % {"number": party.vat_number} if party.vat_number else ""
    more = (_siren(party), vat, _joined(party.phone, party.email))
    return [party.name, *_address(party), *(line for line in more if line)]


def _boxes(document: Document) -> list[dict[str, Any]]:
    buyer = document.buyer
    siren = [_siren(buyer)] if buyer.siren else []
    boxes = [{"head": _("Invoiced to"), "lines": [buyer.name, *_address(buyer), *siren]}]
    if document.delivery is not None:
        delivery = document.delivery
        boxes.append({"head": _("Delivered to"), "lines": [delivery.name, *_address(delivery)]})
    return boxes


def _facts(document: Document) -> list[str]:
    if document.paid_how:
        facts = [_("Service %(code)s.") % {"code": document.order}]
    else:
        facts = [_("Order %(code)s, paid on %(day)s.") % _of(document)]
    if document.corrects and document.corrects_on:
        day = date_format(document.corrects_on, "j F Y")
        facts = [_("Corrects the invoice %(number)s of %(day)s.") % {"number": document.corrects, "day": day}]
        facts += [] if document.paid_how else [_order_given_back(document)]
    return [*facts, _("Reason: %(reason)s") % {"reason": document.reason}] if document.reason else facts


def _order_given_back(document: Document) -> str:
    if document.is_correction:
        return _("Order %(code)s, paid on %(day)s.") % _of(document)
    return _("Order %(code)s, refunded on %(day)s.") % _of(document)


def _of(document: Document) -> dict[str, str]:
    return {"code": document.order, "day": date_format(document.paid_on, "j F Y")}


def has_vat(document: Document) -> bool:
    """Whether VAT shows: ordinary VAT only."""
    return any(tax.category == "S" for tax in document.taxes)


def percent(bp: int) -> str:
    """`2 000` basis points as `20 %`, `550` as `5,5 %` in the language in force."""
    whole, rest = divmod(bp, 100)
    mark = "," if (translation.get_language() or "fr").startswith("fr") else "."
    return f"{whole}{mark}{rest:02d}".rstrip("0").rstrip(mark) + "\u00a0%"


def _head(document: Document) -> list[str]:
    what, how_many = pgettext("paper", "What"), pgettext("paper", "Quantity")
    if has_vat(document):
        return [what, how_many, _("Without VAT"), pgettext("paper", "VAT"), _("With VAT")]
    return [what, how_many, pgettext("paper", "Price")]


def _row(line: Line, document: Document) -> dict[str, Any]:
    notes = [line.code]
    if line.quantity > 1 and line.cents % line.quantity == 0:
        notes.append(f"{line.quantity} × {format_cents(line.cents // line.quantity)}")
    if line.before_cents:
        notes.append(
            _("%(before)s before a reduction of %(cut)s")
            % {"before": format_cents(line.before_cents), "cut": format_cents(line.before_cents - line.cents)}
        )
    cells = [str(line.quantity)]
    if has_vat(document):
        cells += [format_cents(line.net_cents), percent(line.vat_bp)]
    return {
        "label": line.label,
        "note": _joined(*notes),
        "cells": [*cells, format_cents(line.cents)],
    }


def _sums(document: Document) -> list[list[str]]:
    if not has_vat(document):
        return []
    rates = [
        [
            _("VAT %(rate)s on %(net)s") % {"rate": percent(tax.vat_bp), "net": format_cents(tax.net_cents)},
            format_cents(tax.vat_cents),
        ]
        for tax in document.taxes
    ]
    return [[_("Total without VAT"), format_cents(document.net_cents)], *rates]


def _total_words(document: Document) -> str:
    if document.is_correction:
        return _("Total cancelled")
    if document.is_credit_note:
        return _("Total given back")
    return _("Total with VAT") if has_vat(document) else _("Total to pay")


def _paid(document: Document) -> str:
    if document.is_correction:
        return _("Cancels the invoice %(number)s, which a new one replaces: no money is given back.") % {
            "number": document.corrects
        }
    if document.paid_how:
        return _service_paid(document)
    day = {"day": date_format(document.paid_on, "j F Y")}
    voucher = {"sum": format_cents(document.voucher_cents), "name": document.voucher_by}
    if document.is_credit_note:
        said = _("Refunded on %(day)s by the means of payment of the order.") % day
        back = _("Of this, %(sum)s go back to %(name)s, whose voucher had paid them.") % voucher
        return f"{said} {back}" if document.voucher_cents else said
    words = [_means(document.paid_by) % day]
    if document.voucher_cents:
        words.append(_("Of this, %(sum)s were paid by %(name)s, with a voucher.") % voucher)
    if document.card_cents and document.paid_by != PaidBy.GIFT_CARD:
        words.append(_("Of this, %(sum)s were paid with a gift card.") % {"sum": format_cents(document.card_cents)})
    return " ".join(words)


def _means(paid_by: str) -> str:
    words = {
        PaidBy.TRANSFER.value: _("Paid by transfer on %(day)s: nothing is left to pay."),
        PaidBy.CARD.value: _("Paid by card at the counter on %(day)s: nothing is left to pay."),
        PaidBy.CASH.value: _("Paid in cash at the counter on %(day)s: nothing is left to pay."),
        PaidBy.CHEQUE.value: _("Paid by cheque at the counter on %(day)s: nothing is left to pay."),
        PaidBy.COUNTER.value: _("Paid at the counter on %(day)s: nothing is left to pay."),
        PaidBy.GIFT_CARD.value: _("Paid with a gift card on %(day)s: nothing is left to pay."),
    }
    return words.get(paid_by, _("Paid online on %(day)s: nothing is left to pay."))


def _service_paid(document: Document) -> str:
    """How a service is paid, or comes back: never by the means of an order."""
    if document.paid_how == PaidHow.NETTED:
        if document.is_credit_note:
            return _("Given back on the account at the operator: the next payout is higher by this much.")
        return _("Taken from the next payout: nothing is left to pay.")
    if document.is_credit_note or document.due_on is None:
        return _("What was paid of it is given back by transfer.")
    due = {"day": date_format(document.due_on, "j F Y"), "iban": spaced(document.iban), "number": document.number}
    return _("To pay before %(day)s by transfer on the account %(iban)s, with the number %(number)s.") % due


def spaced(iban: str) -> str:
    """By groups of four, as it is copied."""
    return " ".join(iban[n : n + 4] for n in range(0, len(iban), 4))


def _mentions(document: Document) -> list[str]:
    professional = [text for _code, text in TO_PROFESSIONALS] if document.buyer.siren else []
    words = [document.mention, *(professional if not document.is_credit_note else [])]
    made_by = f"{document.made_by}." if document.made_by else ""
    return [*(f"{word}." for word in words if word), *([made_by] if made_by else [])]
