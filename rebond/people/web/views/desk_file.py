"""One file: read whole by a counsellor, its status and dates by a supervisor, written in by counsellors."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in
from rebond.core.web import page
from rebond.people.actions.person import change_person, follow_person
from rebond.people.actions.reading import read_person
from rebond.people.actions.status import begin_status, end_status
from rebond.people.deadlines import MEETING
from rebond.people.enums import SEEN_AT_WORK
from rebond.people.errors import PeopleError
from rebond.people.file_parts import parts_for
from rebond.people.models import Deadline, Person, Status
from rebond.people.queries.consents import agreed_by
from rebond.people.queries.needs import known_of, limits_of
from rebond.people.queries.own import SHOWN
from rebond.people.queries.people import accounts_for, as_rows, counsellors_of, readings_of
from rebond.people.web.forms import EndForm, FollowForm, IdentityForm, StatusForm

VIEW, READ, CHANGE = "people.person.view", "people.file.read", "people.file.change"


def load(request: HttpRequest, person_id: str) -> Person:
    """A person of the organisation acted for; raise Http404."""
    rows = Person.objects.visible_to(request.user).filter(organisation=request.access.organisation)  # type: ignore[attr-defined]
    found: Person = get_object_or_404(rows.select_related("organisation", "counsellor", "user"), public_id=person_id)
    return found


def seen_of(request: HttpRequest, person: Person) -> int:
    """The version of the file that the form was shown with; 0, which no file has, for anything else."""
    return key_in(request.POST.get("seen", str(person.version))) or 0


def _end_form(status: Status, data: Any = None) -> EndForm:
    """One of several on the page: its field has an id of its own."""
    return EndForm(data, initial={"ends_on": status.ends_on}, auto_id=f"id_{status.public_id}_%s")


def _detail(
    request: HttpRequest, person: Person, *, status: StatusForm | None = None, end: Any = (None, None)
) -> HttpResponse:
    """`end` is the status whose end was refused, and its form. The page is a reading, whichever way it comes."""
    is_whole = request.access.can(READ)  # type: ignore[attr-defined]
    read_person(person=person, by=request.user, is_whole=is_whole)
    statuses = Status.objects.filter(person=person).order_by("-starts_on", "-pk")
    ends = [(row, end[1] if row.pk == end[0] else _end_form(row)) for row in statuses]
    context = {
        "person": person,
        "row": as_rows([person])[0],
        "statuses": ends,
        "consents": [row for row in agreed_by([person])[person.pk] if is_whole or row.kind in SEEN_AT_WORK],
        "deadlines": Deadline.objects.filter(person=person).order_by("due_on", "pk"),
        "is_whole": is_whole,
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "status_form": status or StatusForm(),
        "parts": (parts := parts_for(request.access)),  # type: ignore[attr-defined]
        "cards": [(part, part.desk_facts(person)) for part in parts if is_whole and part.desk_facts],
        "readings": readings_of(person) if is_whole else [],
    }
    if is_whole:
        context |= {"known": known_of([person])[person.pk], "corrections": person.corrections.all()[:SHOWN]}
    else:
        context["limits"] = limits_of(person)
    is_refused = bool((status and status.errors) or (end[1] and end[1].errors))
    template = "people/desk/person_detail.html" if is_whole else "people/desk/person_glance.html"
    return page(request, template, context, status=422 if is_refused else 200)


@requires(VIEW)
@require_safe
@never_cache
def person_detail(request: HttpRequest, person_id: str) -> HttpResponse:
    return _detail(request, load(request, person_id))


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def person_change(request: HttpRequest, person_id: str) -> HttpResponse:
    """The identity, written anew. It shows what is sealed: a reading too."""
    person = load(request, person_id)
    form = IdentityForm(
        request.POST or None, initial={name: getattr(person, name) for name in IdentityForm.base_fields}
    )
    seen = seen_of(request, person)
    if request.method == "POST" and form.is_valid():
        who = form.identity
        done = bind_errors(
            form, lambda: change_person(person=person, identity=who, seen=seen, by=request.user), PeopleError
        )
        if done is not None:
            messages.success(request, _("It is written. The person can read it."))
            return redirect("people-desk:person-detail", person.public_id)
    read_person(person=person, by=request.user, is_whole=True)
    context = {"form": form, "person": person, "seen": seen}
    return page(request, "people/desk/person_change.html", context, status=422 if form.errors else 200)


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def person_follow(request: HttpRequest, person_id: str) -> HttpResponse:
    person = load(request, person_id)
    meeting = Deadline.objects.filter(person=person, kind=MEETING).values_list("due_on", flat=True).first()
    form = FollowForm(
        request.POST or None,
        initial={"meeting_on": meeting, "counsellor": person.counsellor, "user": person.user},
        counsellors=counsellors_of(person.organisation),
        accounts=accounts_for(person),
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = bind_errors(form, lambda: follow_person(person=person, by=request.user, **said), PeopleError)
        if done is not None:
            messages.success(request, _("It is noted."))
            return redirect("people-desk:person-detail", person.public_id)
    context = {"form": form, "person": person}
    return page(request, "people/desk/person_follow.html", context, status=422 if form.errors else 200)


@requires(CHANGE)
@require_POST
@never_cache
def status_begin(request: HttpRequest, person_id: str) -> HttpResponse:
    person, form = load(request, person_id), StatusForm(request.POST)
    if form.is_valid():
        done = bind_errors(form, lambda: begin_status(person=person, by=request.user, **form.cleaned_data), PeopleError)
        if done is not None:
            messages.success(request, _("The status is written."))
            return redirect("people-desk:person-detail", person.public_id)
    return _detail(request, person, status=form)


@requires(CHANGE)
@require_POST
@never_cache
def status_end(request: HttpRequest, person_id: str, status_id: str) -> HttpResponse:
    person = load(request, person_id)
    status: Status = get_object_or_404(Status.objects.filter(person=person), public_id=status_id)
    form = _end_form(status, request.POST)
    if form.is_valid():
        ends_on = form.cleaned_data["ends_on"]
        done = bind_errors(form, lambda: end_status(status=status, ends_on=ends_on, by=request.user), PeopleError)
        if done is not None:
            messages.success(request, _("The last day is written."))
            return redirect("people-desk:person-detail", person.public_id)
    return _detail(request, person, end=(status.pk, form))
