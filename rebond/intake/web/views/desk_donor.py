"""Who brought it, at the desk: noted for an arrival or an object, and looked at by who may (each look is noted)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rebond.catalogue.models import Item
from rebond.core.access import requires
from rebond.core.codes import parse_code
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.intake.actions.register_keep import look_at_donor
from rebond.intake.actions.register_lines import note_donor, note_object
from rebond.intake.enums import DocumentKind
from rebond.intake.errors import IntakeError
from rebond.intake.queries.register import group_limit_of, lots_of, said_of
from rebond.intake.web.register_forms import DonorForm, ObjectDonorForm
from rebond.intake.web.views.desk_donation import load_donation
from rebond.intake.web.views.desk_register import CHANGE, WHO, load_entry


def _form_page(request: HttpRequest, form: DonorForm, **context: Any) -> HttpResponse:
    access = request.access  # type: ignore[attr-defined]
    words = {"form": form, "limit": group_limit_of(access.organisation), **context}
    answer = page(request, "intake/desk/donor_form.html", words, status=422 if form.is_bound else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _check_kept(request: HttpRequest) -> Any:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    if not organisation.is_register_kept:
        raise Http404
    return organisation


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def donation_donor(request: HttpRequest, public_id: str) -> HttpResponse:
    """An arrival whose donor nobody noted at the dock."""
    _check_kept(request)
    donation = load_donation(request, public_id)
    lots = lots_of(donation)
    if lots:
        return redirect("intake-desk:register-detail", lots[0].number)
    form = DonorForm(request.POST or None)
    if form.is_bound and form.is_valid():
        facts: dict[str, Any] = {"donation": donation, "bringer": form.bringer(), "by": request.user}
        made = bind_errors(form, lambda: note_donor(**facts), IntakeError)
        if made:
            messages.success(request, _("It is in the register."))
            return redirect("intake-desk:donation-detail", public_id)
    return _form_page(request, form, donation=donation, item=None)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def object_donor(request: HttpRequest, code: str) -> HttpResponse:
    """An object: its line where there is one, else who brought it."""
    organisation = _check_kept(request)
    rows = Item.objects.filter(seller=organisation).select_related("seller", "site", "category")
    item = get_object_or_404(rows, code=parse_code(code) or "")
    said = said_of(organisation, item.code)
    if said is not None:
        return redirect("intake-desk:register-detail", said.number)
    form = ObjectDonorForm(request.POST or None)
    if form.is_bound and form.is_valid():
        made = bind_errors(form, lambda: _noted(request, item, form), IntakeError)
        if made:
            messages.success(request, _("It is in the register: line %(number)s.") % {"number": made.number})
            return redirect("catalogue:item-detail", item.code.lower())
    return _form_page(request, form, donation=None, item=item)


def _noted(request: HttpRequest, item: Item, form: ObjectDonorForm) -> Any:
    origin = form.cleaned_data["origin"]
    return note_object(item=item, bringer=form.bringer(), origin=origin, by=request.user)


@requires(WHO)
@never_cache
@require_GET
def entry_donor(request: HttpRequest, line: int) -> HttpResponse:
    """The identity behind a line; this look is in the journal."""
    entry = load_entry(request, line)
    if entry.donor is None or not entry.commitment:
        raise Http404
    identity = look_at_donor(entry=entry, by=request.user)
    document = DocumentKind(identity.document_kind).label if identity.document_kind else ""
    context = {"entry": entry, "donor": entry.donor, "identity": identity, "document": document}
    return page(request, "intake/desk/register_donor.html", context)
