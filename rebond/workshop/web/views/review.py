"""Read a colleague's listing: accept it, correct it, give it back; and what the writer reads of it."""

import uuid
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.catalogue.enums import Condition
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Item
from rebond.catalogue.phrases import FIELD_LABELS
from rebond.catalogue.queries.item_facts import attribute_rows
from rebond.core.access import requires
from rebond.core.forms import CentsField
from rebond.workshop.actions.review import accept_listing, may_review, read_notes, return_listing, shown
from rebond.workshop.data.chain import REVIEW
from rebond.workshop.data.composing import flaw_words
from rebond.workshop.data.french import sentence_case
from rebond.workshop.enums import REVIEW_ICONS, ReviewReason
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kiosk import hands_of, kiosk_page
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import ReviewNote, Task, Worker
from rebond.workshop.queries.listing import flaws_of, seed_of
from rebond.workshop.web.screens import price_context
from rebond.workshop.web.views.write import is_over, load_written, photos_of


class CorrectForm(forms.Form):
    """The words that a reviewer corrects."""

    title = forms.CharField(label=_("Title"), max_length=150, widget=forms.TextInput(attrs={"spellcheck": "true"}))
    description = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "true"}),
    )
    condition = forms.ChoiceField(label=_("Condition"), choices=Condition.choices)
    price_cents = CentsField(label=_("Price"), min_cents=1)

    def clean_description(self) -> str:
        return str(self.cleaned_data["description"]).replace("\r\n", "\n")


def _load(request: HttpRequest, public_id: str) -> tuple[Task, Worker, Item] | HttpResponse:
    task, worker, item = load_written(request, public_id, REVIEW)
    return is_over(request, task) or (task, worker, item)


def _flaw_lines(task: Task, item: Item) -> list[str]:
    if task.is_training:
        flaws = flaws_of(item, task.data.get("answers") or {})
    else:
        flaws = [{"kind": flaw.kind, "part": flaw.part} for flaw in item.flaws.all()]
    return [sentence_case(flaw_words(flaw["kind"], flaw.get("part", ""))) for flaw in flaws]


def _page(request: HttpRequest, task: Task, worker: Worker, item: Item, error: str = "") -> HttpResponse:
    listing = shown(task, item)
    context = {
        "task": task,
        "item": listing,
        "flaws": _flaw_lines(task, item),
        "attributes": attribute_rows(listing),
        "photos": photos_of(item),
        "may": may_review(task, worker),
        "why": task.data.get("why", ""),
        "operation": uuid.uuid4(),
        "error": error,
    } | price_context(listing, seed_of(listing), request)
    return kiosk_page(request, "workshop/review.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """The listing as buyers will read it; accepted, it goes on sale."""
    loaded = _load(request, public_id)
    if isinstance(loaded, HttpResponse):
        return loaded
    task, worker, item = loaded
    if request.method == "GET":
        return _page(request, task, worker, item)
    try:
        step = accept_listing(task=task, item=item, hands=hands_of(request))
    except (WorkshopError, CatalogueError) as refused:
        return is_over(request, task) or _page(request, task, worker, item, str(refused))
    return redirect("workshop:write-done", step.public_id)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def review_correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """Correct some words; its writer reads what changed."""
    loaded = _load(request, public_id)
    if isinstance(loaded, HttpResponse):
        return loaded
    task, _worker, item = loaded
    listing = shown(task, item)
    initial = {name: getattr(listing, name) for name in CorrectForm.base_fields}
    form = CorrectForm(request.POST or None, initial=initial)
    error = ""
    if form.is_bound and form.is_valid():
        try:
            step = accept_listing(task=task, item=item, hands=hands_of(request), changes=form.cleaned_data)
        except (WorkshopError, CatalogueError) as refused:
            if (over := is_over(request, task)) is not None:
                return over
            error = str(refused)
        else:
            return redirect("workshop:write-done", step.public_id)
    context = {"task": task, "item": listing, "form": form, "operation": uuid.uuid4(), "error": error}
    return kiosk_page(request, "workshop/review_correct.html", context, status=422 if form.is_bound else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def review_return(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give it back to its writer, with a reason by its pictogram."""
    loaded = _load(request, public_id)
    if isinstance(loaded, HttpResponse):
        return loaded
    task, _worker, item = loaded
    error = ""
    if request.method == "POST":
        reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
        try:
            step = return_listing(task=task, item=item, hands=hands_of(request), reason=reason, note=note)
        except (WorkshopError, CatalogueError) as refused:
            if (over := is_over(request, task)) is not None:
                return over
            error = str(refused)
        else:
            return redirect("workshop:write-done", step.public_id)
    reasons: list[Any] = [(reason.value, reason.label, REVIEW_ICONS[reason]) for reason in ReviewReason]
    context = {"task": task, "item": shown(task, item), "reasons": reasons, "operation": uuid.uuid4(), "error": error}
    context |= {"chosen": request.POST.get("reason", ""), "note": request.POST.get("note", "")}
    return kiosk_page(request, "workshop/review_return.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_GET
def notes(request: HttpRequest) -> HttpResponse:
    """What colleagues corrected in the person's own listings; nobody else reads it."""
    worker = request.floor.worker  # type: ignore[attr-defined]
    if worker is None:
        return redirect("workshop:kiosk")
    rows = ReviewNote.objects.filter(writer=worker).select_related("reviewer").order_by("pk")[:20]
    told = [
        (note, [{**change, "label": FIELD_LABELS.get(change["field"], "")} for change in note.changes]) for note in rows
    ]
    return kiosk_page(request, "workshop/review_notes.html", {"told": told})


@requires(STATION_PERMISSION)
@require_POST
def note_read(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read: it is kept no longer; a second touch is harmless, somebody else's note does not exist."""
    worker = request.floor.worker  # type: ignore[attr-defined]
    if ReviewNote.objects.filter(public_id=public_id).exclude(writer=worker).exists():
        raise Http404
    if worker is not None:
        read_notes(worker=worker, public_id=public_id)
    return redirect("workshop:review-notes")
