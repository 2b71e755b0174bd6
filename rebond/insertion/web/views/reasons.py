"""The table of reasons of exits: the network's, the same for all, each row with its days."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.insertion.actions.exit_reason import add_reason, change_reason, close_reason
from rebond.insertion.errors import InsertionError
from rebond.insertion.models import ExitReason
from rebond.insertion.queries.reasons import in_categories
from rebond.insertion.web.exit_forms import CloseForm, ReasonForm
from rebond.insertion.web.exports import REASONS

VIEW, CHANGE = "insertion.reason.view", "insertion.reason.change"


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "organisation": request.access.organisation}  # type: ignore[attr-defined]


@requires(VIEW)
@require_http_methods(["GET", "HEAD"])
def reason_list(request: HttpRequest) -> HttpResponseBase:
    rows = ExitReason.objects.order_by("category", "label", "valid_from", "pk")
    if (download := wanted_export(request, rows, REASONS, _("reasons-of-exits"))) is not None:
        return download
    context = {
        "groups": in_categories(rows),
        "today": timezone.localdate(),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "insertion/reason_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reason_add(request: HttpRequest) -> HttpResponse:
    form = ReasonForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if bind_errors(form, lambda: add_reason(**given, **_who(request)), InsertionError) is not None:
            messages.success(request, _("The reason is in the table."))
            return redirect("insertion-desk:reason-list")
    return page(
        request, "insertion/reason_form.html", {"form": form, "reason": None}, status=422 if form.errors else 200
    )


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reason_change(request: HttpRequest, reason_id: str) -> HttpResponse:
    """Other words or another category from a day on, or the last day: two forms, `act` says which was sent."""
    reason = get_object_or_404(ExitReason, public_id=reason_id)
    is_close = request.POST.get("act") == "close"
    today = timezone.localdate()
    told = {"label": reason.label, "category": reason.category, "valid_from": today}
    form = ReasonForm(request.POST if request.POST and not is_close else None, initial=told)
    end = CloseForm(request.POST if is_close else None, initial={"valid_to": reason.valid_to or today})
    sent: Any = end if is_close else form
    if request.method == "POST" and sent.is_valid():
        act: Any = close_reason if is_close else change_reason
        done = bind_errors(sent, lambda: act(reason=reason, **sent.cleaned_data, **_who(request)), InsertionError)
        if done is not None:
            messages.success(request, _("It is noted. Exits that are written stay as they are."))
            return redirect("insertion-desk:reason-list")
    context = {"form": form, "end": end, "reason": reason}
    return page(request, "insertion/reason_form.html", context, status=422 if sent.errors else 200)
