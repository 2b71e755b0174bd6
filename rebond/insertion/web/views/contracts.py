"""The contracts of a person: a new one, and what becomes of each."""

import io
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.pdf import render_pdf
from rebond.core.web import act_of, page, private_file
from rebond.insertion.actions.contract import amend_contract, renew_contract, sign_contract
from rebond.insertion.actions.contract_life import end_contract, pause_contract, resume_contract
from rebond.insertion.errors import InsertionError
from rebond.insertion.models import Contract, ContractEnd, ContractPause, ContractTerms
from rebond.insertion.queries.contract_paper import paper_of
from rebond.insertion.queries.contract_track import track_of
from rebond.insertion.queries.contracts import ShownContract, shown_contracts
from rebond.insertion.web.contract_forms import AmendForm, EndForm, PauseForm, RenewForm, ResumeForm, SignForm
from rebond.insertion.web.loading import load_person
from rebond.people.actions.reading import read_person
from rebond.people.errors import PeopleError
from rebond.people.models import Person

VIEW, CHANGE = "insertion.contract.view", "insertion.contract.change"
REFUSED = (InsertionError, PeopleError)
FORMS: dict[str, type[forms.Form]] = {"renew": RenewForm, "amend": AmendForm, "pause": PauseForm, "end": EndForm}


def contract_of(person: Person, contract_id: str) -> Contract:
    """A contract of the person; raise Http404."""
    rows = Contract.objects.filter(person=person).select_related("person__organisation", "organisation")
    found: Contract = get_object_or_404(rows, public_id=contract_id)
    return found


@requires(VIEW)
@require_safe
@never_cache
def contracts(request: HttpRequest, person_id: str) -> HttpResponse:
    """All of them, the last first. The page is a reading of the file."""
    person = load_person(request, person_id)
    read_person(person=person, by=request.user, is_whole=True)
    rows = shown_contracts(person)
    context: dict[str, Any] = {"person": person, "rows": rows, "track": track_of(rows, timezone.localdate())}
    context["can_change"] = request.access.can(CHANGE)  # type: ignore[attr-defined]
    return page(request, "insertion/contracts.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def contract_new(request: HttpRequest, person_id: str) -> HttpResponse:
    person = load_person(request, person_id)
    form = SignForm(request.POST or None, initial={"structure": person.organisation.kind.upper()})
    if request.method == "POST" and form.is_valid():
        days = {name: form.cleaned_data[name] for name in ("kind", "structure", "starts_on", "ends_on")}

        def sign() -> Contract:
            return sign_contract(person=person, terms=form.terms, by=request.user, **days)

        made = bind_errors(form, lambda: made_once(Contract, act_of(request), sign), REFUSED)
        if made is not None:
            messages.success(request, _("The contract is written, and the person’s status follows it."))
            return redirect("insertion-desk:contract", person.public_id, made.public_id)
    read_person(person=person, by=request.user, is_whole=True)
    context = {"person": person, "form": form, "operation": request.POST.get("operation") or uuid.uuid4()}
    return page(request, "insertion/contract_new.html", context, status=422 if form.errors else 200)


def _auto(row: ContractPause) -> str:
    return f"id_{row.public_id}_%s"


def _empty(shown: ShownContract) -> dict[str, forms.Form]:
    """Each form with ids of its own, filled with the last terms."""
    last = shown.last
    same = {"job": last.job, "rome_code": last.rome_code, "weekly": last.weekly_minutes}
    end = {"ended_on": shown.contract.last_on if shown.contract.has_last_day else None}
    first: dict[str, dict[str, Any]] = {"renew": same, "amend": same, "end": end}
    return {name: form(auto_id=f"id_{name}_%s", initial=first.get(name, {})) for name, form in FORMS.items()}


def _page(
    request: HttpRequest, person: Person, contract: Contract, refused: dict[str, forms.Form] | None = None
) -> HttpResponse:
    """`refused` is the form that was sent. The page is a reading of the file."""
    read_person(person=person, by=request.user, is_whole=True)
    shown = next((one for one in shown_contracts(person) if one.contract.pk == contract.pk), None)
    if shown is None:  # taken away meanwhile
        raise Http404
    refused = refused or {}
    back = refused.get("resume")
    rows = [
        (row, back if back and back.auto_id == _auto(row) else ResumeForm(auto_id=_auto(row))) for row in shown.pauses
    ]
    context: dict[str, Any] = {"person": person, "shown": shown, "pauses": rows, "forms": _empty(shown) | refused}
    can_change = request.access.can(CHANGE) and shown.contract.needs_end  # type: ignore[attr-defined]
    context |= {"can_change": can_change, "is_refused": bool(refused)}
    context |= {"operation": request.POST.get("operation") or uuid.uuid4()}
    return page(request, "insertion/contract.html", context, status=422 if refused else 200)


@requires(VIEW)
@require_safe
@never_cache
def contract_detail(request: HttpRequest, person_id: str, contract_id: str) -> HttpResponse:
    person = load_person(request, person_id)
    return _page(request, person, contract_of(person, contract_id))


def _acted(
    request: HttpRequest,
    found: tuple[Person, Contract],
    name: str,
    model: type[models.Model],
    act: Callable[[Any], Any],
    said: str | Promise,
) -> HttpResponse:
    """Run `act` once with the form `name`, and go back to the page; a refusal stays next to its field."""
    form = FORMS[name](request.POST, auto_id=f"id_{name}_%s")
    if form.is_valid():
        done = bind_errors(form, lambda: made_once(model, act_of(request), lambda: act(form)), REFUSED)
        if done is not None:
            messages.success(request, str(said))
            return redirect("insertion-desk:contract", found[0].public_id, found[1].public_id)
    return _page(request, *found, {name: form})


def _found(request: HttpRequest, person_id: str, contract_id: str) -> tuple[Person, Contract]:
    person = load_person(request, person_id)
    return person, contract_of(person, contract_id)


@requires(CHANGE)
@require_POST
@never_cache
def contract_renew(request: HttpRequest, person_id: str, contract_id: str) -> HttpResponse:
    found, said = _found(request, person_id, contract_id), gettext_lazy("The contract is renewed.")

    def act(form: RenewForm) -> ContractTerms:
        last = form.cleaned_data["ends_on"]
        return renew_contract(contract=found[1], ends_on=last, terms=form.terms, by=request.user)

    return _acted(request, found, "renew", ContractTerms, act, said)


@requires(CHANGE)
@require_POST
@never_cache
def contract_amend(request: HttpRequest, person_id: str, contract_id: str) -> HttpResponse:
    found, said = _found(request, person_id, contract_id), gettext_lazy("The amendment is written.")

    def act(form: AmendForm) -> ContractTerms:
        day = form.cleaned_data["from_on"]
        return amend_contract(contract=found[1], from_on=day, terms=form.terms, by=request.user)

    return _acted(request, found, "amend", ContractTerms, act, said)


@requires(CHANGE)
@require_POST
@never_cache
def contract_pause(request: HttpRequest, person_id: str, contract_id: str) -> HttpResponse:
    found, said = _found(request, person_id, contract_id), gettext_lazy("The contract is suspended on these days.")

    def act(form: PauseForm) -> ContractPause:
        return pause_contract(contract=found[1], by=request.user, **form.cleaned_data)

    return _acted(request, found, "pause", ContractPause, act, said)


@requires(CHANGE)
@require_POST
@never_cache
def contract_end(request: HttpRequest, person_id: str, contract_id: str) -> HttpResponse:
    found, said = _found(request, person_id, contract_id), gettext_lazy("The end of the contract is written.")

    def act(form: EndForm) -> ContractEnd:
        return end_contract(contract=found[1], by=request.user, **form.cleaned_data)

    return _acted(request, found, "end", ContractEnd, act, said)


@requires(CHANGE)
@require_POST
@never_cache
def contract_resume(request: HttpRequest, person_id: str, contract_id: str, pause_id: str) -> HttpResponse:
    """The person is back before the last day of the suspension."""
    person, contract = _found(request, person_id, contract_id)
    pause: ContractPause = get_object_or_404(ContractPause.objects.filter(contract=contract), public_id=pause_id)
    form = ResumeForm(request.POST, auto_id=_auto(pause))
    if form.is_valid():
        day = form.cleaned_data["back_on"]
        bind_errors(form, lambda: resume_contract(pause=pause, back_on=day, by=request.user), REFUSED)
    if form.errors:
        return _page(request, person, contract, {"resume": form})
    messages.success(request, _("The suspension ends the day before."))
    return redirect("insertion-desk:contract", person.public_id, contract.public_id)


@requires(VIEW)
@require_safe
@never_cache
def contract_paper(request: HttpRequest, person_id: str, contract_id: str, terms_id: str) -> HttpResponseBase:
    """To print and sign. Who the person is is opened for it: a reading."""
    person, contract = _found(request, person_id, contract_id)
    terms: ContractTerms = get_object_or_404(ContractTerms.objects.filter(contract=contract), public_id=terms_id)
    read_person(person=person, by=request.user, is_whole=True)
    made = render_pdf("insertion/contract", paper_of(contract, terms))
    name = f"{contract.public_id}-{terms.number}.pdf"
    return private_file(io.BytesIO(made), name=name, content_type="application/pdf", is_download=False)
