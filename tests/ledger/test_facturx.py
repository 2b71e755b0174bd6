"""Factur-X: what a machine reads of our invoices, by the schema and by the rules of EN 16931."""

import functools
import io
from dataclasses import replace

import facturx
import pytest
from lxml import etree
from pypdf import PdfReader

from rebond.ledger.actions.credit_note import issue_credit_note
from rebond.ledger.actions.invoice import ask_invoice, issue_invoice
from rebond.ledger.actions.invoice_file import draw_invoice, file_of_invoice
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.events import SoldLine
from rebond.ledger.facturx import xml_of
from rebond.ledger.invoicing import Party, Words, document_from
from rebond.ledger.models import InvoiceFile
from rebond.ledger.queries.invoice_paper import invoice_paper
from tests.conftest import SHARED
from tests.factories.invoices import BUYER, billed_sale, make_issuer
from tests.factories.ledger import refund_event, sale_event, subject

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
RULES = SHARED / "data" / "invoices" / "en16931" / "EN16931-CII-validation.xslt"
needs_rules = pytest.mark.skipif(not RULES.exists(), reason="the rules of EN 16931 are in the shared data")
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
REGIMES = ("standard", "margin", "franchise_293B", "exempt_261_7", "out_of_scope")
COMPANY = Party(name="Mairie d’Aiguillon", address="1 place", postal_code="47190", city="Aiguillon", siren="404833048")


@functools.cache
def rules():
    """The rules as a program: read once, they are 700 kB."""
    from saxonche import PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(RULES))


def broken_rules(xml):
    """Ids of the fatal rules and of the warnings that a file breaks."""
    processor, program = rules()
    report = program.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    failed = etree.fromstring(report.encode()).iter("{http://purl.oclc.org/dsdl/svrl}failed-assert")
    return [f"{row.get('id')}: {row.findtext('{*}text').strip()}" for row in failed]


def a_sale(seller, *, buyer=BUYER, language="fr"):
    """Three objects of two rates, one of them reduced, one of several pieces, and shipping."""
    event = sale_event(seller)
    lines = (
        SoldLine(key="l0", cents=2_000, label="Chaise bistrot", category="home/chairs"),
        SoldLine(key="l1", cents=450, label="Roman", category="books/novels"),
        SoldLine(key="l2", cents=1_000, label="Assiettes", category="home/tableware"),
    )
    words = {
        "l0": Words(label="Chaise bistrot", code="CF-4K7 92T-X", before_cents=2_500),
        "l2": Words(label="Assiettes à dessert", quantity=3),
    }
    sale = post_sale(
        sale=type(event)(key=event.key, seller=seller, subject=subject("R-7K2"), lines=lines, shipping_cents=490)
    )
    home = Party(name="Chez la voisine", address="6 rue des Lilas", postal_code="47200", city="Marmande")
    ask_invoice(sale_key=sale.key, buyer=buyer, delivery=home, words=words, language=language)
    return sale


@pytest.fixture(params=REGIMES)
def issuer(request, seller, operator, agreement, owner):
    return make_issuer(seller, operator, request.param, by=owner)


@pytest.fixture
def taxed(seller, operator, agreement, owner):
    return make_issuer(seller, operator, "standard", by=owner)


@needs_rules
def test_invoices_and_credit_notes_break_no_rule(issuer):
    sale = a_sale(issuer)
    invoice = issue_invoice(sale=sale)
    notes = [
        issue_credit_note(
            entry=post_refund(refund=refund_event(sale.key, {"l0": 333, "l2": 1_000}, reason="Ébréchée"))
        ),
        issue_credit_note(entry=post_refund(refund=refund_event(sale.key, {"l0": 1_667}, shipping_cents=490))),
    ]

    for paper in (invoice, *notes):
        assert broken_rules(xml_of(paper.document)) == []


@needs_rules
def test_what_the_network_paid_with_a_voucher_breaks_no_rule_and_is_said(issuer):
    event = sale_event(issuer)
    line = SoldLine(key="l0", cents=2_000, voucher_cents=500, label="Chaise", category="home/chairs")
    sale = post_sale(sale=type(event)(key=event.key, seller=issuer, subject=subject("R-7K2"), lines=(line,)))
    ask_invoice(sale_key=sale.key, buyer=BUYER)
    invoice = issue_invoice(sale=sale)
    note = issue_credit_note(entry=post_refund(refund=refund_event(sale.key, {"l0": 750}, reason="Ébréchée")))

    assert [broken_rules(xml_of(paper.document)) for paper in (invoice, note)] == [[], []]
    assert (invoice.total_cents, invoice.document.voucher_cents) == (2_000, 500)
    assert (note.total_cents, note.document.voucher_cents) == (1_000, 250)
    assert "Dont 5,00" in xml_of(invoice.document).decode()
    assert "5,00\u00a0€ payés par Rebond, la coopérative" in invoice_paper(invoice.document)["paid"]
    assert "2,50\u00a0€ rendus à Rebond, la coopérative" in invoice_paper(note.document)["paid"]


@needs_rules
@pytest.mark.parametrize("cents", [[1], [3], [9], [1_999, 1, 1, 1], [10**9]])
def test_prices_that_no_rate_divides_break_no_rule(taxed, cents):
    assert broken_rules(xml_of(issue_invoice(sale=billed_sale(taxed, cents)).document)) == []


@needs_rules
def test_a_professional_reads_the_terms_of_payment(taxed):
    document = issue_invoice(sale=a_sale(taxed, buyer=COMPANY)).document

    assert broken_rules(xml_of(document)) == []
    assert "Indemnité forfaitaire" in xml_of(document).decode()
    assert any("Indemnité forfaitaire" in line for line in invoice_paper(document)["mentions"])


@needs_rules
def test_the_rules_see_a_wrong_invoice(taxed):
    xml = xml_of(issue_invoice(sale=billed_sale(taxed)).document)
    assert any(
        "BR-CO-15" in rule
        for rule in broken_rules(
            xml.replace(b">20.00<", b">21.00<", 1).replace(b"GrandTotalAmount>20.00", b"GrandTotalAmount>25.00")
        )
    )


@needs_rules
@pytest.mark.parametrize(
    ("paid_by", "code", "words"),
    [
        ("online", "48", "Payée en ligne le"),
        ("transfer", "30", "Payée par virement le"),
        ("card", "48", "Payée par carte au comptoir le"),
        ("cash", "10", "Payée en espèces au comptoir le"),
        ("cheque", "20", "Payée par chèque au comptoir le"),
        ("counter", "1", "Payée au comptoir le"),
        ("gift_card", "97", "Payée avec une carte cadeau le"),
    ],
)
def test_the_means_of_payment_are_those_of_the_order(taxed, settings, paid_by, code, words):
    settings.TRANSFER_IBAN = "FR7630006000011234567890189"
    sale = billed_sale(taxed, paid_by=paid_by)
    invoice = issue_invoice(sale=sale)
    note = issue_credit_note(entry=post_refund(refund=refund_event(sale.key, {"l0": 750})))
    for paper in (invoice, note):
        xml = xml_of(paper.document)
        assert broken_rules(xml) == []
        (means,) = etree.fromstring(xml).iter(f"{RAM}SpecifiedTradeSettlementPaymentMeans")
        assert means.findtext(f"{RAM}TypeCode") == code
        assert (means.find(f".//{RAM}IBANID") is not None) == (paid_by == "transfer")
    assert invoice_paper(invoice.document)["paid"].startswith(words)


def test_a_transfer_whose_account_is_not_known_and_a_paper_of_before_name_no_wrong_means(taxed, settings):
    settings.TRANSFER_IBAN = ""
    document = issue_invoice(sale=billed_sale(taxed, paid_by="transfer")).document
    assert b"<ram:TypeCode>1<" in xml_of(document)
    before = document_from({key: value for key, value in document.as_json().items() if key != "paid_by"})
    assert invoice_paper(before)["paid"].startswith("Payée en ligne")


def test_the_file_says_what_the_paper_says(taxed):
    xml = etree.fromstring(xml_of(issue_invoice(sale=a_sale(taxed)).document))

    def texts(name):
        return [node.text for node in xml.iter(f"{RAM}{name}")]

    assert texts("LineTotalAmount") == ["16.67", "4.26", "8.33", "3.55", "0.61", "33.42"]
    assert texts("CalculatedAmount") == ["5.71", "0.27"]
    assert texts("GrandTotalAmount") == ["39.40"]
    assert texts("DuePayableAmount") == ["0.00"]
    assert texts("Content")[0].startswith("Facture établie par Rebond, la coopérative au nom et pour le compte de")


def test_what_the_schema_refuses_never_leaves(taxed, monkeypatch):
    from rebond.ledger import facturx as module

    document = issue_invoice(sale=billed_sale(taxed)).document
    monkeypatch.setattr(module, "PIECE", "")
    monkeypatch.setattr(module, "TYPES", {"invoice": ""})
    with pytest.raises(Exception, match="XML"):
        xml_of(document)


def test_the_paper_carries_the_file_and_says_so(issuer):
    invoice = issue_invoice(sale=a_sale(issuer))
    made = draw_invoice(invoice)

    name, xml = facturx.get_xml_from_pdf(made, check_xsd=True)
    assert (name, etree.fromstring(xml).tag.endswith("CrossIndustryInvoice")) == ("factur-x.xml", True)
    assert xml.strip() == xml_of(invoice.document).strip()
    reader = PdfReader(io.BytesIO(made))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in metadata
    assert reader.trailer["/Root"]["/AF"][0].get_object()["/AFRelationship"] == "/Data"
    words = " ".join(reader.pages[0].extract_text().split())
    assert invoice.number in words
    assert "Autofacturation" not in words
    assert invoice.document.mention in words


def test_the_paper_is_drawn_once(taxed):
    invoice = issue_invoice(sale=a_sale(taxed))
    first = file_of_invoice(invoice=invoice)

    assert file_of_invoice(invoice=invoice) == first
    row = InvoiceFile.objects.get()
    assert (row.size, len(row.sha256)) == (len(first), 64)


def test_the_buyers_language_but_the_laws_words(taxed):
    document = issue_invoice(sale=a_sale(taxed, language="en")).document
    paper = invoice_paper(document)

    assert (paper["kind"], paper["total"][0]) == ("Invoice", "Total with VAT")
    assert paper["mentions"][0].startswith("Facture établie par")


def test_signs_that_xml_forbids_are_left_out_of_the_paper(taxed):
    """A buyer's name, a line and a reason kept with them before the forms refused them."""
    buyer = Party(name="Jean\x01Dupont", address="6 rue\x0b des Lilas", postal_code="47200", city="Mar\ufffemande")
    invoice = issue_invoice(sale=billed_sale(taxed, buyer=buyer, words={"l0": Words(label="Chaise\x1f bistrot")}))
    assert invoice.data["buyer"]["name"] == "Jean\x01Dupont"
    assert "JeanDupont" in xml_of(invoice.document).decode()
    assert facturx.get_xml_from_pdf(draw_invoice(invoice), check_xsd=True)[0]
    note = issue_credit_note(
        entry=post_refund(refund=refund_event(invoice.sale.key, {"l0": 333}, reason="Ébré\x02chée"))
    )
    assert "Ébréchée" in xml_of(note.document).decode()
    made = replace(invoice.document, reason="a\x00b")
    assert b"ab" in xml_of(made)
