"""CII (Cross Industry Invoice), the XML of Factur-X and ZUGFeRD."""

from xml.etree.ElementTree import Element

from rebond.ledger.received import Node, Rate, Received, Row, Who, day_in

TOTALS = {
    "lines": "LineTotalAmount",
    "allowances": "AllowanceTotalAmount",
    "charges": "ChargeTotalAmount",
    "net": "TaxBasisTotalAmount",
    "vat": "TaxTotalAmount",
    "rounding": "RoundingAmount",
    "total": "GrandTotalAmount",
    "prepaid": "TotalPrepaidAmount",
    "due": "DuePayableAmount",
}
MOST_ROWS = 2_000


def read_cii(element: Element, content_type: str) -> Received:
    """What the file says."""
    root = Node(element)
    head, trade = root.one("ExchangedDocument"), root.one("SupplyChainTradeTransaction")
    deal, pay = trade.one("ApplicableHeaderTradeAgreement"), trade.one("ApplicableHeaderTradeSettlement")
    sums = pay.one("SpecifiedTradeSettlementHeaderMonetarySummation")
    return Received(
        syntax="Factur-X" if content_type == "application/pdf" else "CII",
        content_type=content_type,
        profile=root.text("ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"),
        number=head.text("ID"),
        type_code=head.text("TypeCode"),
        issued_on=day_in(head.text("IssueDateTime/DateTimeString")),
        due_on=day_in(pay.text("SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")),
        currency=pay.text("InvoiceCurrencyCode")[:3] or "EUR",
        seller=_who(deal.one("SellerTradeParty")),
        buyer=_who(deal.one("BuyerTradeParty")),
        iban=pay.text("SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID"),
        notes=[note.text("Content") for note in head.all("IncludedNote")][:20],
        rows=[_row(line) for line in trade.all("IncludedSupplyChainTradeLineItem")][:MOST_ROWS],
        rates=[_rate(tax) for tax in pay.all("ApplicableTradeTax")][:50],
        totals={
            key: _sum(sums, name, pay.text("InvoiceCurrencyCode")) for key, name in TOTALS.items() if sums.text(name)
        },
    )


def _sum(sums: Node, name: str, currency: str) -> str:
    """The sum in the invoice's own currency, where the VAT is given in two."""
    found = list(sums.all(name))
    own = [node for node in found if node.attribute("currencyID") in {"", currency}]
    return (own or found)[0].text()


def _who(party: Node) -> Who:
    place = party.one("PostalTradeAddress")
    lines = [place.text(name) for name in ("LineOne", "LineTwo", "LineThree")]
    town = f"{place.text('PostcodeCode')} {place.text('CityName')}".strip()
    vat = [
        tax.text("ID") for tax in party.all("SpecifiedTaxRegistration") if tax.one("ID").attribute("schemeID") == "VA"
    ]
    return Who(
        name=party.text("Name") or party.text("SpecifiedLegalOrganization/TradingBusinessName"),
        address=", ".join(part for part in (*lines, town) if part),
        country=place.text("CountryID"),
        number=party.text("SpecifiedLegalOrganization/ID") or party.text("ID") or party.text("GlobalID"),
        vat_number=vat[0] if vat else "",
    )


def _row(line: Node) -> Row:
    settled = line.one("SpecifiedLineTradeSettlement")
    return Row(
        name=line.text("SpecifiedTradeProduct/Name"),
        quantity=line.text("SpecifiedLineTradeDelivery/BilledQuantity"),
        price=line.text("SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount"),
        rate=settled.text("ApplicableTradeTax/RateApplicablePercent"),
        net=settled.text("SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"),
    )


def _rate(tax: Node) -> Rate:
    return Rate(
        category=tax.text("CategoryCode"),
        rate=tax.text("RateApplicablePercent"),
        base=tax.text("BasisAmount"),
        vat=tax.text("CalculatedAmount"),
        reason=tax.text("ExemptionReason"),
    )
