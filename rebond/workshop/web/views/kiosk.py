"""The kiosk: enrol the device, show the badge, my task, help, what is noted about me."""

import contextlib

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import public, requires
from rebond.core.throttle import throttled
from rebond.core.web import redirect_whole
from rebond.workshop.actions.sign_in import (
    ask_without_badge,
    call_help,
    check_pin,
    take_back_help,
    use_request,
    worker_of_badge,
)
from rebond.workshop.actions.station import enrol_device
from rebond.workshop.actions.worker import set_name_public
from rebond.workshop.data.recording import RECORDED
from rebond.workshop.enums import RequestState
from rebond.workshop.errors import TooManyTries, WorkshopError
from rebond.workshop.kiosk import kiosk_page, worker_of
from rebond.workshop.middleware import COOKIE, SITE_COOKIE, STATION_PERMISSION, sign_in_at_station, sign_out_of_station
from rebond.workshop.models import Enrolment, SignInRequest, Worker
from rebond.workshop.queries.kiosk import home_of, notes_waiting
from rebond.workshop.queries.learning import learners_at, lessons_of, taught_by
from rebond.workshop.queries.queue import own_task
from rebond.workshop.web.tries import tries

COOKIE_LASTS = 400 * 86_400  # seconds: browsers keep no cookie longer
WAITING_KEY = "kiosk_pin"  # session: whose badge was read, before the PIN


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=COOKIE_LASTS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@public
@require_GET
def kiosk(request: HttpRequest) -> HttpResponse:
    """What the device shows: how to enrol it, the badge reader, or the person's task."""
    floor = request.floor  # type: ignore[attr-defined]
    if floor.asks_site:
        return redirect("workshop:site")
    if floor.worker is not None:
        now, also, others = home_of(floor.worker, site=floor.site, station=floor.station)
        context = {"now": now, "also": also, "others": others, "corrected": notes_waiting(floor.worker)}
        return kiosk_page(request, "workshop/home.html", context)
    if floor.device is None:
        return kiosk_page(request, "workshop/not_enrolled.html", {"is_revoked": COOKIE in request.COOKIES})
    return kiosk_page(request, "workshop/badge.html", {"error": ""})


@public
@throttled("enrol")
@never_cache
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, code: str) -> HttpResponse:
    """The tablet read the QR of the supervisor's screen: one button, and it is one of the station."""
    invitation = Enrolment.objects.filter(code=code, device=None).select_related("station__site").first()
    error = ""
    if request.method == "POST":
        try:
            _device, secret = enrol_device(code=code)
        except WorkshopError as refused:
            error = str(refused)
        else:
            sign_out_of_station(request)
            answer = redirect("workshop:kiosk")
            _keep(answer, COOKIE, secret)
            return answer
    context = {"invitation": invitation, "error": error}
    return kiosk_page(request, "workshop/enrol.html", context, status=422 if error else 200)


def _welcome(request: HttpRequest, worker: Worker) -> HttpResponse:
    sign_in_at_station(request, worker, request.floor.device)  # type: ignore[attr-defined]
    return redirect("workshop:kiosk")


@public
@require_POST
def badge(request: HttpRequest) -> HttpResponse:
    """A badge was read (camera, reader or keyboard). Ten wrong ones in five minutes by device."""
    floor = request.floor  # type: ignore[attr-defined]
    if floor.device is None:
        return redirect("workshop:kiosk")
    try:
        with tries(request, badge=floor.device.public_id):
            worker = worker_of_badge(device=floor.device, token=request.POST.get("code", ""))
    except WorkshopError as refused:
        return kiosk_page(request, "workshop/badge.html", {"error": str(refused)}, status=422)
    if floor.options.is_pin_asked and worker.pin:
        sign_out_of_station(request)
        request.session[WAITING_KEY] = {"worker": worker.pk, "device": floor.device.pk}
        return redirect("workshop:pin")
    return _welcome(request, worker)


@public
@require_http_methods(["GET", "POST"])
def pin(request: HttpRequest) -> HttpResponse:
    """The code after the badge, where the site asks it; "forgotten" leads to a supervisor, never to a dead end."""
    floor = request.floor  # type: ignore[attr-defined]
    waiting = request.session.get(WAITING_KEY) or {}
    if floor.device is None or waiting.get("device") != floor.device.pk:
        return redirect("workshop:kiosk")
    worker = get_object_or_404(Worker.objects.present(), pk=waiting["worker"], organisation=floor.device.organisation)
    error = ""
    if request.method == "POST":
        try:
            with tries(request, badge=floor.device.public_id, pin=worker.public_id):
                check_pin(device=floor.device, worker=worker, pin=request.POST.get("pin", ""))
        except WorkshopError as refused:
            error = str(refused)
        else:
            return _welcome(request, worker)
    context = {"error": error, "person": worker}
    return kiosk_page(request, "workshop/pin.html", context, status=422 if error else 200)


@public
@require_http_methods(["GET", "POST"])
def without_badge(request: HttpRequest) -> HttpResponse:
    """Choose one's name; a supervisor confirms on a device of theirs."""
    floor = request.floor  # type: ignore[attr-defined]
    if floor.device is None:
        return redirect("workshop:kiosk")
    people = Worker.objects.present().filter(organisation=floor.device.organisation).order_by("first_name", "pk")
    error = ""
    if request.method == "POST":
        chosen = people.filter(public_id=request.POST.get("person", "")).first()
        if chosen is None:
            error = _("Choose your name.")
        elif not ratelimit.consume(request, action="badge", key=floor.device.public_id):
            error = str(TooManyTries())
        else:
            asked = ask_without_badge(device=floor.device, worker=chosen)
            return redirect("workshop:request-wait", asked.public_id)
    context = {"people": people, "error": error}
    return kiosk_page(request, "workshop/without_badge.html", context, status=422 if error else 200)


@public
@require_GET
def request_wait(request: HttpRequest, public_id: str) -> HttpResponse:
    """The tablet asks each two seconds whether the supervisor answered."""
    floor = request.floor  # type: ignore[attr-defined]
    rows = SignInRequest.objects.select_related("worker__user", "worker__organisation", "device")
    asked = rows.filter(public_id=public_id, device=floor.device).first() if floor.device is not None else None
    if asked is None:
        return redirect_whole(request, reverse("workshop:kiosk"))
    if asked.state == RequestState.CONFIRMED:
        with contextlib.suppress(WorkshopError):  # used meanwhile by another touch
            sign_in_at_station(request, use_request(request=asked), floor.device)
        return redirect_whole(request, reverse("workshop:kiosk"))
    context = {"asked": asked, "is_refused": asked.state != RequestState.WAITING}
    return kiosk_page(request, "workshop/request_wait.html", context, partial="state")


@public
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Nothing of the person stays on the device. An account on a device of its own stays signed in."""
    if request.floor.device is not None:  # type: ignore[attr-defined]
        sign_out_of_station(request)
    return redirect("workshop:kiosk")


@requires(STATION_PERMISSION)
@require_POST
def help_call(request: HttpRequest) -> HttpResponseBase:
    """A supervisor is called; the same words whether it was asked once or ten times. `do=stop` takes it back."""
    floor = request.floor  # type: ignore[attr-defined]
    if floor.worker is None:
        return redirect("workshop:kiosk")
    if request.POST.get("do") == "stop":
        take_back_help(worker=floor.worker)
        return kiosk_page(request, "workshop/help.html", {"called": False}, partial="called")
    task = own_task(floor.worker, floor.station)
    call_help(worker=floor.worker, device=floor.device, task_label=task.subject_label if task else "")
    return kiosk_page(request, "workshop/help.html", {"called": True}, partial="called")


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def site(request: HttpRequest) -> HttpResponse:
    """Where I work, for a person with an account of their own: this device remembers it."""
    floor = request.floor  # type: ignore[attr-defined]
    if len(floor.sites) < 2:
        return redirect("workshop:kiosk")
    error = ""
    if request.method == "POST":
        chosen = next((one for one in floor.sites if one.public_id == request.POST.get("site")), None)
        if chosen is not None:
            answer = redirect("workshop:kiosk")
            _keep(answer, SITE_COOKIE, chosen.public_id)
            return answer
        error = _("Choose where you are.")
    return kiosk_page(request, "workshop/site.html", {"error": error}, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """What may be noted about me, by my status, and my choice to be named on the shop's pages."""
    worker = request.floor.worker  # type: ignore[attr-defined]
    if worker is None:
        return redirect("workshop:kiosk")
    if request.method == "POST":
        is_public = request.POST.get("name") == "yes"
        set_name_public(worker=worker, is_public=is_public, by=worker.user)
        said = _("Your first name may be read on the shop.") if is_public else _("Your first name is hidden.")
        messages.success(request, said)
        return redirect("workshop:me")
    facts = [(fact, worker.status in fact.statuses) for fact in RECORDED if fact.key != "first_name"]
    context = {"facts": facts, "person": worker, "lessons": lessons_of(worker), "teaches": taught_by(worker)}
    return kiosk_page(request, "workshop/me.html", context)


@requires(STATION_PERMISSION)
@require_GET
def learners(request: HttpRequest) -> HttpResponse:
    """Who learns here now what I can show: where they stand, and what to show them; nobody else."""
    floor, worker = request.floor, worker_of(request)  # type: ignore[attr-defined]
    site, kinds = floor.site, taught_by(worker)
    found = [one for one in learners_at(site, kinds=kinds) if one.worker != worker] if site and kinds else []
    return kiosk_page(request, "workshop/learners.html", {"learners": found})
