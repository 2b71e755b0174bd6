"""Invoices of suppliers: read without trusting them, shown as people read them, kept as they came."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rebond.ledger.actions.invoice import issue_invoice
from rebond.ledger.actions.invoice_file import draw_invoice
from rebond.ledger.actions.supplier import add_supplier_invoice
from rebond.ledger.errors import AlreadyThere, FileNotInvoice
from rebond.ledger.models import SupplierInvoice
from rebond.ledger.received import MAX_BYTES, read_invoice
from tests.conftest import SHARED, needs_shared
from tests.factories.invoices import SUPPLIER_XML, billed_sale, make_issuer
from tests.factories.papers import drawn_pdf, run_at_opening

pytestmark = [pytest.mark.page, pytest.mark.django_db]
LIST = "ledger:supplier-list"
FOLDERS = ("facturx-fnfe-correct", "xrechnung-cii", "xrechnung-ubl", "zugferd2-intarsys", "zugferd2-mustang-xml")


def upload(content, name="facture.xml"):
    return SimpleUploadedFile(name, content)


def test_a_cii_is_read_and_adds_up():
    said = read_invoice(SUPPLIER_XML)
    assert (said.syntax, said.number, said.seller.name, said.issued_on) == (
        "CII",
        "F-77",
        "Emballages du Midi",
        "2026-03-05",
    )
    assert [(row.name, row.net) for row in said.rows] == [("Cartons", "60.00"), ("Ruban", "40.00")]
    assert (said.wrong, said.is_credit_note) == ([], False)


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        (b">60.00<", b">61.00<", ["lines"]),
        (b"<r:CalculatedAmount>20.00", b"<r:CalculatedAmount>19.00", ["vat"]),
        (b"<r:BasisAmount>100.00", b"<r:BasisAmount>90.00", ["base"]),
        (b"<r:TaxBasisTotalAmount>100.00", b"<r:TaxBasisTotalAmount>99.00", ["net", "base", "total"]),
        (b"<r:DuePayableAmount>120.00", b"<r:DuePayableAmount>1.00", ["due"]),
        (b"<r:GrandTotalAmount>120.00", b"<r:GrandTotalAmount>NaN", ["total", "due"]),
    ],
)
def test_what_does_not_add_up_is_named(before, after, wrong):
    assert read_invoice(SUPPLIER_XML.replace(before, after)).wrong == wrong


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"bonjour", "no_invoice"),
        (b"<html><body>facture</body></html>", "no_invoice"),
        (b"<Invoice>", "broken"),
        (b"%PDF-1.7 broken", "broken"),
        (b"x" * (MAX_BYTES + 1), "too_big"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "active"),
        (b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', "active"),
        (SUPPLIER_XML.replace(b"<r:ID>F-77</r:ID>", b""), "no_invoice"),
    ],
)
def test_what_is_no_invoice_is_refused_with_its_sentence(content, reason):
    with pytest.raises(FileNotInvoice) as refused:
        read_invoice(content)
    assert refused.value.reason == reason
    assert str(refused.value)


def test_a_pdf_that_could_run_is_locked_or_is_only_paper_is_refused():
    for made, reason in (
        (drawn_pdf(run_at_opening), "active"),
        (drawn_pdf(lambda writer: writer.encrypt("secret")), "locked"),
        (drawn_pdf(), "only_paper"),
    ):
        with pytest.raises(FileNotInvoice) as refused:
            read_invoice(made)
        assert refused.value.reason == reason


def test_our_own_papers_are_read_back(seller, operator, agreement):
    make_issuer(seller, operator)
    invoice = issue_invoice(sale=billed_sale(seller, [2_400]))
    said = read_invoice(draw_invoice(invoice))
    assert (said.syntax, said.number, said.totals["total"], said.wrong) == ("Factur-X", invoice.number, "24.00", [])


@needs_shared
@pytest.mark.parametrize("folder", FOLDERS)
def test_published_invoices_are_read_and_add_up(folder):
    files = [path for path in sorted((SHARED / "data/invoices" / folder).iterdir()) if path.suffix in {".pdf", ".xml"}]
    assert files
    assert {path.name: read_invoice(path.read_bytes()).wrong for path in files} == {path.name: [] for path in files}


def test_a_file_is_kept_once_for_each_organisation(seller, operator, owner):
    made = add_supplier_invoice(organisation=seller, name="../a/f.xml", content=SUPPLIER_XML, by=owner)
    assert (made.name, str(made.total), made.adds_up) == ("f.xml", "120.00", True)
    with pytest.raises(AlreadyThere):
        add_supplier_invoice(organisation=seller, name="g.xml", content=SUPPLIER_XML, by=owner)
    add_supplier_invoice(organisation=operator, name="g.xml", content=SUPPLIER_XML, by=owner)
    assert SupplierInvoice.objects.count() == 2


def test_a_manager_adds_one_and_reads_it(as_user, owner, stranger):
    client, page = as_user(owner), reverse(LIST)
    assert client.post(page, {"file": upload(b"bonjour", "a.pdf")}).status_code == 422
    assert client.post(page, {}).status_code == 422
    answer = client.post(page, {"file": upload(SUPPLIER_XML)})
    made = SupplierInvoice.objects.get()
    assert answer.url == reverse("ledger:supplier-detail", args=[made.public_id])
    text = client.get(answer.url).text
    assert "Emballages du Midi" in text
    assert "Cartons" in text
    assert "Tout tombe juste." in text
    again = client.post(page, {"file": upload(SUPPLIER_XML)})
    assert "déjà là" in again.text
    assert "F-77" in client.get(page, {"q": "emballages"}).text
    assert "F-77" not in client.get(page, {"q": "autre"}).text
    download = client.get(reverse("ledger:supplier-file", args=[made.public_id]))
    assert b"".join(download.streaming_content) == SUPPLIER_XML
    assert "attachment" in download["Content-Disposition"]
    for name in ("supplier-detail", "supplier-file"):
        assert as_user(stranger).get(reverse(f"ledger:{name}", args=[made.public_id])).status_code == 404


def test_words_of_a_supplier_are_never_run(as_user, owner, seller):
    hostile = SUPPLIER_XML.replace(b"Cartons", b"&lt;script&gt;alert(1)&lt;/script&gt;").replace(b">60.00<", b">61.00<")
    made = add_supplier_invoice(organisation=seller, name="f.xml", content=hostile, by=owner)
    text = as_user(owner).get(reverse("ledger:supplier-detail", args=[made.public_id])).text
    assert "<script>alert(1)" not in text
    assert "ne tombe pas juste" in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_any_number(as_user, owner, seller, number, django_assert_num_queries):
    for n in range(number):
        content = SUPPLIER_XML.replace(b"F-77", f"F-{n}".encode())
        add_supplier_invoice(organisation=seller, name="f.xml", content=content, by=owner)
    client, page = as_user(owner), reverse(LIST)
    client.get(page)
    with django_assert_num_queries(5):
        client.get(page)
