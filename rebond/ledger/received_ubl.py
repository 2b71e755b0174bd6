"""UBL 2.1 invoices and credit notes."""

from xml.etree.ElementTree import Element

from rebond.ledger.received import Node, Rate, Received, Row, Who, day_in
from rebond.ledger.received_cii import MOST_ROWS

TOTALS = {
    "lines": "LineExtensionAmount",
    "allowances": "AllowanceTotalAmount",
    "charges": "ChargeTotalAmount",
    "net": "TaxExclusiveAmount",
    "rounding": "PayableRoundingAmount",
    "total": "TaxInclusiveAmount",
    "prepaid": "PrepaidAmount",
    "due": "PayableAmount",
}


def read_ubl(element: Element, content_type: str) -> Received:
    """What the file says."""
    root = Node(element)
    is_note = element.tag.endswith("}CreditNote")
    sums, currency = root.one("LegalMonetaryTotal"), root.text("DocumentCurrencyCode")[:3] or "EUR"
    taxes = [tax for tax in root.all("TaxTotal") if tax.one("TaxAmount").attribute("currencyID") in {"", currency}]
    totals = {key: sums.text(name) for key, name in TOTALS.items() if sums.text(name)}
    if taxes:
        totals["vat"] = taxes[0].text("TaxAmount")
    return Received(
        syntax="UBL",
        content_type=content_type,
        profile=root.text("CustomizationID"),
        number=root.text("ID"),
        type_code=root.text("CreditNoteTypeCode") or root.text("InvoiceTypeCode") or ("381" if is_note else "380"),
        issued_on=day_in(root.text("IssueDate")),
        due_on=day_in(root.text("DueDate") or root.text("PaymentMeans/PaymentDueDate")),
        currency=currency,
        seller=_who(root.one("AccountingSupplierParty/Party")),
        buyer=_who(root.one("AccountingCustomerParty/Party")),
        iban=root.text("PaymentMeans/PayeeFinancialAccount/ID"),
        notes=[note.text() for note in root.all("Note")][:20],
        rows=[_row(line) for line in root.all("CreditNoteLine" if is_note else "InvoiceLine")][:MOST_ROWS],
        rates=[_rate(tax) for tax in (taxes[0].all("TaxSubtotal") if taxes else ())][:50],
        totals=totals,
    )


def _who(party: Node) -> Who:
    place = party.one("PostalAddress")
    lines = [place.text(name) for name in ("StreetName", "AdditionalStreetName")]
    town = f"{place.text('PostalZone')} {place.text('CityName')}".strip()
    return Who(
        name=party.text("PartyLegalEntity/RegistrationName") or party.text("PartyName/Name"),
        address=", ".join(part for part in (*lines, town) if part),
        country=place.text("Country/IdentificationCode"),
        number=party.text("PartyLegalEntity/CompanyID") or party.text("PartyIdentification/ID"),
        vat_number=party.text("PartyTaxScheme/CompanyID"),
    )


def _row(line: Node) -> Row:
    return Row(
        name=line.text("Item/Name"),
        quantity=line.text("InvoicedQuantity") or line.text("CreditedQuantity"),
        price=line.text("Price/PriceAmount"),
        rate=line.text("Item/ClassifiedTaxCategory/Percent"),
        net=line.text("LineExtensionAmount"),
    )


def _rate(tax: Node) -> Rate:
    return Rate(
        category=tax.text("TaxCategory/ID"),
        rate=tax.text("TaxCategory/Percent"),
        base=tax.text("TaxableAmount"),
        vat=tax.text("TaxAmount"),
        reason=tax.text("TaxCategory/TaxExemptionReason"),
    )
