"""Books, one by one: scan the code, say yes, say its condition; then the shelf. One gesture a screen."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Book
from rebond.core.access import requires
from rebond.core.images import ImageRefused, check_weight
from rebond.core.images.check import advice_on
from rebond.core.money import parse_cents
from rebond.intake.actions.book import BOOK_CONDITIONS, keep_book, send_book
from rebond.intake.data.steps import SORT
from rebond.intake.errors import FieldInvalid, IntakeError
from rebond.intake.models import Donation
from rebond.intake.queries.books import isbn_in, known_book, look
from rebond.intake.web.loading import own_donation, somebody
from rebond.workshop.actions.listing import PUBLISHED
from rebond.workshop.actions.step import can_undo
from rebond.workshop.data.chain import PHOTOGRAPH, STORE
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kinds import is_known, kind_of
from rebond.workshop.kiosk import hands_of, kiosk_page
from rebond.workshop.labels import with_label
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step, Task, Worker
from rebond.workshop.queries.photograph import shots_taken
from rebond.workshop.queries.questions import CONDITIONS
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind


def _steps() -> list[str]:
    return [_("Scan"), pgettext("book", "Check"), _("Condition"), _("Put away")]


def _donation(request: HttpRequest, worker: Worker) -> Donation | None:
    """The one whose things are being sorted: `tri` is its task; raise Http404 for another organisation's."""
    asked = request.GET.get("tri", "")
    if not asked:
        return None
    task: Task = get_object_or_404(
        Task.objects.filter(organisation_id=worker.organisation_id, kind=SORT), public_id=asked
    )
    return own_donation(worker, task.subject_id)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponseBase:
    """`isbn` in the address is the book in hand; without it, the screen waits for a code."""
    if request.floor.worker is None:  # type: ignore[attr-defined]
        return redirect("workshop:kiosk")
    worker, _site = somebody(request)
    donation = _donation(request, worker)
    error, code = "", request.POST.get("code", "")
    if code:  # scanned again on any of the screens: the next book
        try:
            known_book(code)
        except IntakeError as refused:
            error = _place_in(code, worker) or str(refused)
        else:
            return redirect(_address(request, isbn_in(code)))
    elif request.GET.get("isbn"):
        return _in_hand(request, donation)
    context = {"steps": _steps(), "error": error, "unknown": isbn_in(code) if error else ""}
    return kiosk_page(request, "intake/book_scan.html", context, status=422 if error else 200)


def _place_in(code: str, worker: Worker) -> str:
    """The sentence where a place, a box or an order was scanned instead of a book, else ""."""
    found = resolve(code, worker.organisation)
    if found.kind == ScanKind.ORDER:
        return _("This is the order %(label)s. Scan the code of a book.") % {"label": found.label}
    if found.kind not in {ScanKind.PLACE, ScanKind.BOX}:
        return ""
    return _("This is %(label)s. Scan the code of a book.") % {"label": found.label[:40]}


def _address(request: HttpRequest, isbn: str) -> str:
    kept = request.GET.get("tri", "")
    return f"{reverse('intake:book')}?isbn={isbn}{f'&tri={kept}' if kept else ''}"


def _in_hand(request: HttpRequest, donation: Donation | None) -> HttpResponse:
    worker, _site = somebody(request)
    try:
        found = known_book(request.GET["isbn"])
    except IntakeError as refused:
        messages.error(request, str(refused))
        return redirect("intake:book")
    seen = look(found, seller=worker.organisation)
    error = ""
    if request.method == "POST":
        try:
            task = _kept(request, found, donation)
        except (IntakeError, CatalogueError, WorkshopError) as refused:
            error = str(refused)
        else:
            return redirect("intake:book-condition", task.public_id)
    context = {
        "steps": _steps(),
        "book": found,
        "seen": seen,
        "price": request.POST.get("price", seen.price_words),
        "error": error,
    }
    return kiosk_page(request, "intake/book_check.html", context, status=422 if error else 200)


def _kept(request: HttpRequest, found: Book, donation: Donation | None) -> Task:
    _worker, site = somebody(request)
    try:
        cents = parse_cents(request.POST.get("price", ""))
    except ValueError:
        raise FieldInvalid("price", _("Write a price, such as 4.")) from None
    return keep_book(
        isbn=found.isbn,
        price_cents=cents,
        site=site,
        hands=hands_of(request),
        cover=_cover(request),
        donation=donation,
    )


def _cover(request: HttpRequest) -> bytes | None:
    """The picture sent with the answer; one that is too heavy is left out."""
    file = request.FILES.get("photo")
    if file is None:
        return None
    try:
        check_weight(file.size or 0)
    except ImageRefused:
        return None
    data: bytes = file.read()
    return data


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def book_condition(request: HttpRequest, public_id: str) -> HttpResponse:
    """The last answer: touched, the book is on sale (or goes to a reviewer), and its shelf comes."""
    worker, _site = somebody(request)
    rows = Task.objects.filter(organisation_id=worker.organisation_id, kind=PHOTOGRAPH)
    task: Task = get_object_or_404(rows.select_related("site", "worker", "partner"), public_id=public_id)
    answers: dict[str, Any] | None = task.data.get("book")
    if not answers or worker.pk not in {task.worker_id, task.partner_id}:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            step = send_book(task=task, condition=request.POST.get("condition", ""), hands=hands_of(request))
        except (IntakeError, CatalogueError, WorkshopError) as refused:
            error = str(refused)
        else:
            return _to_the_shelf(request, step.subject_id, is_on_sale=step.data.get("outcome") == PUBLISHED)
    picture = shots_taken(task).get("front")
    choices = [(value, value.label, *CONDITIONS[value]) for value in BOOK_CONDITIONS]
    context = {
        "steps": _steps(),
        "task": task,
        "title": answers.get("name", ""),
        "picture": picture,
        "advice": [advice_on(fault) for fault in picture.faults] if picture else [],
        "choices": choices,
        "step": _kept_by(worker, task),
        "undoing": uuid.uuid4(),
        "error": error,
    }
    return kiosk_page(request, "intake/book_condition.html", context, status=422 if error else 200)


def _kept_by(worker: Worker, task: Task) -> Step | None:
    """The act that said that it is this book, where the person may take it back."""
    rows = Step.objects.real().filter(subject_kind=task.subject_kind, subject_id=task.subject_id, kind=SORT)
    step: Step | None = rows.filter(worker=worker).order_by("-pk").first()
    return step if step is not None and can_undo(step) else None


def _to_the_shelf(request: HttpRequest, code: str, *, is_on_sale: bool) -> HttpResponse:
    """Its shelf, read again by a colleague or not; its label leaves on that screen. Without a shelf, the next book."""
    said = _("It is on sale.") if is_on_sale else _("A colleague reads it again, then it goes on sale.")
    waiting = Task.objects.open().filter(kind=STORE, subject_kind="catalogue.item", subject_id=code).first()
    if waiting is None or not is_known(STORE):
        messages.success(request, said)
        return redirect("intake:book")
    if not is_on_sale:
        messages.info(request, said)
    return redirect(with_label(reverse(kind_of(STORE).screen, args=[waiting.public_id])))
