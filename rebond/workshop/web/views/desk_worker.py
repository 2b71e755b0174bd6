"""People of the workshop: card, badge, code, what they can do. And who waits for a supervisor."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.workshop.actions import sign_in
from rebond.workshop.actions import worker as actions
from rebond.workshop.errors import FieldInvalid, WorkshopError
from rebond.workshop.kinds import all_kinds
from rebond.workshop.models import HelpCall, SignInRequest, Worker
from rebond.workshop.queries.desk import open_calls, open_requests, workers_of
from rebond.workshop.web.exports import WORKERS
from rebond.workshop.web.forms import BadgeEndForm, PinForm, SkillForm, WorkerForm

CHANGE = "workshop.worker.change"
TASKS = "workshop.task.change"
PER_PAGE = 50


def load_worker(request: HttpRequest, public_id: str) -> Worker:
    """A person of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Worker.objects.visible_to(request.user).filter(organisation=organisation)
    found: Worker = get_object_or_404(rows.select_related("user", "organisation"), public_id=public_id)
    return found


@requires(CHANGE)
@require_GET
def worker_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    words = request.GET.get("q", "")[:60]
    is_present = request.GET.get("parties") != "1"
    rows = workers_of(organisation, words=words, is_present=is_present)
    if (download := wanted_export(request, rows, WORKERS, _("team"))) is not None:
        return download
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "is_present": is_present,
    }
    return page(request, "workshop/desk/worker_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def worker_add(request: HttpRequest) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = WorkerForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        made = made_once(
            Worker,
            act_of(request),
            lambda: actions.add_worker(organisation=organisation, by=request.user, **form.cleaned_data),
        )
        messages.success(request, _("%(name)s is in the team. Print a badge.") % {"name": made.first_name})
        return redirect("workshop-desk:worker-detail", made.public_id)
    context = {"form": form, "person": None}
    return page(request, "workshop/desk/worker_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def worker_change(request: HttpRequest, public_id: str) -> HttpResponse:
    worker = load_worker(request, public_id)
    initial = {name: getattr(worker, name) for name in ("first_name", "status", "reviewed_percent")}
    form = WorkerForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        actions.change_worker(worker=worker, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(name)s is saved.") % {"name": worker.first_name})
        return redirect("workshop-desk:worker-detail", worker.public_id)
    context = {"form": form, "person": worker}
    return page(request, "workshop/desk/worker_form.html", context, status=422 if form.is_bound else 200)


def _detail(worker: Worker, **more: Any) -> dict[str, Any]:
    known = {skill.kind: skill for skill in worker.skills.all()}
    return {
        "person": worker,
        "badge": worker.badges.filter(ended_on__isnull=True).first(),
        "former": list(worker.badges.filter(ended_on__isnull=False)[:5]),
        "end_form": BadgeEndForm(),
        "pin_form": PinForm(),
        "skills": [(kind, known.get(kind.code)) for kind in all_kinds()],
        "choices": SkillForm(),
        **more,
    }


@requires(CHANGE)
@require_GET
def worker_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return page(request, "workshop/desk/worker_detail.html", _detail(load_worker(request, public_id)))


@requires(CHANGE)
@require_POST
def worker_end(request: HttpRequest, public_id: str) -> HttpResponse:
    worker = actions.end_worker(worker=load_worker(request, public_id), by=request.user)
    messages.success(request, _("%(name)s left the team. The badge no longer works.") % {"name": worker.first_name})
    return redirect("workshop-desk:worker-list")


@requires(CHANGE)
@require_POST
def badge_issue(request: HttpRequest, public_id: str) -> HttpResponse:
    """The new badge is shown once, to print: only its hash is kept."""
    worker = load_worker(request, public_id)
    badge, token = actions.issue_badge(worker=worker, by=request.user)
    context = {"person": worker, "badge": badge, "new_badge": token}
    response = page(request, "workshop/desk/badge_print.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@requires(CHANGE)
@require_POST
def badge_end(request: HttpRequest, public_id: str) -> HttpResponse:
    worker = load_worker(request, public_id)
    form = BadgeEndForm(request.POST)
    badge = worker.badges.filter(ended_on__isnull=True).first()
    if not form.is_valid():
        return page(request, "workshop/desk/worker_detail.html", _detail(worker, end_form=form), status=422)
    if badge is not None:
        actions.end_badge(badge=badge, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The badge no longer works."))
    return redirect("workshop-desk:worker-detail", worker.public_id)


@requires(CHANGE)
@require_POST
def pin_set(request: HttpRequest, public_id: str) -> HttpResponse:
    worker = load_worker(request, public_id)
    form = PinForm(request.POST)
    if form.is_valid():
        try:
            actions.set_pin(worker=worker, pin=form.cleaned_data["pin"], by=request.user)
        except FieldInvalid as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(
                request, _("The code is saved.") if form.cleaned_data["pin"] else _("The code is removed.")
            )
            return redirect("workshop-desk:worker-detail", worker.public_id)
    return page(request, "workshop/desk/worker_detail.html", _detail(worker, pin_form=form), status=422)


@requires(CHANGE)
@require_POST
def skill_set(request: HttpRequest, public_id: str) -> HttpResponse:
    worker = load_worker(request, public_id)
    form = SkillForm(request.POST)
    if form.is_valid() and form.cleaned_data["kind"] in {kind.code for kind in all_kinds()}:
        actions.set_skill(worker=worker, by=request.user, **form.cleaned_data)
        messages.success(request, _("It is noted."))
    else:
        messages.error(request, _("Choose one of the answers."))
    return redirect("workshop-desk:worker-detail", worker.public_id)


@requires(TASKS)
@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    """Who asked for help, who waits without a badge; asked again each five seconds."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    context = {"calls": open_calls(organisation), "requests": open_requests(organisation)}
    return page(request, "workshop/desk/call_list.html", context, partial="calls")


@requires(TASKS)
@require_POST
def call_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    call = get_object_or_404(HelpCall, public_id=public_id, worker__organisation=organisation)
    sign_in.answer_help(call=call, by=request.user)
    return redirect("workshop-desk:call-list")


@requires(TASKS)
@require_POST
def request_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = SignInRequest.objects.filter(worker__organisation=organisation).select_related("worker__organisation")
    asked = get_object_or_404(rows, public_id=public_id)
    is_confirmed = request.POST.get("answer") == "yes"
    try:
        sign_in.decide_request(request=asked, is_confirmed=is_confirmed, by=request.user)
        said = _("%(name)s may go on.") if is_confirmed else _("The sign-in of %(name)s is refused.")
        messages.success(request, said % {"name": asked.worker.first_name})
    except WorkshopError as refused:
        messages.error(request, str(refused))
    return redirect("workshop-desk:call-list")
