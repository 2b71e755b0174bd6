"""What helps to accompany a person, and whom to call, at the desk of their counsellor."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.people.actions.need import drop_trusted, note_need, note_trusted
from rebond.people.actions.reading import read_person
from rebond.people.errors import PeopleError
from rebond.people.models import Person
from rebond.people.needs import NeedKind
from rebond.people.queries.needs import known_of
from rebond.people.web.forms import NeedForm, TrustedForm
from rebond.people.web.views.desk_file import CHANGE, READ, load, seen_of


def _page(
    request: HttpRequest, person: Person, refused: dict[str, NeedForm] | None = None, trusted: TrustedForm | None = None
) -> HttpResponse:
    """All kinds, each with its form; what was refused keeps what was typed."""
    read_person(person=person, by=request.user, is_whole=True)
    known = known_of([person])[person.pk]
    needs = {need.kind: need for need in known.needs}
    forms = {kind: NeedForm(kind=kind, need=needs.get(kind)) for kind in NeedKind} | (refused or {})
    context: dict[str, Any] = {
        "person": person,
        "rows": [(kind, kind.label, needs.get(kind), forms[kind]) for kind in NeedKind],
        "trusted": known.trusted,
        "trusted_form": trusted or TrustedForm(trusted=known.trusted),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "seen": seen_of(request, person),
    }
    return page(request, "people/desk/needs.html", context, status=422 if refused or trusted else 200)


@requires(READ)
@require_safe
@never_cache
def needs(request: HttpRequest, person_id: str) -> HttpResponse:
    return _page(request, load(request, person_id))


@requires(CHANGE)
@require_POST
@never_cache
def need_note(request: HttpRequest, person_id: str, kind: str) -> HttpResponse:
    person = load(request, person_id)
    if kind not in NeedKind.values:
        raise Http404
    form, seen = NeedForm(request.POST, kind=kind), seen_of(request, person)
    if form.is_valid():
        said = form.noted
        bind_errors(
            form, lambda: note_need(person=person, kind=kind, said=said, seen=seen, by=request.user), PeopleError
        )
    if form.errors:
        return _page(request, person, {NeedKind(kind): form})
    messages.success(request, _("It is written. The person can read it."))
    return redirect("people-desk:needs", person.public_id)


@requires(CHANGE)
@require_POST
@never_cache
def trusted_note(request: HttpRequest, person_id: str) -> HttpResponse:
    person = load(request, person_id)
    form, seen = TrustedForm(request.POST), seen_of(request, person)
    if form.is_valid():
        said = form.whom
        bind_errors(form, lambda: note_trusted(person=person, whom=said, seen=seen, by=request.user), PeopleError)
    if form.errors:
        return _page(request, person, trusted=form)
    messages.success(request, _("It is written. The person can change it."))
    return redirect("people-desk:needs", person.public_id)


@requires(CHANGE)
@require_POST
@never_cache
def trusted_drop(request: HttpRequest, person_id: str) -> HttpResponse:
    person = load(request, person_id)
    if drop_trusted(person=person, by=request.user):
        messages.success(request, _("Nobody is called any more."))
    return redirect("people-desk:needs", person.public_id)
