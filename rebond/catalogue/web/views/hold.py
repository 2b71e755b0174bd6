"""The moderators' decisions on items: the list, one decision, the complaint, its answer, the end of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.catalogue.actions import hold as actions
from rebond.catalogue.errors import CatalogueError, FieldInvalid
from rebond.catalogue.models import Hold
from rebond.catalogue.web.exports import HOLDS
from rebond.catalogue.web.forms.hold import AnswerForm, ComplaintForm, LiftForm
from rebond.catalogue.web.loading import holds, is_staff
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page

VIEW, CONTEST, DECIDE = "catalogue.hold.view", "catalogue.hold.contest", "catalogue.hold.decide"


@requires(VIEW)
@never_cache
@require_safe
def hold_list(request: HttpRequest) -> HttpResponseBase:
    """Complaints that wait first, the oldest on top; then the newest decisions."""
    rows = Hold.objects.visible_to(request.user).select_related("item__seller")
    if not is_staff(request, VIEW):
        rows = rows.filter(item__seller=request.access.organisation)  # type: ignore[attr-defined]
    waiting = rows.contested().count()
    group = request.GET.get("etat", "")
    if group == "contestees":
        rows = rows.contested().order_by("complained_at", "pk")
    elif group == "levees":
        rows = rows.filter(lifted_at__isnull=False).order_by("-lifted_at", "-pk")
    else:
        group, rows = "", rows.open().order_by(F("placed_at").desc(), "-pk")
    if (download := wanted_export(request, rows, HOLDS, _("decisions"))) is not None:
        return download
    number = request.GET.get("page", "1")[:6]
    context = {
        "page": Paginator(rows, 24).get_page(number if number.isdecimal() else 1),
        "group": group,
        "waiting": waiting,
        "tabs": [
            ("", pgettext("decisions", "In force")),
            ("contestees", pgettext("decisions", "Contested")),
            ("levees", pgettext("decisions", "Ended")),
        ],
    }
    return page(request, "catalogue/hold_list.html", context, partial="results")


def _load_hold(request: HttpRequest, public_id: str, permission: str = VIEW) -> Hold:
    rows = Hold.objects.visible_to(request.user).select_related("item__seller")
    hold: Hold = get_object_or_404(rows, public_id=public_id)
    if not holds(request, hold.item, permission):
        raise PermissionDenied
    return hold


def _answer(request: HttpRequest, hold: Hold, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "hold": hold,
        "item": hold.item,
        "is_own": not is_staff(request, VIEW),
        "can_contest": holds(request, hold.item, CONTEST) and hold.is_open and not hold.complaint_state,
        "is_in_time": timezone.now() <= hold.contest_until,
        "can_answer": holds(request, hold.item, DECIDE) and hold.complaint_state == "received",
        "can_lift": holds(request, hold.item, DECIDE) and hold.is_open and hold.complaint_state != "received",
        "is_own_decision": hold.placed_by == request.user.display_name,  # type: ignore[union-attr]
        "complaint_form": ComplaintForm(),
        "answer_form": AnswerForm(),
        "lift_form": LiftForm(),
    }
    return page(request, "catalogue/hold_detail.html", context | forms, status=status)


@requires(VIEW)
@never_cache
@require_safe
def hold_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return _answer(request, _load_hold(request, public_id))


def _do(request: HttpRequest, hold: Hold, name: str, form: Any, call: Callable[[Any], Any], said: str) -> HttpResponse:
    """Run the verb of a sent form; a refusal comes back on the page with what was typed."""
    if form.is_valid():
        try:
            call(form.cleaned_data)
        except FieldInvalid as error:
            form.add_error(error.field, str(error))
        except CatalogueError as error:
            form.add_error(None, str(error))
            hold.refresh_from_db()
        else:
            messages.success(request, said)
            return redirect("catalogue:hold-detail", hold.public_id)
    return _answer(request, hold, 422, **{name: form})


@requires(CONTEST)
@require_POST
def hold_contest(request: HttpRequest, public_id: str) -> HttpResponse:
    hold = _load_hold(request, public_id, CONTEST)
    return _do(
        request,
        hold,
        "complaint_form",
        ComplaintForm(request.POST),
        lambda data: actions.complain_about_hold(hold=hold, text=data["complaint"], by=request.user),
        _("Your complaint is with the moderators. The answer comes by mail, with its reasons."),
    )


@requires(DECIDE)
@require_POST
def hold_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    hold = _load_hold(request, public_id, DECIDE)

    def call(data: dict[str, Any]) -> None:
        is_upheld = data["outcome"] == "upheld"
        actions.answer_complaint(hold=hold, is_upheld=is_upheld, answer=data["answer"], by=request.user)

    said = _("Answered. The seller gets the reasons by mail.")
    return _do(request, hold, "answer_form", AnswerForm(request.POST), call, said)


@requires(DECIDE)
@require_POST
def hold_lift(request: HttpRequest, public_id: str) -> HttpResponse:
    hold = _load_hold(request, public_id, DECIDE)
    return _do(
        request,
        hold,
        "lift_form",
        LiftForm(request.POST),
        lambda data: actions.lift_hold(hold=hold, reason=data["reason"], by=request.user),
        _("The decision is ended. The seller may put the item on sale again."),
    )
