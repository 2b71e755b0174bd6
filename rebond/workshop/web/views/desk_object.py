"""An object's file: its whole story, where it waits now, and the last step taken back while it can be."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Item
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.item_facts import price_chart, price_points
from rebond.core.access import requires
from rebond.core.web import operation_of, page
from rebond.workshop.actions.step import can_undo
from rebond.workshop.actions.supervise import undo_from_desk
from rebond.workshop.errors import NotUndoable, WorkshopError
from rebond.workshop.kinds import is_known, label_of
from rebond.workshop.models import Step
from rebond.workshop.queries.closing import ITEM
from rebond.workshop.queries.floor import worker_of_user
from rebond.workshop.queries.scan import resolve
from rebond.workshop.queries.story import steps_about, story_of, tasks_about
from rebond.workshop.scan import ScanKind
from rebond.workshop.web.views.desk_board import TASKS, VIEW, tabs_for


def load_object(request: HttpRequest, code: str) -> Item:
    """An object of the organisation acted for; raise Http404."""
    rows = Item.objects.filter(seller=request.access.organisation)  # type: ignore[attr-defined]
    found: Item = get_object_or_404(rows.select_related("seller", "site", "category"), code=code.upper())
    return found


def undoable(steps: Any) -> Step | None:
    """The last step, where it may still be taken back."""
    last: Step | None = steps[-1] if steps else None
    return last if last is not None and is_known(last.kind) and can_undo(last) else None


@requires(VIEW)
@require_GET
def object_find(request: HttpRequest) -> HttpResponse:
    """Scanned or typed: the object's file, or what the text is instead."""
    text = request.GET.get("code", "")
    found = resolve(text, request.access.organisation)  # type: ignore[attr-defined]
    if found.kind == ScanKind.ITEM and found.subject.seller_id != request.access.organisation.pk:  # type: ignore[attr-defined]
        said = _("“%(title)s” is kept here for %(seller)s: its page is at that desk.")
        messages.warning(request, said % {"title": found.label, "seller": found.subject.seller.name})
        return redirect("workshop-desk:board")
    if found.kind == ScanKind.ITEM:
        return redirect("workshop-desk:object-detail", found.subject.code.lower())
    said = {
        ScanKind.PLACE: _("This is the place %(label)s, not an object."),
        ScanKind.BOX: _("This is the box %(label)s, not an object."),
        ScanKind.ORDER: _("This is the order %(label)s, not an object. It is: %(state)s."),
        ScanKind.BADGE: _("This is somebody’s badge, not an object."),
        ScanKind.ISBN: _("This is the barcode of a book. Scan our label on the object."),
        ScanKind.EAN: _("This is the maker’s barcode. Scan our label on the object."),
    }.get(found.kind, _("No object here has this code."))
    messages.warning(request, said % {"label": found.label, "state": found.state} if "%(label)s" in said else said)
    return redirect("workshop-desk:board")


@requires(VIEW)
@require_GET
def object_detail(request: HttpRequest, code: str) -> HttpResponse:
    item = load_object(request, code)
    steps = steps_about(item)
    context = tabs_for(request, "board")
    points = price_points(item)
    context |= {
        "item": item,
        "category_path": categories.path_label(categories.get(item.category_id)),
        "lines": story_of(item, steps, has_names=context["may_run"]),
        "tasks": tasks_about(item),
        "undoable": undoable(steps) if context["may_run"] else None,
        "chart": price_chart(points),
    }
    return page(request, "workshop/desk/object_detail.html", context)


@requires(TASKS)
@require_http_methods(["GET", "POST"])
def object_undo(request: HttpRequest, code: str, public_id: str) -> HttpResponse:
    """First what will happen, then it; told where it is too late."""
    item = load_object(request, code)
    rows = Step.objects.filter(subject_kind=ITEM, subject_id=item.code, organisation=item.seller)
    step = get_object_or_404(rows.select_related("organisation", "site", "task", "worker"), public_id=public_id)
    back = redirect("workshop-desk:object-detail", item.code.lower())
    if request.method == "POST":
        try:
            undo_from_desk(step=step, by=request.user, operation_id=operation_of(request))
        except (WorkshopError, CatalogueError) as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("It is undone: %(step)s.") % {"step": label_of(step.kind)})
        return back
    if undoable(steps_about(item)) != step:
        messages.error(request, str(NotUndoable()))
        return back
    context = {
        "item": item,
        "step": step,
        "label": label_of(step.kind),
        "operation": uuid.uuid4(),
        "is_known_here": worker_of_user(request.user, item.seller) is not None,
        "action": reverse("workshop-desk:object-undo", args=[item.code.lower(), step.public_id]),
    }
    return page(request, "workshop/desk/object_undo.html", context)
