"""A seller who may be invoiced for, and sales that the shop has told the buyer of."""

import datetime

from rebond.ledger.actions.invoice import ask_invoice
from rebond.ledger.actions.mandate import accept_mandate
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.invoicing import Party
from rebond.network.models import OrganisationAttribute
from tests.factories.ledger import sale_event
from tests.factories.network import SiteFactory

BUYER = Party(name="Béa Acheteuse", address="4 rue des Lilas", postal_code="47200", city="Marmande")


def make_issuer(seller, operator, regime="standard", *, by=None, mandate=True):
    """SIREN, seat, VAT regime and mandate: all that an invoice must say of `seller`."""
    seller.siren = seller.siren or "732829320"
    seller.save()
    if not seller.sites.update(address="3 rue du Port"):
        SiteFactory(organisation=seller, address="3 rue du Port")
    OrganisationAttribute.objects.create(
        organisation=seller, kind="vat_regime", value=regime, valid_from=datetime.date(2020, 1, 1)
    )
    if mandate:
        accept_mandate(seller=seller, operator=operator, by=by)
    return seller


def billed_sale(
    seller, cents=(2_000,), *, buyer=BUYER, words=None, delivery=None, language="fr", paid_by="online", **more
):
    """A sale of the books, with its buyer: its invoice waits for its task."""
    sale = post_sale(sale=sale_event(seller, cents, **more))
    ask_invoice(sale_key=sale.key, buyer=buyer, words=words, delivery=delivery, language=language, paid_by=paid_by)
    return sale


# An invoice of a supplier as CII: two lines, 20 %, all of it to pay.
SUPPLIER_XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<c:CrossIndustryInvoice xmlns:c="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns:r="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
  xmlns:u="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <c:ExchangedDocument><r:ID>F-77</r:ID><r:TypeCode>380</r:TypeCode>
    <r:IssueDateTime><u:DateTimeString format="102">20260305</u:DateTimeString></r:IssueDateTime></c:ExchangedDocument>
  <c:SupplyChainTradeTransaction>
    <r:IncludedSupplyChainTradeLineItem><r:SpecifiedTradeProduct><r:Name>Cartons</r:Name></r:SpecifiedTradeProduct>
      <r:SpecifiedLineTradeSettlement><r:SpecifiedTradeSettlementLineMonetarySummation>
        <r:LineTotalAmount>60.00</r:LineTotalAmount></r:SpecifiedTradeSettlementLineMonetarySummation>
      </r:SpecifiedLineTradeSettlement></r:IncludedSupplyChainTradeLineItem>
    <r:IncludedSupplyChainTradeLineItem><r:SpecifiedTradeProduct><r:Name>Ruban</r:Name></r:SpecifiedTradeProduct>
      <r:SpecifiedLineTradeSettlement><r:SpecifiedTradeSettlementLineMonetarySummation>
        <r:LineTotalAmount>40.00</r:LineTotalAmount></r:SpecifiedTradeSettlementLineMonetarySummation>
      </r:SpecifiedLineTradeSettlement></r:IncludedSupplyChainTradeLineItem>
    <r:ApplicableHeaderTradeAgreement>
      <r:SellerTradeParty><r:Name>Emballages du Midi</r:Name></r:SellerTradeParty>
      <r:BuyerTradeParty><r:Name>Les Ateliers du Confluent</r:Name></r:BuyerTradeParty>
    </r:ApplicableHeaderTradeAgreement>
    <r:ApplicableHeaderTradeSettlement><r:InvoiceCurrencyCode>EUR</r:InvoiceCurrencyCode>
      <r:ApplicableTradeTax><r:CalculatedAmount>20.00</r:CalculatedAmount><r:BasisAmount>100.00</r:BasisAmount>
        <r:CategoryCode>S</r:CategoryCode><r:RateApplicablePercent>20</r:RateApplicablePercent></r:ApplicableTradeTax>
      <r:SpecifiedTradeSettlementHeaderMonetarySummation><r:LineTotalAmount>100.00</r:LineTotalAmount>
        <r:TaxBasisTotalAmount>100.00</r:TaxBasisTotalAmount>
        <r:TaxTotalAmount currencyID="EUR">20.00</r:TaxTotalAmount>
        <r:GrandTotalAmount>120.00</r:GrandTotalAmount><r:DuePayableAmount>120.00</r:DuePayableAmount>
      </r:SpecifiedTradeSettlementHeaderMonetarySummation></r:ApplicableHeaderTradeSettlement>
  </c:SupplyChainTradeTransaction>
</c:CrossIndustryInvoice>"""


def with_iban(iban="DE89370400440532013000", *, number="F-77", buyer=""):
    """SUPPLIER_XML with the account to pay on, another number, and the SIREN of whom it is for."""
    means = (
        "<r:SpecifiedTradeSettlementPaymentMeans><r:TypeCode>58</r:TypeCode><r:PayeePartyCreditorFinancialAccount>"
        f"<r:IBANID>{iban}</r:IBANID></r:PayeePartyCreditorFinancialAccount></r:SpecifiedTradeSettlementPaymentMeans>"
    )
    text = SUPPLIER_XML.decode().replace("F-77", number)
    text = text.replace("<r:ApplicableTradeTax><r:Calc", f"{means}<r:ApplicableTradeTax><r:Calc")
    if buyer:
        name = "<r:Name>Les Ateliers du Confluent</r:Name>"
        legal = f'<r:SpecifiedLegalOrganization><r:ID schemeID="0002">{buyer}</r:ID></r:SpecifiedLegalOrganization>'
        text = text.replace(name, name + legal)
    return text.encode()
