"""What a person agreed to, at the desk: signed papers are written down, withdrawals on request."""

import datetime
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
from rebond.people.actions.consent import give_consent, withdraw_consent
from rebond.people.actions.reading import read_person
from rebond.people.enums import ConsentHow, ConsentKind
from rebond.people.errors import PeopleError
from rebond.people.models import Person
from rebond.people.queries.consents import agreed_by
from rebond.people.web.forms import PaperForm
from rebond.people.web.views.desk_file import CHANGE, READ, load


def _form(kind: str, data: Any = None) -> PaperForm:
    """One of several on the page: its field has an id of its own."""
    return PaperForm(data, auto_id=f"id_{kind}_%s")


def _page(request: HttpRequest, person: Person, refused: tuple[str, PaperForm] | None = None) -> HttpResponse:
    read_person(person=person, by=request.user, is_whole=True)
    rows = [
        (row, refused[1] if refused and refused[0] == row.kind else _form(row.kind))
        for row in agreed_by([person])[person.pk]
    ]
    can_change = request.access.can(CHANGE)  # type: ignore[attr-defined]
    context = {"person": person, "rows": rows, "can_change": can_change}
    return page(request, "people/desk/consents.html", context, status=422 if refused else 200)


def _kind(kind: str) -> str:
    if kind not in ConsentKind.values:
        raise Http404
    return kind


@requires(READ)
@require_safe
@never_cache
def consents(request: HttpRequest, person_id: str) -> HttpResponse:
    return _page(request, load(request, person_id))


@requires(CHANGE)
@require_POST
@never_cache
def consent_give(request: HttpRequest, person_id: str, kind: str) -> HttpResponse:
    """A paper that the person signed."""
    person, form = load(request, person_id), _form(_kind(kind), request.POST)

    def give() -> Any:
        day: datetime.date = form.cleaned_data["given_on"]
        return give_consent(person=person, kind=kind, how=ConsentHow.PAPER, given_on=day, by=request.user)

    if not form.is_valid() or bind_errors(form, give, PeopleError) is None:
        return _page(request, person, (kind, form))
    messages.success(request, _("It is written. The person can take it back on any day."))
    return redirect("people-desk:consents", person.public_id)


@requires(CHANGE)
@require_POST
@never_cache
def consent_withdraw(request: HttpRequest, person_id: str, kind: str) -> HttpResponse:
    """The person asked it."""
    person = load(request, person_id)
    if withdraw_consent(person=person, kind=_kind(kind), by=request.user):
        messages.success(request, _("It is taken back from today."))
    return redirect("people-desk:consents", person.public_id)
