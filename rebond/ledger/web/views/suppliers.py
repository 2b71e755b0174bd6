"""Invoices of suppliers: taken in, listed, shown as people read them, downloaded as they came (rules.md F7)."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import page, private_file
from rebond.ledger.actions.supplier import add_supplier_invoice
from rebond.ledger.errors import NOT_INVOICES, FileNotInvoice, LedgerError
from rebond.ledger.models import SupplierInvoice
from rebond.ledger.queries.sheets import SUPPLIERS
from rebond.ledger.received import MAX_BYTES
from rebond.ledger.web.loading import books_kept
from rebond.network.enums import OrganisationKind

VIEW = "ledger.supplier.view"
ADD = "ledger.supplier.add"
PER_PAGE = 50
WRONG = {
    "lines": pgettext_lazy("supplier", "The lines do not add up to their total."),
    "net": pgettext_lazy("supplier", "Lines, allowances and charges do not come to the total without VAT."),
    "base": pgettext_lazy("supplier", "The bases of VAT do not add up to the total without VAT."),
    "vat": pgettext_lazy("supplier", "The VAT of the rates does not add up to the VAT."),
    "total": pgettext_lazy("supplier", "Without VAT and VAT do not come to the total."),
    "due": pgettext_lazy("supplier", "The total less what was paid does not come to what is due."),
}
TOTALS = {
    "lines": pgettext_lazy("supplier", "Lines"),
    "allowances": pgettext_lazy("supplier", "Allowances"),
    "charges": pgettext_lazy("supplier", "Charges"),
    "net": gettext_lazy("Without VAT"),
    "vat": pgettext_lazy("paper", "VAT"),
    "total": gettext_lazy("With VAT"),
    "prepaid": pgettext_lazy("supplier", "Paid already"),
    "rounding": pgettext_lazy("supplier", "Rounding"),
    "due": pgettext_lazy("supplier", "To pay"),
}


class SupplierForm(forms.Form):
    file = forms.FileField(
        label=pgettext_lazy("supplier", "The file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.xml,application/pdf,application/xml,text/xml"}),
        help_text=gettext_lazy("A Factur-X (PDF with its XML), or an XML in CII or UBL. 10 MB at most."),
    )

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > MAX_BYTES:
            raise forms.ValidationError(str(NOT_INVOICES["too_big"]))
        return found


@requires(VIEW)
@require_http_methods(["GET", "POST"])
def supplier_list(request: HttpRequest) -> HttpResponseBase:
    """The newest first, with the form that takes one in."""
    organisation, can_add = books_kept(request), request.access.can(ADD)  # type: ignore[attr-defined]
    form = SupplierForm(request.POST or None, request.FILES or None) if can_add else None
    if request.method == "POST" and form is not None and form.is_valid():
        file = form.cleaned_data["file"]
        content = cast("bytes", file.read())
        made = bind_errors(
            form,
            lambda: add_supplier_invoice(organisation=organisation, name=file.name, content=content, by=request.user),
            (LedgerError, FileNotInvoice),
        )
        if made is not None:
            messages.success(request, _("It is read and kept."))
            return redirect("ledger:supplier-detail", made.public_id)
    rows: Any = SupplierInvoice.objects.visible_to(request.user).filter(organisation=organisation).defer("data")
    words = request.GET.get("q", "")[:100]
    for word in words.split()[:5]:
        rows = rows.filter(supplier__icontains=word) | rows.filter(number__istartswith=word)
    rows = rows.order_by("-pk")
    if (download := wanted_export(request, rows, SUPPLIERS, _("suppliers"))) is not None:
        return download
    found, next_key = page_before(rows, key_in(request.GET.get("avant", "")), PER_PAGE)
    context = {
        "form": form,
        "can_pay": organisation.kind == OrganisationKind.OPERATOR and request.access.can("ledger.batch.view"),  # type: ignore[attr-defined]
        "invoices": found,
        "next_key": next_key,
        "is_first": not request.GET.get("avant"),
        "words": words,
    }
    status = 422 if request.method == "POST" else 200
    return page(request, "ledger/supplier_list.html", context, partial="results", status=status)


def _load(request: HttpRequest, received_id: str) -> SupplierInvoice:
    """One of the organisation acted for; raise Http404."""
    rows: Any = SupplierInvoice.objects.visible_to(request.user).filter(organisation=books_kept(request))
    found: SupplierInvoice = get_object_or_404(rows, public_id=received_id)
    return found


@requires(VIEW)
@require_safe
def supplier_detail(request: HttpRequest, received_id: str) -> HttpResponseBase:
    """Parties, lines, VAT, totals, and whether they add up."""
    invoice = _load(request, received_id)
    totals = invoice.data["totals"]
    context = {
        "invoice": invoice,
        "said": invoice.data,
        "wrong": [WRONG[key] for key in invoice.data["wrong"]],
        "totals": [(label, totals[key], key) for key, label in TOTALS.items() if key in totals],
    }
    return page(request, "ledger/supplier_detail.html", context)


@requires(VIEW)
@require_safe
def supplier_file(request: HttpRequest, received_id: str) -> HttpResponseBase:
    """The file as it came: always a download."""
    invoice = _load(request, received_id)
    return private_file(invoice.file.open("rb"), name=invoice.name, content_type=invoice.content_type)
