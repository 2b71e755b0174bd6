"""The list of people by urgency, a new file, the numbers."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.people.actions.person import welcome_person
from rebond.people.actions.reading import read_list
from rebond.people.errors import PeopleError
from rebond.people.models import Person
from rebond.people.queries.people import ALL, FORMER, MINE, WITHOUT, as_rows, figures_of, listed, page_after
from rebond.people.web.exports import PEOPLE
from rebond.people.web.forms import WelcomeForm

VIEW, READ, CHANGE, FIGURES = "people.person.view", "people.file.read", "people.file.change", "people.figures.view"
PER_PAGE = 50


def _tabs(*, is_whole: bool) -> list[tuple[str, str]]:
    mine = [(MINE, _("Mine"))] if is_whole else []
    return [*mine, (ALL, pgettext("people", "All")), (WITHOUT, _("Nothing is due")), (FORMER, _("Have left"))]


@requires(VIEW)
@require_safe
@never_cache
def person_list(request: HttpRequest) -> HttpResponseBase:
    """By deadline, the first one first. The list is one entry of the journal, and so is a download."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    is_whole = request.access.can(READ)  # type: ignore[attr-defined]
    words, which = request.GET.get("q", "")[:100], request.GET.get("qui", "")
    which = which or ("" if is_whole else ALL)
    rows = listed(organisation, which=which, counsellor=request.user, words=words, by_family_name=is_whole)
    if "export" in request.GET:
        read_list(organisation=organisation, number=rows.count(), by=request.user)
    if (download := wanted_export(request, rows, PEOPLE, _("people"))) is not None:
        return download
    after = request.GET.get("apres", "")
    found, next_key = page_after(rows, after, PER_PAGE)
    read_list(organisation=organisation, number=len(found), by=request.user)
    context: dict[str, Any] = {"rows": as_rows(found), "next_key": next_key, "is_first": not after, "words": words}
    context |= {"which": which, "tabs": _tabs(is_whole=is_whole), "is_whole": is_whole}
    return page(request, "people/desk/person_list.html", context, partial="results")


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def person_welcome(request: HttpRequest) -> HttpResponse:
    form = WelcomeForm(request.POST or None, initial={"starts_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        person = bind_errors(form, lambda: _welcomed(request, form), PeopleError)
        if person is not None:
            messages.success(request, _("The file is open. You follow this person."))
            return redirect("people-desk:person-detail", person.public_id)
    context = {"form": form, "operation": request.POST.get("operation") or uuid.uuid4()}
    return page(request, "people/desk/person_welcome.html", context, status=422 if form.errors else 200)


def _welcomed(request: HttpRequest, form: WelcomeForm) -> Person:
    days = {name: form.cleaned_data[name] for name in ("kind", "starts_on", "ends_on")}
    organisation = request.access.organisation  # type: ignore[attr-defined]
    return made_once(
        Person,
        act_of(request),
        lambda: welcome_person(organisation=organisation, identity=form.identity, by=request.user, **days),
    )


@requires(FIGURES)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Numbers only: the page of those who read no file."""
    found, total = figures_of(request.access.organisation)  # type: ignore[attr-defined]
    return page(request, "people/desk/figures.html", {"figures": found, "total": total, "day": timezone.localdate()})
