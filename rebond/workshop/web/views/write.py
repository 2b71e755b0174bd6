"""The guided listing at the kiosk: one question per screen, the price, then read again and send."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Item, Photo
from rebond.catalogue.queries.by_code import item_by_code
from rebond.catalogue.queries.comparables import has_price_help
from rebond.core.access import requires
from rebond.core.prepared import Prepared
from rebond.workshop.actions.listing import obstacles_of, send_listing
from rebond.workshop.actions.step import can_undo, undo_step
from rebond.workshop.actions.task import save_answers
from rebond.workshop.data.chain import REVIEW, STORE, WRITE
from rebond.workshop.enums import OPEN_STATES, REVIEW_ICONS, ReviewReason
from rebond.workshop.errors import FieldInvalid, WorkshopError
from rebond.workshop.kinds import is_known, kind_of
from rebond.workshop.kiosk import hands_of, kiosk_page
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step, Task, Worker
from rebond.workshop.queries.listing import answers_in, asked_of, drafted
from rebond.workshop.queries.questions import (
    Question,
    extras_of,
    hops_of,
    is_open,
    mark_of,
    next_question,
    question_before,
    questions_of,
)
from rebond.workshop.web.answers import read_answer
from rebond.workshop.web.screens import context_of, price_context, summary_of
from rebond.workshop.web.views.task import load_task


def load_written(request: HttpRequest, public_id: str, kind: str) -> tuple[Task, Worker, Item]:
    """A task of this kind that the person has, with its object; raise Http404 for any other."""
    task, worker = load_task(request, public_id)
    if task.kind != kind or worker.pk not in {task.worker_id, task.partner_id}:
        raise Http404
    item = item_by_code(task.subject_id)
    if item is None or item.seller_id != task.organisation_id:
        raise Http404
    return task, worker, item


def is_over(request: HttpRequest, task: Task) -> HttpResponse | None:
    """Back to the person's screen where the task ended meanwhile."""
    if task.state in OPEN_STATES:
        return None
    messages.success(request, _("This is done already."))
    return redirect("workshop:kiosk")


def photos_of(item: Item) -> list[Photo]:
    """In order, with what draws them."""
    return _PHOTOS.run(item.pk)


_PHOTOS: Prepared[Photo] = Prepared(
    lambda pk: Photo.objects.filter(item_id=pk).select_related("asset").order_by("position", "pk"), -1
)


def returned_of(task: Task) -> dict[str, Any] | None:
    """Why a reviewer gave the listing back: words and pictogram."""
    back = task.data.get("returned")
    if not back or back.get("reason") not in ReviewReason.values:
        return None
    reason = ReviewReason(back["reason"])
    return {"label": reason.label, "icon": REVIEW_ICONS[reason], "note": back.get("note", "")}


@requires(STATION_PERMISSION)
@require_GET
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    """To the first question without an answer."""
    task, _worker, item = load_written(request, public_id, WRITE)
    if (over := is_over(request, task)) is not None:
        return over
    return _onward(task, item)


def _onward(task: Task, item: Item, after: str = "") -> HttpResponse:
    answers = answers_in(task, item)
    ahead = next_question(questions_of(item, answers), answers, after=after)
    if ahead is None or (ahead.form == "price" and has_price_help(asked_of(item, answers))):
        return redirect("workshop:write-check", task.public_id)
    return redirect("workshop:write-question", task.public_id, ahead.path)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def write_question(request: HttpRequest, public_id: str, path: str) -> HttpResponse:
    """One question; each answer is kept at once, going back keeps everything."""
    task, worker, item = load_written(request, public_id, WRITE)
    if (over := is_over(request, task)) is not None:
        return over
    answers = answers_in(task, item)
    question = next((one for one in questions_of(item, answers) if one.path == path), None)
    if question is None:  # an earlier answer closed it
        return _onward(task, item)
    error = ""
    if request.method == "POST" and "step" not in request.POST:
        try:
            found = read_answer(question, request.POST, item=item, answers=answers)
            save_answers(task=task, worker=worker, **found)
        except FieldInvalid as refused:
            error = str(refused.message)
        except WorkshopError as refused:
            messages.error(request, str(refused))
            return redirect("workshop:kiosk")
        else:
            stays = question.form == "flaws" and request.POST.get("do") != "next"
            stays = stays or (question.form == "text" and request.POST.get("do") == "again")
            return redirect(request.path) if stays else _onward(task, item, question.key)
    return _screen(request, task, item, question, error)


def _screen(request: HttpRequest, task: Task, item: Item, question: Question, error: str) -> HttpResponse:
    answers = answers_in(task, item)
    questions = questions_of(item, answers)
    context = {
        "task": task,
        "item": item,
        "question": question,
        "hops": hops_of(questions, answers, question.group),
        "before": question_before(questions, question.key),
        "returned": returned_of(task),
        "error": error,
        "kept": answers.get(question.key, ""),
        "seen_mark": mark_of(answers.get(question.key)),
        "form_template": f"workshop/ask_{question.form}.html",
        "photos": photos_of(item),
    } | context_of(question, item, answers, request)
    return kiosk_page(request, "workshop/write_question.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_GET
def write_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """The listing as it will be, what lacks beside what it is about, and one button."""
    task, _worker, item = load_written(request, public_id, WRITE)
    if (over := is_over(request, task)) is not None:
        return over
    return _check_page(request, task, item, "")


def _check_page(request: HttpRequest, task: Task, item: Item, error: str) -> HttpResponse:
    answers = answers_in(task, item)
    questions = questions_of(item, answers)
    lacking = {key.replace("attributes.", "attr."): label for key, label in obstacles_of(item, answers).missing}
    price = price_context(item, answers, request)
    asked = {"price"} if price["help"] else set()  # on this very screen
    unanswered = {q.key for q in questions if is_open(q, answers)} - asked
    lacking = {key: label for key, label in lacking.items() if not (key == "price_cents" and asked)}
    context = price | {
        "task": task,
        "item": item,
        "draft": drafted(item, answers),
        "hops": hops_of(questions, answers, "check"),
        "rows": summary_of(item, answers, questions, {*lacking, *unanswered}),
        "extras": extras_of(questions, answers),
        "is_ready": not lacking and not unanswered,
        "before": questions[-1],
        "photos": photos_of(item),
        "operation": uuid.uuid4(),
        "returned": returned_of(task),
        "error": error,
    }
    return kiosk_page(request, "workshop/write_check.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_POST
def write_send(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send it: on sale at once, or to a colleague who reads it."""
    task, worker, item = load_written(request, public_id, WRITE)
    if "step" in request.POST:  # the price moves by a euro
        return _check_page(request, task, item, "")
    try:
        if "price" in request.POST:
            _keep_price(task, worker, item, request)
        step = send_listing(task=task, item=item, hands=hands_of(request))
    except (WorkshopError, CatalogueError) as refused:
        if (over := is_over(request, task)) is not None:
            return over
        return _check_page(request, task, item, str(refused))
    return redirect("workshop:write-done", step.public_id)


def _keep_price(task: Task, worker: Worker, item: Item, request: HttpRequest) -> None:
    answers = answers_in(task, item)
    question = next(one for one in questions_of(item, answers) if one.form == "price")
    save_answers(task=task, worker=worker, **read_answer(question, request.POST, item=item, answers=answers))


def load_step(request: HttpRequest, public_id: str) -> tuple[Step, Worker]:
    """A step of writing or reviewing that the person did; raise Http404 for any other."""
    worker = request.floor.worker  # type: ignore[attr-defined]
    rows = Step.objects.filter(worker=worker, kind__in=[WRITE, REVIEW]).select_related("task")
    return get_object_or_404(rows, public_id=public_id), worker


@requires(STATION_PERMISSION)
@require_GET
def write_done(request: HttpRequest, public_id: str) -> HttpResponse:
    """What happened with it, the way to undo it, and the next task."""
    step, _worker = load_step(request, public_id)
    site = request.floor.site  # type: ignore[attr-defined]
    context = {
        "step": step,
        "outcome": step.data.get("outcome", ""),
        "can_undo": can_undo(step),
        "store_url": "" if step.is_training else _store_url(step, site),
        "store_operation": uuid.uuid4(),
    }
    return kiosk_page(request, "workshop/write_done.html", context | {"operation": uuid.uuid4()})


def _store_url(step: Step, site: Any) -> str:
    """Where the object in hand is put away, where that waits at this site and a room does it."""
    waiting = Task.objects.open().filter(kind=STORE, subject_kind=step.subject_kind, subject_id=step.subject_id).first()
    if waiting is None or waiting.site_id != site.pk or not is_known(STORE):
        return ""
    return reverse(kind_of(STORE).screen, args=[waiting.public_id])


@requires(STATION_PERMISSION)
@require_POST
def write_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take it back: it comes again as a task of the same person."""
    step, _worker = load_step(request, public_id)
    try:
        undo_step(step=step, hands=hands_of(request))
        messages.success(request, _("It is undone. You can do it again."))
    except (WorkshopError, CatalogueError) as refused:
        messages.error(request, str(refused))
    return redirect("workshop:kiosk")
