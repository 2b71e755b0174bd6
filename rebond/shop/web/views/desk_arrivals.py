"""At the desk: what came back, its photos, what becomes of it, and what a refund is lowered by (rules.md F2)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.catalogue.errors import CatalogueError
from rebond.core.access import requires
from rebond.core.web import operation_of, page
from rebond.intake.errors import IntakeError
from rebond.shop.actions.arrival import check_at_once
from rebond.shop.actions.attachment import ready_attachment
from rebond.shop.actions.loss import ask_loss, decide_loss
from rebond.shop.enums import CheckState, ReturnState
from rebond.shop.errors import (
    AttachmentRefusedError,
    LossForbiddenError,
    PhotoMissingError,
    ReturnStateForbidsError,
    SamePersonError,
)
from rebond.shop.models import CheckPhoto, Return, ReturnCheck, ReturnLine, ReturnLoss
from rebond.shop.web.arrival_forms import CheckForm, LossForm
from rebond.shop.web.serving import send_file
from rebond.shop.web.views.desk_returns import detail_page


def _line(request: HttpRequest, public_id: str, code: str) -> ReturnLine:
    """An object of a return that the person sees here; 404 for any other."""
    access: Any = request.access  # type: ignore[attr-defined]
    backs = Return.objects.visible_to(request.user)
    if not access.can("shop.return.view_all"):
        backs = backs.filter(part__seller=access.organisation)
    rows = ReturnLine.objects.filter(back__in=backs.filter(public_id=public_id), line__item__code=code.upper())
    return get_object_or_404(
        rows.exclude(back__state=ReturnState.UNSENT).select_related(
            "back__part__seller", "back__part__order", "back__withdrawal", "line__item__category"
        )
    )


def _detail(line: ReturnLine) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("shop:return-detail", args=[line.back.public_id]))


@requires("shop.return.change")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """What came, its picture, its fate: together, or nothing of it."""
    line = _line(request, public_id, code)
    access: Any = request.access  # type: ignore[attr-defined]
    found = ReturnCheck.objects.filter(returned=line).first()
    state = found.state if found else CheckState.OPEN
    if state == CheckState.DONE or line.back.part.seller_id != access.organisation.pk:
        return _detail(line)
    initial = {"found": found.found if found else None, "condition": ""}
    is_sent = request.method == "POST"
    form = CheckForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, state=state, initial=initial
    )
    if is_sent and form.is_valid() and _decided(request, line, found, form):
        messages.success(request, _("Noted. The refund is on this page."))
        return _detail(line)
    context = {"back": line.back, "line": line.line, "form": form, "check": found, "operation": uuid.uuid4()}
    return page(request, "shop/return_check.html", context, status=422 if form.errors else 200)


def _decided(request: HttpRequest, line: ReturnLine, found: ReturnCheck | None, form: CheckForm) -> bool:
    operation, user = operation_of(request), request.user
    if ReturnCheck.objects.filter(operation=operation).exists():
        return True
    try:
        upload = ready_attachment(upload=form.cleaned_data["photo"])
        said = form.cleaned_data.get("found") or (found.found if found is not None else "")
        check_at_once(returned=line, found=said, upload=upload, decided=form.decided(), by=user, operation=operation)
    except AttachmentRefusedError as refusal:
        form.add_error("photo", str(refusal) or _("This picture cannot be read. Take it again."))
    except PhotoMissingError:
        form.add_error("photo", _("Add a picture of what came."))
    except (IntakeError, CatalogueError) as refusal:
        form.add_error(None, str(refusal))
    except ReturnStateForbidsError:
        form.add_error(None, _("Somebody else decided meanwhile. The page of the return shows it."))
    else:
        return True
    return False


@requires("shop.return.view")
@never_cache
@require_safe
def photo(request: HttpRequest, public_id: str, code: str, file_id: str) -> FileResponse:
    line = _line(request, public_id, code)
    rows = CheckPhoto.objects.filter(check_in__returned=line).select_related("stored")
    stored = get_object_or_404(rows, public_id=file_id).stored
    return send_file(stored, by=request.user, organisation=line.back.part.seller)


@requires("shop.return.change")
@require_POST
def ask(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Ask to lower the refund of one object; somebody else grants it."""
    line = _line(request, public_id, code)
    form, found = LossForm(request.POST), ReturnCheck.objects.filter(returned=line).first()
    refusal = _("Not possible: only for an object that came damaged, with its picture, and never above its price.")
    if form.is_valid() and found is None:
        form.add_error(None, refusal)
    if form.is_valid() and found is not None:
        try:
            ask_loss(check=found, by=request.user, operation=operation_of(request), **form.cleaned_data)
        except (LossForbiddenError, ReturnStateForbidsError):
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Asked. Somebody else grants it, then the refund is lowered."))
            return _detail(line)
    return detail_page(request, line.back, typed_loss=form, loss_of=line.line.item.code)


@requires("shop.return.grant")
@require_POST
def decide(request: HttpRequest, public_id: str, code: str, loss_id: str) -> HttpResponse:
    """A manager of the seller, or the network's conciliator, grants it or refuses it (`decision`: accord or refus)."""
    line = _line(request, public_id, code)
    loss = get_object_or_404(
        ReturnLoss.objects.filter(back=line.back).select_related("back__part__order", "back__part__seller"),
        public_id=loss_id,
    )
    is_granted = request.POST.get("decision") == "accord"
    try:
        decide_loss(loss=loss, is_granted=is_granted, by=request.user)
    except SamePersonError:
        messages.error(request, _("Somebody else than the person who asked grants it."))
    except ReturnStateForbidsError:
        messages.error(request, _("It was decided already, or refunded."))
    else:
        messages.success(request, _("Granted.") if is_granted else _("Refused: the refund stays whole."))
    return _detail(line)
