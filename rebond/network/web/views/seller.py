"""Suspend, open again, end a seller: each with reasons and, for the end, its notice."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.network.actions.seller import (
    NOTICE,
    announce_end,
    cancel_end,
    resume_seller,
    suspend_seller,
)
from rebond.network.errors import NetworkError
from rebond.network.web.admission_forms import EndSellerForm, ReasonsForm
from rebond.network.web.loading import load_organisation

DECIDE = "network.admission.decide"


def _act(request: HttpRequest, public_id: str, verb: str, form: Any, action: Any) -> HttpResponse:
    organisation = load_organisation(request, public_id, DECIDE)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = bind_errors(form, lambda: action(organisation=organisation, by=request.user, **data), NetworkError)
        if done:
            messages.success(
                request, _("It is done, and written to the managers of %(name)s.") % {"name": organisation}
            )
            return redirect("network:organisation-detail", organisation.public_id)
    context = {"organisation": organisation, "form": form, "verb": verb}
    return page(request, "network/seller_act.html", context, status=422 if form.is_bound else 200)


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def seller_suspend(request: HttpRequest, public_id: str) -> HttpResponse:
    return _act(request, public_id, "suspend", ReasonsForm(request.POST or None), suspend_seller)


@requires(DECIDE)
@require_http_methods(["GET", "POST"])
def seller_end(request: HttpRequest, public_id: str) -> HttpResponse:
    initial = {"effective_on": timezone.localdate() + NOTICE}
    return _act(request, public_id, "end", EndSellerForm(request.POST or None, initial=initial), announce_end)


def _undo(request: HttpRequest, public_id: str, action: Any, said: str) -> HttpResponse:
    organisation = load_organisation(request, public_id, DECIDE)
    try:
        action(organisation=organisation, by=request.user)
        messages.success(request, said)
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("network:organisation-detail", organisation.public_id)


@requires(DECIDE)
@require_POST
def seller_resume(request: HttpRequest, public_id: str) -> HttpResponse:
    return _undo(request, public_id, resume_seller, _("Sales are open again."))


@requires(DECIDE)
@require_POST
def seller_end_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    return _undo(request, public_id, cancel_end, _("The end is taken back."))
