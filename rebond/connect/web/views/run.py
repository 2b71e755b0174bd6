"""One import: its columns, its trial, its running, its undoing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from rebond.connect.actions.categories import choose_categories
from rebond.connect.actions.corrections import correct_values, remove_correction
from rebond.connect.actions.intake import read_again, stop_reading
from rebond.connect.actions.running import pause_import, resume_import, start_import
from rebond.connect.actions.trial import start_trial
from rebond.connect.actions.undo import undo_import
from rebond.connect.actions.uploads import set_columns, set_target
from rebond.connect.enums import ImportState
from rebond.connect.errors import ImportRefused
from rebond.connect.models import ImportRun
from rebond.connect.queries.categories import describe_texts
from rebond.connect.queries.corrections import correctable
from rebond.connect.queries.imports import (
    grouped_problems,
    photo_counts,
    remaining_minutes,
    shop_step,
    skipped_reasons,
)
from rebond.connect.web.corrections import CorrectionsForm, attach
from rebond.connect.web.forms import LEFT_OUT_LABEL, CategoriesForm, ColumnsForm, KeyForm, StartForm, category_labels
from rebond.core.access import requires
from rebond.core.progress import is_worker_silent
from rebond.core.web import page

VIEW, RUN = "connect.import.view", "connect.import.run"
CORRECTED = 100  # corrections listed
EDITABLE = frozenset({ImportState.UPLOADED, ImportState.TRIED})
STEP = {
    ImportState.READING: 0,
    ImportState.UNREAD: 0,
    ImportState.UPLOADED: 1,
    ImportState.TRYING: 2,
    ImportState.TRIED: 2,
}


def load(request: HttpRequest, public_id: str) -> ImportRun:
    """The import, where the user may see it; else 404."""
    rows = ImportRun.objects.visible_to(request.user).select_related("seller", "by", "job", "file")
    found: ImportRun = get_object_or_404(rows, public_id=public_id)
    return found


def _texts(run: ImportRun) -> list[dict[str, Any]]:
    """The categories of the file, those to choose first, then the most frequent."""
    counts: dict[str, int] = run.findings.get("categories", {})
    rows = [{**row, "count": counts[row["text"]]} for row in describe_texts(run.seller, counts)]
    return sorted(rows, key=lambda r: (not r["is_open"], -r["count"], r["text"]))


def _detail(
    request: HttpRequest,
    run: ImportRun,
    *,
    columns: ColumnsForm | None = None,
    categories: CategoriesForm | None = None,
    key: KeyForm | None = None,
    corrections: CorrectionsForm | None = None,
) -> HttpResponse:
    is_editable = run.state in EDITABLE
    groups = grouped_problems(run)
    if run.state == ImportState.TRIED:
        corrections = corrections or CorrectionsForm(run=run, groups=correctable(run, groups))
    if is_editable:
        columns = columns or ColumnsForm(run=run)
        categories = categories or CategoriesForm(rows=_texts(run))
    context = {
        "run": run,
        "steps": [_("File"), _("Columns"), _("Trial"), _("Import")],
        "step": STEP.get(run.state, 3),  # type: ignore[call-overload]
        "is_editable": is_editable,
        "columns": columns,
        "categories": categories,
        "our_categories": [str(LEFT_OUT_LABEL), *category_labels()] if is_editable else [],
        "start": StartForm(run=run),
        "key": key or KeyForm(),
        "reading": shop_step(run) if run.state == ImportState.READING else "",
        "groups": attach(groups, corrections),
        "corrections": corrections,
        "corrected": list(run.corrections.all()[:CORRECTED]) if is_editable else [],
        "skips": skipped_reasons(run),
        "photos": photo_counts(run),
        "minutes": remaining_minutes(run),
        "is_worker_silent": run.is_working and is_worker_silent(),
    }
    is_wrong = any(
        form is not None and form.is_bound and not form.is_valid() for form in (columns, categories, key, corrections)
    )
    return page(request, "connect/import_detail.html", context, partial="progress", status=422 if is_wrong else 200)


@requires(VIEW)
@require_GET
def import_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The import as it stands; its progress polls itself, and the whole page comes back once the work is over."""
    run = load(request, public_id)
    response = _detail(request, run)
    if getattr(request, "htmx", False) and not run.is_working:
        response.headers["HX-Refresh"] = "true"
    return response


@requires(RUN)
@require_POST
def columns_set(request: HttpRequest, public_id: str) -> HttpResponse:
    """Columns are corrected, the whole file is tried."""
    run = load(request, public_id)
    form = ColumnsForm(request.POST, run=run)
    if form.is_valid():
        try:
            set_columns(
                run=run,
                mapping=form.mapping(),
                defaults=form.defaults(),
                keep=form.cleaned_data["keep"],
                by=request.user,
            )
            start_trial(run=run, by=request.user)
            return redirect("connect:import-detail", run.public_id)
        except ImportRefused as refused:
            form.add_error(None, str(refused))
    return _detail(request, run, columns=form)


@requires(RUN)
@require_POST
def categories_choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Our categories for the seller's words: remembered, then the file is tried again."""
    run = load(request, public_id)
    form = CategoriesForm(request.POST, rows=_texts(run))
    if form.is_valid():
        try:
            choose_categories(seller=run.seller, choices=form.choices(), by=request.user)
            start_trial(run=run, by=request.user)
            return redirect("connect:import-detail", run.public_id)
        except ImportRefused as refused:
            form.add_error(None, str(refused))
    return _detail(request, run, categories=form)


@requires(RUN)
@require_POST
def corrections_set(request: HttpRequest, public_id: str) -> HttpResponse:
    """New values for refused lines: kept with the import, then the file is tried again."""
    run = load(request, public_id)
    form = CorrectionsForm(request.POST, run=run, groups=correctable(run, grouped_problems(run)))
    if form.is_valid():
        lines, values = form.corrections()
        try:
            correct_values(run=run, lines=lines, values=values, by=request.user)
            start_trial(run=run, by=request.user)
            return redirect("connect:import-detail", run.public_id)
        except ImportRefused as refused:
            form.add_error(None, str(refused))
    return _detail(request, run, corrections=form)


@requires(RUN)
@require_POST
def correction_remove(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """One correction less; the file is tried again."""
    run = load(request, public_id)
    correction = get_object_or_404(run.corrections, pk=pk)
    try:
        remove_correction(run=run, correction=correction, by=request.user)
        start_trial(run=run, by=request.user)
    except ImportRefused as refused:
        messages.error(request, str(refused))
    return redirect("connect:import-detail", run.public_id)


@requires(RUN)
@require_POST
def import_start(request: HttpRequest, public_id: str) -> HttpResponse:
    run = load(request, public_id)
    form = StartForm(request.POST, run=run)
    try:
        if form.is_valid():
            set_target(run=run, target=form.cleaned_data["target"], by=request.user)
        start_import(run=run, by=request.user)
    except ImportRefused as refused:
        messages.error(request, str(refused))
    return redirect("connect:import-detail", run.public_id)


@sensitive_post_parameters("key")
@requires(RUN)
@require_POST
def reading_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """A shop that could not be read is asked again, with its key."""
    run = load(request, public_id)
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            read_again(run=run, key=form.cleaned_data["key"], by=request.user)
        except ImportRefused as refused:
            messages.error(request, str(refused))
        return redirect("connect:import-detail", run.public_id)
    return _detail(request, run, key=form)


def _act(request: HttpRequest, public_id: str, action: Any, done: str) -> HttpResponse:
    run = load(request, public_id)
    try:
        action(run=run, by=request.user)
        messages.success(request, done)
    except ImportRefused as refused:
        messages.error(request, str(refused))
    return redirect("connect:import-detail", run.public_id)


@requires(RUN)
@require_POST
def reading_stop(request: HttpRequest, public_id: str) -> HttpResponse:
    return _act(request, public_id, stop_reading, _("Stopped. The key is forgotten."))


@requires(RUN)
@require_POST
def import_pause(request: HttpRequest, public_id: str) -> HttpResponse:
    return _act(request, public_id, pause_import, _("Paused. What is written stays; go on when you wish."))


@requires(RUN)
@require_POST
def import_resume(request: HttpRequest, public_id: str) -> HttpResponse:
    return _act(request, public_id, resume_import, _("It goes on where it stopped."))


@requires(RUN)
@require_POST
def import_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    return _act(request, public_id, undo_import, _("The import is being undone."))
