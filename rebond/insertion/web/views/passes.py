"""The PASS IAE of a person: where it stands, and what moves it."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.insertion.actions.iae_pass import enter_pass, lift_suspension, prolong_pass, suspend_pass
from rebond.insertion.errors import InsertionError
from rebond.insertion.models import Pass, PassProlongation, PassSuspension
from rebond.insertion.queries.passes import shown_pass
from rebond.insertion.web.forms import EnterForm, LiftForm, ProlongForm, SuspendForm
from rebond.insertion.web.loading import load_person
from rebond.people.actions.reading import read_person
from rebond.people.models import Person

VIEW, CHANGE = "insertion.pass.view", "insertion.pass.change"
FORMS: dict[str, Callable[..., forms.Form]] = {"enter": EnterForm, "suspend": SuspendForm, "prolong": ProlongForm}


def _last(person: Person) -> Pass:
    """The last PASS of the person; raise Http404."""
    found: Pass = get_object_or_404(Pass.objects.filter(person=person).order_by("-starts_on", "-pk")[:1])
    return found


def _page(request: HttpRequest, person: Person, refused: dict[str, forms.Form] | None = None) -> HttpResponse:
    """Each form has ids of its own; `refused` is the one that was sent. The page is a reading of the file."""
    read_person(person=person, by=request.user, is_whole=True)
    shown, refused = shown_pass(person), refused or {}
    empty = {name: form(auto_id=f"id_{name}_%s") for name, form in FORMS.items()}
    lifting = refused.get("lift")
    rows = [
        (row, lifting if lifting and lifting.auto_id == _auto(row) else LiftForm(auto_id=_auto(row)))
        for row in (shown.suspensions if shown else [])
    ]
    context: dict[str, Any] = {"person": person, "shown": shown, "suspensions": rows, "forms": empty | refused}
    context |= {"can_change": request.access.can(CHANGE), "operation": request.POST.get("operation") or uuid.uuid4()}  # type: ignore[attr-defined]
    return page(request, "insertion/pass.html", context, status=422 if refused else 200)


def _auto(row: PassSuspension) -> str:
    return f"id_{row.public_id}_%s"


def _acted(
    request: HttpRequest, person: Person, name: str, act: Callable[[dict[str, Any]], Any], said: str | Promise
) -> HttpResponse:
    """Run `act` with what the form `name` says, and go back to the page; a refusal stays next to its field."""
    form = FORMS[name](request.POST, auto_id=f"id_{name}_%s")
    if form.is_valid() and bind_errors(form, lambda: act(form.cleaned_data), InsertionError) is not None:
        messages.success(request, str(said))
        return redirect("insertion-desk:pass", person.public_id)
    return _page(request, person, {name: form})


@requires(VIEW)
@require_safe
@never_cache
def pass_detail(request: HttpRequest, person_id: str) -> HttpResponse:
    return _page(request, load_person(request, person_id))


@requires(CHANGE)
@require_POST
@never_cache
def pass_enter(request: HttpRequest, person_id: str) -> HttpResponse:
    person = load_person(request, person_id)
    said = gettext_lazy("The PASS is written. Its end is in the list of people.")
    return _acted(request, person, "enter", lambda words: enter_pass(person=person, by=request.user, **words), said)


@requires(CHANGE)
@require_POST
@never_cache
def pass_suspend(request: HttpRequest, person_id: str) -> HttpResponse:
    person = load_person(request, person_id)
    last, said = _last(person), gettext_lazy("The PASS is suspended: its end moves.")
    return _acted(request, person, "suspend", lambda words: suspend_pass(iae_pass=last, by=request.user, **words), said)


@requires(CHANGE)
@require_POST
@never_cache
def pass_prolong(request: HttpRequest, person_id: str) -> HttpResponse:
    person = load_person(request, person_id)
    last, said = _last(person), gettext_lazy("The PASS is prolonged.")

    def act(words: dict[str, Any]) -> PassProlongation:
        make = lambda: prolong_pass(iae_pass=last, by=request.user, **words)  # noqa: E731 -- what is made once
        return made_once(PassProlongation, act_of(request), make)

    return _acted(request, person, "prolong", act, said)


@requires(CHANGE)
@require_POST
@never_cache
def pass_lift(request: HttpRequest, person_id: str, suspension_id: str) -> HttpResponse:
    """The person is hired again."""
    person = load_person(request, person_id)
    rows = PassSuspension.objects.filter(iae_pass=_last(person))
    suspension: PassSuspension = get_object_or_404(rows, public_id=suspension_id)
    form = LiftForm(request.POST, auto_id=_auto(suspension))
    if form.is_valid():
        day = form.cleaned_data["hired_on"]
        bind_errors(form, lambda: lift_suspension(suspension=suspension, hired_on=day, by=request.user), InsertionError)
    if form.errors:
        return _page(request, person, {"lift": form})
    messages.success(request, _("The suspension ends the day before. The end of the PASS follows."))
    return redirect("insertion-desk:pass", person.public_id)
