"""The paper of an invoice: drawn once, with its file inside, and the same bytes ever after."""

import hashlib
from typing import cast

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from rebond.core.pdf import render_pdf
from rebond.ledger.models import Invoice, InvoiceFile
from rebond.ledger.queries.invoice_paper import invoice_paper


def draw_invoice(invoice: Invoice) -> bytes:
    """The Factur-X paper of an invoice: PDF/A-3 that carries `factur-x.xml`. Raise PdfError."""
    from rebond.ledger.facturx import carry_xml, xml_of  # noqa: PLC0415 -- only papers need these libraries

    document, data = invoice.document, invoice_paper(invoice.document)
    paper = render_pdf("ledger/invoice", data, standard="a-3b", now=invoice.issued_at)
    return carry_xml(
        paper, xml_of(document), title=data["title"], author=document.seller.name, language=document.language
    )


def file_of_invoice(*, invoice: Invoice) -> bytes:
    """The paper as it was first handed out; drawn now and kept where nobody has asked for it yet. Raise PdfError."""
    kept = InvoiceFile.objects.filter(invoice=invoice).first()
    if kept is None:
        made = draw_invoice(invoice)  # outside any transaction: drawing takes a while
        try:
            with transaction.atomic():
                row = InvoiceFile(invoice=invoice, sha256=hashlib.sha256(made).hexdigest(), size=len(made))
                row.file.save("", ContentFile(made), save=False)
                row.save(force_insert=True)
        except IntegrityError:  # somebody asked at the same moment: theirs counts
            row.file.delete(save=False)
        else:
            return made
        kept = InvoiceFile.objects.get(invoice=invoice)
    with kept.file.open("rb") as file:
        return cast("bytes", file.read())
