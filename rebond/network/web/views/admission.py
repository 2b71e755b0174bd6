"""Applications at the desk: the list, the grid and the votes, the decision, the trader file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.network.actions.admission import ask_information
from rebond.network.actions.admission import start_review as open_review
from rebond.network.actions.decision import admit_admission, may_read, refuse_admission, save_reading
from rebond.network.actions.trader import open_document, read_trader_file, verify_trader_file
from rebond.network.enums import AdmissionState
from rebond.network.errors import NetworkError
from rebond.network.models import Admission, AdmissionReading, TraderFile
from rebond.network.queries.admissions import managers_of, obstacles_of, standing_of
from rebond.network.queries.criteria import criteria, findings, grid, total_of
from rebond.network.web.admission_forms import DecisionForm, ReadingForm
from rebond.network.web.exports import ADMISSIONS
from rebond.network.web.views.apply import STAGES, stage_of

REVIEW = "network.admission.review"
DECIDE = "network.admission.decide"
GROUPS = {
    "a-decider": [AdmissionState.SUBMITTED, AdmissionState.IN_REVIEW, AdmissionState.APPEALED],
    "en-attente": [AdmissionState.MORE_INFO],
    "admises": [AdmissionState.ADMITTED],
    "non-admises": [AdmissionState.REFUSED, AdmissionState.WITHDRAWN],
}


@requires(REVIEW)
@require_GET
def admission_list(request: HttpRequest) -> HttpResponseBase:
    group = request.GET.get("etat", "a-decider")
    rows = Admission.objects.filter(state__in=GROUPS.get(group, GROUPS["a-decider"]))
    rows = rows.select_related("decided_by").order_by("submitted_at", "pk")
    if (download := wanted_export(request, rows, ADMISSIONS, _("applications"))) is not None:
        return download
    shown = Paginator(rows, 24).get_page(request.GET.get("page"))
    tabs = [
        ("a-decider", _("To decide")),
        ("en-attente", _("Waiting for the applicant")),
        ("admises", _("Admitted")),
        ("non-admises", _("Not admitted")),
    ]
    context = {"page": shown, "group": group if group in GROUPS else "a-decider", "tabs": tabs}
    return page(request, "network/admission_list.html", context, partial="results")


def _load(public_id: str) -> Admission:
    rows = Admission.objects.received().select_related("organisation", "claimed", "decided_by")
    return get_object_or_404(rows, public_id=public_id)


def _reading_form(admission: Admission, user: Any, data: Any = None) -> ReadingForm:
    mine = AdmissionReading.objects.filter(admission=admission, round=admission.round, member=user).first()
    initial: dict[str, Any] = {"vote": mine.vote, "reason": mine.reason} if mine else {"vote": ""}
    if mine is not None:
        initial |= {f"score_{key}": str(score) for key, score in mine.scores.items()}
        initial |= {f"note_{key}": note for key, note in mine.notes.items()}
    return ReadingForm(data, initial=initial, version=admission.grid_version)


def _context(request: HttpRequest, admission: Admission, reading: Any = None, decision: Any = None) -> dict[str, Any]:
    access = request.access  # type: ignore[attr-defined]
    standing = standing_of(admission)
    found = findings(standing["readings"], admission.grid_version)
    reads = admission.state in {AdmissionState.IN_REVIEW, AdmissionState.APPEALED}
    may_vote = access.can("network.admission.vote") and reads and may_read(admission, request.user)
    return {
        "admission": admission,
        "stages": STAGES,
        "stage": stage_of(admission),
        "standing": standing,
        "found": found,
        "total": total_of(found),
        "grid": grid(admission.grid_version),
        "answers": [(c, admission.answers.get(c.key, "")) for c in criteria(admission.grid_version)],
        "exchanges": list(admission.messages.all()),
        "first_round": list(admission.readings.filter(round=1).exclude(vote="").select_related("member").order_by("at"))
        if admission.round == 2
        else [],
        "trader": TraderFile.objects.filter(admission=admission).only("verified_at", "verified_by").first(),
        "reading": (reading or _reading_form(admission, request.user)) if may_vote else None,
        "decision": (decision or DecisionForm()) if access.can(DECIDE) and reads else None,
        "obstacles": obstacles_of(admission, standing) if reads else [],
        "managers": managers_of(admission.claimed) if admission.claimed and admission.is_unconfirmed else [],
        "may_open": access.can(DECIDE) and admission.state == AdmissionState.SUBMITTED and not admission.is_unconfirmed,
        "may_read_trader": access.can("network.trader.read"),
    }


@requires(REVIEW)
@never_cache
@require_GET
def admission_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The grid, what readers say, the votes, the decision."""
    return page(request, "network/admission_detail.html", _context(request, _load(public_id)))


@requires(DECIDE)
@require_POST
def admission_open(request: HttpRequest, public_id: str) -> HttpResponse:
    admission = _load(public_id)
    try:
        open_review(admission=admission, by=request.user)
        messages.success(request, _("The committee can read it now."))
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("network:admission-detail", admission.public_id)


@requires("network.admission.vote")
@require_POST
def admission_vote(request: HttpRequest, public_id: str) -> HttpResponse:
    admission = _load(public_id)
    form = _reading_form(admission, request.user, request.POST)
    if form.is_valid():
        saved = bind_errors(
            form,
            lambda: save_reading(
                admission=admission,
                scores=form.scores,
                notes=form.notes,
                vote=form.cleaned_data["vote"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            ),
            NetworkError,
        )
        if saved:
            messages.success(request, _("Your reading is kept; you can change it until the decision."))
            return redirect("network:admission-detail", admission.public_id)
        messages.error(request, " ".join(str(e) for e in form.non_field_errors()))
    return page(request, "network/admission_detail.html", _context(request, admission, reading=form), status=422)


def _decide(admission: Admission, data: dict[str, Any], by: Any) -> Any:
    if data["decision"] == "ask":
        return ask_information(admission=admission, text=data["reasons"], by=by)
    if data["decision"] == "refuse":
        return refuse_admission(admission=admission, reasons=data["reasons"], by=by)
    conditions = data["conditions"] if data["decision"] == "admit_if" else ""
    return admit_admission(admission=admission, reasons=data["reasons"], conditions=conditions, by=by)


@requires(DECIDE)
@require_POST
def admission_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    admission = _load(public_id)
    form = DecisionForm(request.POST)
    if form.is_valid() and bind_errors(form, lambda: _decide(admission, form.cleaned_data, request.user), NetworkError):
        messages.success(request, _("It is written to the organisation."))
        return redirect("network:admission-detail", admission.public_id)
    return page(request, "network/admission_detail.html", _context(request, admission, decision=form), status=422)


@requires("network.trader.read")
@never_cache
@require_GET
def trader_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The opened trader file; this reading is in the journal."""
    admission = _load(public_id)
    try:
        trader = read_trader_file(admission=admission, by=request.user)
    except TraderFile.DoesNotExist:
        raise Http404 from None
    return page(request, "network/trader_detail.html", {"admission": admission, "trader": trader})


@requires("network.trader.read")
@never_cache
@require_GET
def trader_document(request: HttpRequest, public_id: str) -> FileResponse:
    """The identity document, opened for this reader only."""
    admission = _load(public_id)
    try:
        content, kind = open_document(admission=admission, by=request.user)
    except TraderFile.DoesNotExist:
        raise Http404 from None
    name = "identite." + {"application/pdf": "pdf", "image/png": "png"}.get(kind, "jpg")
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind)


@requires("network.trader.read")
@require_POST
def trader_verify(request: HttpRequest, public_id: str) -> HttpResponse:
    admission = _load(public_id)
    try:
        verify_trader_file(admission=admission, by=request.user)
        messages.success(request, _("Verified."))
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("network:admission-detail", admission.public_id)
