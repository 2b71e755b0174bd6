"""The dock: where from, what, how heavy, done. Each step is a page that works alone; answers are in its address."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.intake.actions.donation import add_photo, receive_donation, remove_photo
from rebond.intake.actions.origin import Origin, check_fact
from rebond.intake.data.flows import flow, flows
from rebond.intake.data.steps import RECEIVE
from rebond.intake.enums import ASKED_AT_DOCK, SOURCE_ICONS, Source
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import Donation
from rebond.intake.queries.donations import by_flow, containers_at, photo_of, places_before, weighed_g
from rebond.intake.queries.flows import kiosk_flows
from rebond.intake.queries.register import lots_of
from rebond.intake.web.forms import WeighForm
from rebond.intake.web.loading import own_donation, slip_of, somebody, steps_of
from rebond.workshop.actions.step import Hands, can_undo, undo_step
from rebond.workshop.errors import NotUndoable
from rebond.workshop.kiosk import hands_of, kiosk_page
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step, Worker

WORDS = {"place": "lieu", "slip": "bon", "postcode": "cp"}  # facts of the origin → their names in the address
NEXT = frozenset({"intake:receive", "intake:sort", "intake:book"})  # where a step that was taken back leads


def _sources() -> list[tuple[str, Any, str, str]]:
    return [(source.value, source.label, *SOURCE_ICONS[source]) for source in Source]


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest) -> HttpResponseBase:
    """One question a screen; `de` (source), `quoi` (flow) and `don` (a donation that goes on) are the answers."""
    floor = request.floor  # type: ignore[attr-defined]
    if floor.worker is None:
        return redirect("workshop:kiosk")
    worker, site = somebody(request)
    donation = own_donation(worker, request.GET["don"]) if request.GET.get("don") else None
    source = donation.source if donation else request.GET.get("de", "")
    if source not in Source.values:
        context = {"steps": steps_of(worker.organisation), "sources": _sources()}
        return kiosk_page(request, "intake/receive_source.html", context)
    asked = [] if donation else _asked(request, source)
    if asked and request.GET.get("quoi", "") not in flows():
        return _origin(request, worker, source, asked[0])
    kept = urlencode({"don": donation.public_id} if donation else {"de": source, **_told(request)})
    words = {
        "steps": steps_of(worker.organisation),
        "where": Source(source).label,
        "kept": kept,
        "donation": donation,
        "source": source,
        "origin": [] if donation else [(name, value) for name, value in _facts(request).items() if value],
    }
    if request.GET.get("quoi", "") not in flows():
        return kiosk_page(request, "intake/receive_flow.html", {**words, "flows": kiosk_flows()})
    form = WeighForm(request.POST or None, containers=containers_at(site))
    if request.method == "POST" and form.is_valid():
        try:
            made = _received(request, form, worker, source=source, donation=donation)
        except FieldInvalid as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return redirect(after_weighing(made), made.public_id)
    what = flow(request.GET["quoi"])
    context = {**words, "form": form, "containers": containers_at(site), "what": what, "chosen": _chosen(request)}
    return kiosk_page(request, "intake/receive_weight.html", context, status=422 if form.is_bound else 200)


def _told(request: HttpRequest) -> dict[str, str]:
    """The answers about the origin that the address holds, skipped ones too."""
    return {word: request.GET[word] for word in WORDS.values() if word in request.GET}


def _facts(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(word, "") for name, word in WORDS.items()}


def _asked(request: HttpRequest, source: str) -> list[str]:
    """The facts of this origin that were neither answered nor skipped, or answered wrong."""
    facts = ASKED_AT_DOCK.get(source, ())
    return [name for name in facts if WORDS[name] not in request.GET or _wrong(name, request.GET[WORDS[name]])]


def _wrong(name: str, value: str) -> str:
    try:
        check_fact(name, value.strip())
    except FieldInvalid as refused:
        return str(refused)
    return ""


def origin_question(name: str) -> tuple[str, str]:
    """The words of one fact of the origin: (question, help)."""
    return {
        "place": (_("Which one?"), _("The name of the shop, the site or the workshop.")),
        "slip": (_("Which number has its slip?"), _("The paper that came with it.")),
        "postcode": (_("Which postcode?"), _("Five figures. Nothing else about the people.")),
    }[name]


def _origin(request: HttpRequest, worker: Worker, source: str, name: str) -> HttpResponse:
    """Which one, which slip, which postcode: one question, that may be skipped."""
    given = request.GET.get(WORDS[name], "")
    title, hint = origin_question(name)
    context = {
        "steps": steps_of(worker.organisation),
        "where": Source(source).label,
        "title": title,
        "hint": hint,
        "word": WORDS[name],
        "given": given,
        "error": _wrong(name, given),
        "kept": [("de", source), *((word, value) for word, value in _told(request).items() if word != WORDS[name])],
        "places": places_before(worker.organisation, source) if name == "place" else [],
        "is_number": name == "postcode",
    }
    return kiosk_page(request, "intake/receive_origin.html", context, status=422 if context["error"] else 200)


def after_weighing(donation: Donation) -> str:
    """Where the register is kept, the person is still here: who brings it is asked at once."""
    asks = donation.organisation.is_register_kept and not lots_of(donation)
    return "intake:donor" if asks else "intake:received"


def _chosen(request: HttpRequest) -> str:
    """The container touched before the page came back."""
    return request.POST.get("container", "")


def _received(
    request: HttpRequest, form: WeighForm, worker: Worker, *, source: str, donation: Donation | None
) -> Donation:
    _worker, site = somebody(request)
    return receive_donation(
        site=site,
        source=source,
        flow=request.GET["quoi"],
        gross_g=form.cleaned_data["gross_g"],
        container=form.cleaned_data["container"],
        is_from_scale=form.cleaned_data["scale"],
        origin=Origin(**_facts(request)),
        donation=donation,
        hands=hands_of(request),
    )


def _last_step(worker: Worker, donation: Donation) -> Step | None:
    """The person's own last weighing of it, where it may still be taken back."""
    rows = Step.objects.real().filter(worker=worker, kind=RECEIVE, subject_id=donation.public_id)
    step: Step | None = rows.order_by("-pk").first()
    return step if step is not None and can_undo(step) else None


@requires(STATION_PERMISSION)
@require_GET
def received(request: HttpRequest, public_id: str) -> HttpResponse:
    """It is noted: the kilograms, the slip, weigh more, sort, or take it back."""
    worker, _site = somebody(request)
    donation = own_donation(worker, public_id)
    kept = donation.organisation.is_register_kept
    steps = steps_of(donation.organisation)
    context = {
        "steps": steps,
        "last": len(steps) - 1,
        "asks_who": kept and not lots_of(donation),
        "donation": donation,
        "total_g": weighed_g(donation),
        "weights": by_flow([donation]),
        "step": _last_step(worker, donation),
        "photo": photo_of(donation),
    }
    return kiosk_page(request, "intake/received.html", context)


@requires(STATION_PERMISSION)
@require_POST
def photo(request: HttpRequest, public_id: str) -> HttpResponse:
    """One picture of the pile, or away with it (`do=remove`); a refusal is said on the same page."""
    worker, _site = somebody(request)
    donation = own_donation(worker, public_id)
    if request.POST.get("do") == "remove":
        remove_photo(donation=donation, by=worker.user)
        messages.success(request, _("The picture is gone. You may take another one."))
        return redirect("intake:received", public_id)
    try:
        add_photo(donation=donation, upload=request.FILES.get("photo"), by=worker.user)
    except FieldInvalid as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The picture is kept."))
    return redirect("intake:received", public_id)


@requires(STATION_PERMISSION)
@require_GET
def slip(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt slip on paper; it says that it is no tax receipt."""
    worker, _site = somebody(request)
    donation = own_donation(worker, public_id)
    return kiosk_page(request, "intake/slip.html", slip_of(donation, reverse("intake:received", args=[public_id])))


@requires(STATION_PERMISSION)
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back one's own step of today, while nothing followed."""
    worker, _site = somebody(request)
    rows = Step.objects.filter(worker=worker, kind__startswith="intake.")
    step: Step = get_object_or_404(rows, public_id=public_id)
    hands: Hands = hands_of(request)
    try:
        undo_step(step=step, hands=hands)
    except NotUndoable as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is taken back."))
    target = request.POST.get("next", "")
    return redirect(target if target in NEXT else "workshop:kiosk")
