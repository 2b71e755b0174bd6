"""Applying to sell: public pages, without account, at an address that only the applicant knows."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import public
from rebond.core.forms import bind_errors
from rebond.core.throttle import throttled
from rebond.core.web import page
from rebond.network.actions.admission import (
    answer_information,
    appeal_admission,
    mark_of,
    save_answers,
    start_admission,
    submit_admission,
    withdraw_admission,
)
from rebond.network.actions.trader import FIELDS, trader_mark, write_trader_file
from rebond.network.enums import AdmissionState
from rebond.network.errors import NetworkError, StaleError
from rebond.network.models import Admission, TraderFile
from rebond.network.queries.criteria import criteria
from rebond.network.queries.places import commune
from rebond.network.web.admission_forms import (
    CriteriaForm,
    ProjectForm,
    StartForm,
    StructureForm,
    TextForm,
    TraderForm,
)
from rebond.network.web.forms import differences, proof_type

STEPS = (
    ("structure", gettext_lazy("Your organisation")),
    ("projet", gettext_lazy("Your project")),
    ("criteres", gettext_lazy("The criteria")),
    ("vendeur", gettext_lazy("The seller’s file")),
    ("envoi", pgettext_lazy("admission", "Send")),
)
STAGES = (
    pgettext_lazy("admission", "File"),
    pgettext_lazy("admission", "Reading"),
    pgettext_lazy("admission", "Votes"),
    pgettext_lazy("admission", "Decision"),
)
PLAIN: dict[str, Any] = {"structure": StructureForm, "projet": ProjectForm, "criteres": CriteriaForm}


@public
@require_http_methods(["GET", "POST"])
@throttled("apply")
def sell(request: HttpRequest) -> HttpResponse:
    """Who may sell, on which criteria, and the start of an application.

    The answer is the same whether this address has a file open or not: only its mail opens one.
    """
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        start_admission(**form.cleaned_data)
        said = _("We have just written to %(email)s: the link in the mail opens your file.")
        messages.success(request, said % {"email": form.cleaned_data["email"]})
        return redirect("joining:sell")
    context = {"form": form, "criteria": criteria(), "steps": [label for _key, label in STEPS]}
    return page(request, "network/sell.html", context, status=422 if form.is_bound else 200)


def _load(token: str) -> Admission:
    return get_object_or_404(Admission.objects.select_related("organisation", "claimed"), token=token)


def stage_of(admission: Admission) -> int:
    """Where the application is among STAGES; past the last once decided."""
    state = admission.state
    if state == AdmissionState.DRAFT:
        return 0
    if state in {AdmissionState.SUBMITTED, AdmissionState.MORE_INFO}:
        return 1
    return 2 if state in {AdmissionState.IN_REVIEW, AdmissionState.APPEALED} else len(STAGES)


@public
@never_cache
@require_GET
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Where the application is, what was said, and what may be done now."""
    admission = _load(token)
    if admission.state == AdmissionState.DRAFT:
        return redirect("joining:apply-step", token, _first_missing(admission))
    today = timezone.localdate()
    may_appeal = (
        admission.state == AdmissionState.REFUSED
        and admission.round == 1
        and admission.appeal_until is not None
        and today <= admission.appeal_until
    )
    context = {
        "admission": admission,
        "stages": STAGES,
        "stage": stage_of(admission),
        "exchanges": list(admission.messages.all()),
        "may_answer": admission.state == AdmissionState.MORE_INFO,
        "may_appeal": may_appeal,
        "form": TextForm(label=_("Your answer") if not may_appeal else _("Why read it again")),
    }
    return page(request, "network/apply_follow.html", context)


def step_form(admission: Admission, step: str, data: Any = None, files: Any = None) -> Any:
    """The form of a step, filled with what was kept; the IBAN is never shown again."""
    if step == "vendeur":
        trader = TraderFile.objects.filter(admission=admission).first()
        initial = {name: getattr(trader, name) for name in FIELDS if name != "iban"} if trader else {}
        answers = admission.answers
        if trader is None:
            initial = {
                "legal_name": admission.name,
                "email": admission.email,
                "phone": answers.get("phone", ""),
                "representative": answers.get("contact_name", ""),
                "register": "sirene",
                "register_number": answers.get("siren", ""),
            }
        return TraderForm(data, files, initial=initial, has_file=trader is not None)
    extra = {"version": admission.grid_version} if step == "criteres" else {}
    return PLAIN[step](data, initial=admission.answers | {"name": admission.name}, **extra)


def missing_steps(admission: Admission) -> list[str]:
    """The steps that are not complete yet, checked by their own forms."""
    answers = admission.answers | {"name": admission.name}
    missing = []
    for step in PLAIN:
        form = step_form(admission, step, answers)
        if not form.is_valid():
            missing.append(step)
    if not TraderFile.objects.filter(admission=admission).exists():
        missing.append("vendeur")
    return missing


def _first_missing(admission: Admission) -> str:
    return next(iter(missing_steps(admission)), "envoi")


def _keep(admission: Admission, form: Any, seen: str) -> None:
    """Every valid field of a step is kept, even where another one is wrong. Raise StaleError."""
    answers = dict(form.cleaned_data)
    names = tuple(form.fields)
    found = commune(answers.get("commune") or "")
    if found is not None:
        answers["city"] = found.name
    save_answers(admission=admission, answers=answers, names=names, seen=seen)


def _seen(admission: Admission, step: str, form: Any) -> str:
    """The mark of what this step holds, sent back by the form: a second tab is told, nothing is written over."""
    return trader_mark(admission) if step == "vendeur" else mark_of(admission, form.fields)


def _write_trader(admission: Admission, form: TraderForm, seen: str) -> TraderFile:
    upload = form.cleaned_data["document"] or None
    kind = ""
    if upload is not None:
        kind = proof_type(upload.read(8)) or ""
        upload.seek(0)
    return write_trader_file(
        admission=admission, fields=form.cleaned_data, document=upload, document_type=kind, seen=seen
    )


def _save(request: HttpRequest, admission: Admission, step: str, form: Any) -> tuple[bool, dict[str, Any]]:
    """Keep a sent step. Whether the next one may follow, and by label what another tab wrote meanwhile."""
    seen = request.POST.get("seen", "")
    is_valid = form.is_valid()
    if step == "vendeur":
        return bool(is_valid and bind_errors(form, lambda: _write_trader(admission, form, seen), NetworkError)), {}
    try:
        _keep(admission, form, seen)
    except StaleError as error:
        form.add_error(None, str(error))
        held = admission.answers | {"name": admission.name}
        return False, differences(form, held, form.cleaned_data)
    return is_valid and "find" not in request.POST, {}


@public
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """One step: what was typed is kept, whatever the order of the steps."""
    admission = _load(token)
    if admission.state not in {AdmissionState.DRAFT, AdmissionState.MORE_INFO}:
        return redirect("joining:apply", token)
    if step == "envoi":
        return _review(request, admission)
    form = step_form(admission, step, request.POST or None, request.FILES or None)
    conflict: dict[str, Any] = {}
    if request.method == "POST":
        done, conflict = _save(request, admission, step, form)
        if done:
            keys = [key for key, _label in STEPS]
            return redirect("joining:apply-step", token, keys[keys.index(step) + 1])
    context = _step_context(admission, step) | {
        "form": form,
        "iban_end": _iban_end(admission),
        "seen": _seen(admission, step, form),
        "conflict": conflict,
    }
    failed = form.is_bound and (bool(conflict) or "find" not in request.POST)
    return page(request, "network/apply_step.html", context, status=422 if failed else 200)


def _iban_end(admission: Admission) -> str:
    trader = TraderFile.objects.filter(admission=admission).only("iban_end").first()
    return trader.iban_end if trader else ""


def _step_context(admission: Admission, step: str) -> dict[str, Any]:
    keys = [key for key, _label in STEPS]
    return {
        "admission": admission,
        "step": step,
        "steps": STEPS,
        "labels": [label for _key, label in STEPS],
        "number": keys.index(step),
        "back": keys[keys.index(step) - 1] if keys.index(step) else "",
        "title": dict(STEPS)[step],
    }


def _review(request: HttpRequest, admission: Admission) -> HttpResponse:
    missing = missing_steps(admission)
    failed = False
    if request.method == "POST" and not missing:
        found = commune(admission.answers["commune"])
        try:
            submit_admission(admission=admission, department=found.department if found else "")
        except NetworkError as refused:
            messages.error(request, str(refused))
            failed = True
        else:
            return redirect("joining:apply", admission.token)
    context = _step_context(admission, "envoi") | {
        "missing": [(key, label) for key, label in STEPS if key in missing],
        "form": None,
        "is_sent": admission.state != AdmissionState.DRAFT,
    }
    status = 422 if failed or (request.method == "POST" and missing) else 200
    return page(request, "network/apply_send.html", context, status=status)


def _say(request: HttpRequest, token: str, action: Any, thanks: str) -> HttpResponse:
    admission = _load(token)
    form = TextForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write something first."))
        return redirect("joining:apply", token)
    try:
        action(admission=admission, text=form.cleaned_data["text"])
        messages.success(request, thanks)
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("joining:apply", token)


@public
@require_POST
def answer(request: HttpRequest, token: str) -> HttpResponse:
    return _say(request, token, answer_information, _("Thank you: the readers take it from here."))


@public
@require_POST
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    return _say(request, token, appeal_admission, _("Other people will read your application."))


@public
@require_POST
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    admission = _load(token)
    try:
        withdraw_admission(admission=admission)
        messages.success(request, _("Your application is withdrawn."))
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("joining:apply", token)
