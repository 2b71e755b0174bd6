"""The exits of one person: written, corrected, cancelled."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.insertion.actions.exit import cancel_exit, correct_exit, record_exit
from rebond.insertion.errors import InsertionError
from rebond.insertion.models import Exit
from rebond.insertion.queries.exits import standing_exits
from rebond.insertion.queries.news import news_of
from rebond.insertion.queries.stays import may_choose, may_leave, structure_of
from rebond.insertion.web.exit_forms import CorrectForm, ExitForm
from rebond.insertion.web.loading import load_person
from rebond.people.actions.reading import read_person
from rebond.people.models import Person, Status

VIEW, CHANGE = "insertion.exit.view", "insertion.exit.change"


def _form(person: Person, status: Status, data: Any = None) -> ExitForm:
    today = timezone.localdate()
    last = min(status.ends_on or today, today)
    kind = structure_of(status, person.organisation)
    return ExitForm(data, kind=kind, may_choose=may_choose(status), initial={"left_on": last, "kind": kind})


def _page(
    request: HttpRequest, person: Person, status: Status | None = None, form: ExitForm | None = None
) -> HttpResponse:
    """`status` is the one whose exit is written. The page is a reading of the file."""
    read_person(person=person, by=request.user, is_whole=True)
    statuses = may_leave(person)
    chosen = status or next((row for row in statuses if row.public_id == request.GET.get("statut")), None)
    chosen = chosen or (statuses[0] if statuses else None)
    exits = standing_exits(person)
    context = {
        "person": person,
        "exits": exits,
        "news": news_of(exits),
        "statuses": statuses,
        "chosen": chosen,
        "form": form or (_form(person, chosen) if chosen else None),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "insertion/exits.html", context, status=422 if form is not None else 200)


@requires(VIEW)
@require_safe
@never_cache
def exit_detail(request: HttpRequest, person_id: str) -> HttpResponse:
    return _page(request, load_person(request, person_id))


@requires(CHANGE)
@require_POST
@never_cache
def exit_record(request: HttpRequest, person_id: str, status_id: str) -> HttpResponse:
    person = load_person(request, person_id)
    status: Status = get_object_or_404(Status.objects.filter(person=person), public_id=status_id)
    form = _form(person, status, request.POST)
    if form.is_valid():
        done = bind_errors(
            form, lambda: record_exit(person=person, status=status, told=form.told, by=request.user), InsertionError
        )
        if done is not None:
            messages.success(request, _("The exit is written, and the status ended."))
            return redirect("insertion-desk:exit", person.public_id)
    return _page(request, person, status, form)


def _load(person: Person, exit_id: str) -> Exit:
    found: Exit = get_object_or_404(
        Exit.objects.select_related("person__organisation", "status__person", "reason"),
        public_id=exit_id,
        person=person,
    )
    return found


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def exit_correct(request: HttpRequest, person_id: str, exit_id: str) -> HttpResponse:
    """What was said before stays, and is shown."""
    person = load_person(request, person_id)
    found = _load(person, exit_id)
    if found.cancelled_at is not None:
        raise Http404
    initial = {name: getattr(found, name) for name in ExitForm.base_fields} | {"reason": found.reason.public_id}
    choose = may_choose(found.status)
    form = CorrectForm(request.POST or None, kind=found.kind, may_choose=choose, kept=found, initial=initial)
    seen = request.POST.get("seen", str(found.version))
    if request.method == "POST" and form.is_valid():
        said = {"told": form.told, "why": form.cleaned_data["why"], "seen": int(seen[:9]) if seen.isdecimal() else 0}
        if bind_errors(form, lambda: correct_exit(exit=found, by=request.user, **said), InsertionError) is not None:
            messages.success(request, _("It is corrected. What was written before stays beside it."))
            return redirect("insertion-desk:exit", person.public_id)
    read_person(person=person, by=request.user, is_whole=True)
    context = {"form": form, "person": person, "exit": found, "seen": seen, "versions": found.versions.all()}
    return page(request, "insertion/exit_correct.html", context, status=422 if form.errors else 200)


@requires(CHANGE)
@require_POST
@never_cache
def exit_cancel(request: HttpRequest, person_id: str, exit_id: str) -> HttpResponse:
    person = load_person(request, person_id)
    cancel_exit(exit=_load(person, exit_id), by=request.user)
    messages.success(request, _("The exit is cancelled: it counts nowhere. Look at the last day of the status."))
    return redirect("insertion-desk:exit", person.public_id)
