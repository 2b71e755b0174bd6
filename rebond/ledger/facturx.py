"""An invoice as a machine reads it: Factur-X, profile EN 16931 (CII), and the paper that carries it (rules.md F7).

BT-n and BG-n are the terms of EN 16931. Amounts are the document's cents, written with two decimals: nothing is
computed here that the document does not hold.
"""

from decimal import Decimal
from typing import Any

import facturx
from drafthorse.models.accounting import ApplicableTradeTax, TradeAllowanceCharge
from drafthorse.models.document import Document as Cii
from drafthorse.models.note import IncludedNote
from drafthorse.models.party import TaxRegistration
from drafthorse.models.payment import PaymentMeans, PaymentTerms
from drafthorse.models.tradelines import LineItem

from rebond.core.money import format_cents
from rebond.ledger.enums import PaidBy, PaidHow
from rebond.ledger.invoicing import TO_PROFESSIONALS, Document, Line, Party, Tax, document_from
from rebond.ledger.taxing import CATEGORIES

PROFILE = "urn:cen.eu:en16931:2017"
LEVEL = "en16931"
# BT-23 in France: goods or services, paid already or not.
GOODS_PAID, SERVICE_PAID, SERVICE_TO_PAY = "B2", "S2", "S1"
TYPES = {"invoice": "380", "credit_note": "381"}
# UNTDID 4461: bank card, credit transfer, clearing between partners, cash, cheque, not said.
CARD, TRANSFER, NETTED, CASH, CHEQUE, NOT_SAID = "48", "30", "97", "10", "20", "1"
MEANS: dict[str, str] = {
    PaidHow.NETTED: NETTED,
    PaidBy.TRANSFER: TRANSFER,  # of a service too
    PaidBy.CASH: CASH,
    PaidBy.CHEQUE: CHEQUE,
    PaidBy.COUNTER: NOT_SAID,
    PaidBy.GIFT_CARD: NETTED,
}
PIECE = "C62"
SIREN_SCHEME = "0002"
_VOUCHER = "Dont {sum} payés par {name} au moyen d’un bon d’achat"


def euros(cents: int) -> Decimal:
    """Cents as the file writes them."""
    return Decimal(cents).scaleb(-2)


def xml_of(document: Document) -> bytes:
    """The file, checked against the schema of its profile. Raise ValueError where the document cannot be said."""
    document = document_from(document.as_json())  # its texts as XML takes them, wherever the document comes from
    cii = Cii()
    cii.context.business_parameter.id = _business(document)
    cii.context.guideline_parameter.id = PROFILE
    cii.header.id = document.number
    cii.header.type_code = TYPES[document.kind]
    cii.header.issue_date_time = document.issued_on
    for code, text in notes_of(document):
        note = IncludedNote()
        note.content = text
        note.subject_code = code
        cii.header.notes.add(note)
    _agree(cii.trade.agreement, document)
    if document.delivery is not None:
        _party(cii.trade.delivery.ship_to, document.delivery)
    for n, line in enumerate(document.lines, start=1):
        cii.trade.items.add(_line(n, line, document))
    _settle(cii.trade.settlement, document)
    xml: bytes = cii.serialize(schema=None)
    facturx.xml_check_xsd(xml, flavor="factur-x", level=LEVEL)
    return xml


def _business(document: Document) -> str:
    if not document.paid_how:
        return GOODS_PAID
    return SERVICE_TO_PAY if document.is_to_pay else SERVICE_PAID


def notes_of(document: Document) -> list[tuple[str, str]]:
    """(UNTDID 4451, text) of BG-1: the law's words on the paper are in the file too."""
    notes = [("AAI", document.made_by), ("REG", document.mention), ("ACC", document.reason)]
    if document.voucher_cents and not document.is_credit_note:  # a third party's money is of the price (CGI 266-1-a)
        notes.append(("PMT", _VOUCHER.format(sum=format_cents(document.voucher_cents), name=document.voucher_by)))
    professional = TO_PROFESSIONALS if document.buyer.siren and not document.is_credit_note else ()
    return [(code, text) for code, text in (*notes, *professional) if text]


def _agree(agreement: Any, document: Document) -> None:
    _party(agreement.seller, document.seller)
    if not document.seller.vat_number and CATEGORIES[document.regime][0] != "O":
        _tax_id(agreement.seller, "FC", document.seller.siren)  # BT-32: no VAT number under this regime
    _party(agreement.buyer, document.buyer)
    agreement.seller_order.issuer_assigned_id = document.order  # BT-14


def _party(party: Any, said: Party) -> None:
    party.name = said.name
    if said.siren:
        party.legal_organization.id = (SIREN_SCHEME, said.siren)
    party.address.postcode = said.postal_code
    party.address.line_one = said.address
    party.address.city_name = said.city
    party.address.country_id = said.country
    if said.vat_number:
        _tax_id(party, "VA", said.vat_number)


def _tax_id(party: Any, scheme: str, number: str) -> None:
    registration = TaxRegistration()
    registration.id = (scheme, number)
    party.tax_registrations.add(registration)


def _line(number: int, line: Line, document: Document) -> LineItem:
    item = LineItem()
    item.document.line_id = str(number)
    item.product.name = line.label
    if line.code:
        item.product.seller_assigned_id = line.code
    before = line.before_net_cents if line.reduction_net_cents > 0 else line.net_cents
    # BT-146 is the price of BT-149 pieces: exact whatever the quantity.
    item.agreement.net.amount = euros(before)
    item.agreement.net.basis_quantity = (Decimal(line.quantity), PIECE)
    item.delivery.billed_quantity = (Decimal(line.quantity), PIECE)
    item.settlement.trade_tax.type_code = "VAT"
    item.settlement.trade_tax.category_code = CATEGORIES[document.regime][0]
    if CATEGORIES[document.regime][0] != "O":
        item.settlement.trade_tax.rate_applicable_percent = euros(line.vat_bp)
    if line.reduction_net_cents > 0:
        item.settlement.allowance_charge.add(_reduction(line))
    item.settlement.monetary_summation.total_amount = euros(line.net_cents)
    return item


def _reduction(line: Line) -> TradeAllowanceCharge:
    reduction = TradeAllowanceCharge()
    reduction.indicator = False
    reduction.actual_amount = euros(line.reduction_net_cents)
    reduction.reason_code = "95"
    reduction.reason = "Remise"
    return reduction


def _settle(settlement: Any, document: Document) -> None:
    settlement.currency_code = "EUR"
    settlement.payment_means.add(_means(document))
    for tax in document.taxes:
        settlement.trade_tax.add(_tax(tax, document))
    if not document.is_credit_note:
        settlement.terms.add(_terms(document))
    sums = settlement.monetary_summation
    sums.line_total = euros(document.net_cents)
    sums.charge_total = sums.allowance_total = Decimal("0.00")
    sums.tax_basis_total = euros(document.net_cents)
    sums.tax_total = (euros(document.vat_cents), "EUR")
    sums.grand_total = euros(document.total_cents)
    due = document.total_cents if document.is_to_pay else 0
    sums.prepaid_total = euros(document.total_cents - due)
    sums.due_amount = euros(due)
    if document.corrects:
        settlement.invoice_referenced_document.issuer_assigned_id = document.corrects  # BT-25
        settlement.invoice_referenced_document.issue_date_time = document.corrects_on


def _means(document: Document) -> PaymentMeans:
    means = PaymentMeans()
    code = MEANS.get(document.paid_how or document.paid_by, CARD)
    if code == TRANSFER and not document.paid_how and not document.iban:
        code = NOT_SAID  # rule BR-61: no transfer without its account
    means.type_code = code
    if code == TRANSFER:
        means.payee_account.iban = document.iban
    return means


def _terms(document: Document) -> PaymentTerms:
    terms = PaymentTerms()
    if document.is_to_pay:
        terms.description = f"À payer par virement avant le {document.due_on:%d/%m/%Y}"
        terms.due = document.due_on
    elif document.paid_how:
        terms.description = "Retenue sur le prochain versement"
    else:
        terms.description = f"Payée le {document.paid_on:%d/%m/%Y}"
    return terms


def _tax(tax: Tax, document: Document) -> ApplicableTradeTax:
    row = ApplicableTradeTax()
    row.calculated_amount = euros(tax.vat_cents)
    row.type_code = "VAT"
    category, reason_code = CATEGORIES[document.regime]
    if category != "S":
        row.exemption_reason = document.mention
    row.basis_amount = euros(tax.net_cents)
    row.category_code = category
    if reason_code:
        row.exemption_reason_code = reason_code
    if category != "O":
        row.rate_applicable_percent = euros(tax.vat_bp)
    return row


def carry_xml(paper: bytes, xml: bytes, *, title: str, author: str, language: str) -> bytes:
    """The paper (a PDF/A-3) with the file in it, its description and its level in the metadata."""
    made: bytes = facturx.generate_from_binary(
        paper,
        xml,
        flavor="factur-x",
        level=LEVEL,
        check_xsd=False,
        pdf_metadata={"author": author, "keywords": "Factur-X", "title": title, "subject": title},
        lang=language,
    )
    return made
