"""The yearly declaration at the desk: the treasurer's page, each seller's data, the seller's own form and letters."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.pdf import render_pdf
from rebond.core.web import page, private_file
from rebond.ledger import tasks
from rebond.ledger.actions import tax_file as actions
from rebond.ledger.actions.tax_return import make_returns, open_return, trial_file
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import TaxFile, TaxReturn, TaxReturnLine
from rebond.ledger.queries import tax as queries
from rebond.ledger.queries.sheets import TAX_ROWS
from rebond.ledger.queries.tax_paper import letter_of
from rebond.ledger.web.loading import books_kept
from rebond.ledger.web.tax_forms import ReturnTaxFileForm, TaxFileForm

VIEW = "ledger.tax.view"
MAKE = "ledger.tax.make"
VERIFY = "ledger.tax.verify"
GIVE = "ledger.tax.give"
OWN = "ledger.account.view"
SHOWN = 200
APRIL = 4


@requires(VIEW)
@require_safe
def tax_home(request: HttpRequest) -> HttpResponse:
    """The year that matters now: the last one until the end of March, then the current one."""
    today = timezone.localdate()
    return redirect("ledger:tax-year", today.year - (today.month < APRIL))


@requires(VIEW)
@require_safe
def tax_year(request: HttpRequest, year: int) -> HttpResponseBase:
    """Who is declared for a year, what is missing, the files made."""
    operator, year = books_kept(request), _real(year)
    counted = queries.last_count(operator, year)
    rows = queries.rows_of(operator, year, counted=counted)
    if (download := wanted_export(request, rows, TAX_ROWS, f"dac7-{year}")) is not None:
        return download
    shown = request.GET.get("voir", "")
    tabs = [
        ("", pgettext("tax", "All")),
        ("declared", pgettext("tax", "Declared")),
        ("missing", pgettext("tax", "Data missing")),
    ]
    chosen = [row for row in rows if _is_in(row, shown)]
    context = {
        "year": year,
        "years": _years(),
        "rows": [(row, queries.missing_words(row.missing)) for row in chosen[:SHOWN]],
        "number": len(chosen),
        "shown": SHOWN,
        "state": shown,
        "tabs": tabs,
        "declared": sum(row.is_declared for row in rows),
        "missing": sum(bool(row.missing) and row.is_declared for row in rows),
        "sellers": len(rows),
        "counted": counted,
        "is_over": year < timezone.localdate().year,
        "returns": list(TaxReturn.objects.filter(operator=operator, year=year)),
        "can_make": request.access.can(MAKE),  # type: ignore[attr-defined]
    }
    return page(request, "ledger/tax_year.html", context, partial="results")


def _is_in(row: queries.TaxRow, shown: str) -> bool:
    if shown == "declared":
        return row.is_declared
    return bool(row.missing) and not row.is_public if shown == "missing" else True


@requires(MAKE)
@require_POST
def tax_count(request: HttpRequest, year: int) -> HttpResponse:
    """The year is counted again, by a task."""
    tasks.count_sold_year.enqueue(books_kept(request).pk, _real(year))
    messages.success(request, _("The year is being counted again. Load this page again in a moment."))
    return redirect("ledger:tax-year", year)


@requires(MAKE)
@require_safe
def tax_trial(request: HttpRequest, year: int) -> HttpResponseBase:
    """A file marked as a trial, to try the tax office's own checks with."""
    try:
        name, made = trial_file(operator=books_kept(request), year=_real(year), by=request.user)
    except LedgerError as refused:
        messages.error(request, str(refused))
        return redirect("ledger:tax-year", year)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(made, content_type="application/xml", headers=headers)


def _real(year: int) -> int:
    """A year that the page offers; raise Http404."""
    if year not in _years():
        raise Http404
    return year


def _years() -> list[int]:
    """The current year and the ten before it: what is kept."""
    this = timezone.localdate().year
    return list(range(this, this - 11, -1))


@requires(MAKE)
@require_POST
def tax_return_make(request: HttpRequest, year: int) -> HttpResponse:
    """Declare the year, or correct what was declared."""
    try:
        made = make_returns(operator=books_kept(request), year=_real(year), by=request.user)
    except LedgerError as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext("%(n)s file is made: send it.", "%(n)s files are made: send them.", len(made))
        messages.success(request, said % {"n": len(made)})
    return redirect("ledger:tax-year", year)


@requires(VIEW)
@require_safe
def tax_return_file(request: HttpRequest, return_id: str) -> HttpResponseBase:
    rows = TaxReturn.objects.filter(operator=books_kept(request)).select_related("operator")
    found = get_object_or_404(rows, public_id=return_id)
    file = open_return(tax_return=found, by=request.user)
    return private_file(file, name=found.name, content_type="application/xml")


def _load_file(request: HttpRequest, file_id: str) -> TaxFile:
    """The data of a seller of the books kept; raise Http404."""
    rows = TaxFile.objects.filter(organisation__accounts__operator=books_kept(request)).select_related("organisation")
    return get_object_or_404(rows.distinct(), public_id=file_id)


@requires(VERIFY)
@require_http_methods(["GET", "POST"])
def tax_file_detail(request: HttpRequest, file_id: str) -> HttpResponse:
    """A seller's data beside the public registers: verified (`verify`), or asked for again with the reason."""
    file, form = _load_file(request, file_id), ReturnTaxFileForm(request.POST or None)
    if request.method == "POST" and "verify" in request.POST:
        try:
            actions.verify_tax_file(file=file, by=request.user)
            messages.success(request, _("The data are verified."))
        except LedgerError as refused:
            messages.error(request, str(refused))
        return redirect("ledger:tax-file", file.public_id)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        act = bind_errors(form, lambda: actions.return_tax_file(file=file, reason=reason, by=request.user), LedgerError)
        if act is not None:
            messages.success(request, _("They are asked for again: the seller reads why."))
            return redirect("ledger:tax-file", file.public_id)
    missing = queries.missing_of(file)
    lines = file.organisation.tax_lines.filter(operator=books_kept(request)).select_related("tax_return")
    context = {"file": file, "form": form, "missing": queries.missing_words(missing), "lines": list(lines[:30])}
    return page(request, "ledger/tax_file.html", context, status=422 if form.is_bound else 200)


@requires(VIEW)
@require_safe
def tax_letter(request: HttpRequest, line_id: str) -> HttpResponse:
    """The letter to a seller, for the treasurer."""
    rows = TaxReturnLine.objects.filter(operator=books_kept(request))
    return _letter(get_object_or_404(rows.select_related("tax_return", "operator"), public_id=line_id))


def _letter(line: TaxReturnLine) -> HttpResponse:
    name = f"dac7-{line.year}-{line.public_id}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    made = render_pdf("ledger/tax_letter", letter_of(line), now=line.tax_return.made_at)
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@requires(OWN)
@require_safe
def own_tax_letter(request: HttpRequest, line_id: str) -> HttpResponse:
    rows = TaxReturnLine.objects.filter(seller=books_kept(request))
    return _letter(get_object_or_404(rows.select_related("tax_return", "operator"), public_id=line_id))


@requires(OWN)
@require_http_methods(["GET", "POST"])
def own_tax(request: HttpRequest) -> HttpResponse:
    """The seller's data for the declaration, and its letters; a manager gives them."""
    organisation, can_give = books_kept(request), request.access.can(GIVE)  # type: ignore[attr-defined]
    file = TaxFile.objects.filter(organisation=organisation).first()
    known = _initial(file) if file is not None else queries.known_of(organisation)
    form = TaxFileForm(request.POST or None, initial=known)
    if request.method == "POST" and can_give and form.is_valid():
        given = form.cleaned_data
        done = bind_errors(
            form,
            lambda: actions.give_tax_file(organisation=organisation, fields=given, by=request.user),
            LedgerError,
        )
        if done is not None:
            messages.success(request, _("Thank you: your data are noted. The treasurer of the network verifies them."))
            return redirect("ledger:own-tax")
    context: dict[str, Any] = {
        "file": file,
        "form": form,
        "missing": queries.missing_words(queries.missing_of(file)),
        "can_give": can_give,
        "lines": list(organisation.tax_lines.select_related("tax_return", "operator")[:30]),
    }
    return page(request, "ledger/own_tax.html", context, status=422 if form.is_bound else 200)


def _initial(file: TaxFile) -> dict[str, Any]:
    found = {name: getattr(file, name) for name in actions.TEXTS}
    return found | {"account_holder": file.account_holder, "establishments": ", ".join(file.establishments)}
