"""Without network: the page that the device keeps, what it takes along, and the acts that it sends when it can."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_POST

from rebond.core.access import public, requires, same_origin_post
from rebond.core.web import page
from rebond.workshop.actions.offline import Answer, Sent, give_proof, read_proof, receive_act
from rebond.workshop.enums import WITHOUT_HOURS
from rebond.workshop.errors import WorkshopError
from rebond.workshop.middleware import COOKIE, STATION_PERMISSION
from rebond.workshop.offline import Told, all_acts
from rebond.workshop.web.offline_words import WORDS
from rebond.workshop.web.shell import ICONS, PICTOGRAMS, SHELL, version

STATUS = {"done": 200, "refused": 422, "conflict": 409, "busy": 503}


@public
@require_GET
@cache_control(no_cache=True)
def shell(request: HttpRequest) -> HttpResponse:
    """The list of what waits, and the screens that work without network. The same for everybody: it is kept whole."""
    return page(request, "workshop/offline.html", {"words": WORDS, "icons": PICTOGRAMS})


@requires(STATION_PERMISSION)
@never_cache
@require_GET
def luggage(request: HttpRequest) -> HttpResponse:
    """What the person's device takes along: the proof of who acts, and what the screens need."""
    floor = request.floor  # type: ignore[attr-defined]
    worker, station = floor.worker, floor.station
    if worker is None:
        raise Http404
    here = {kind.code for kind in station.step_kinds} if station is not None else None
    acts = [act for act in all_acts() if here is None or act.step in here]
    bags: dict[str, Any] = {}
    for act in acts:
        bags |= act.luggage(worker, floor.site) if act.luggage else {}
    return JsonResponse(
        {
            "person": worker.public_id,
            "proof": give_proof(worker=worker, device=floor.device, site=floor.site),
            "csrf": get_token(request),
            "idle": floor.options.idle_minutes,
            "hours": worker.status not in WITHOUT_HOURS,
            "acts": [act.code for act in acts],
            **bags,
        }
    )


@public
@never_cache
@require_POST
@same_origin_post
def receive(request: HttpRequest) -> HttpResponse:
    """One kept act. Whoever is signed in now: its own proof tells who did it."""
    floor = request.floor  # type: ignore[attr-defined]
    sent = _sent(request)
    is_blocked = floor.device is None and COOKIE in request.COOKIES
    try:
        bearer = read_proof(text=sent.proof, device=floor.device, user=request.user, is_blocked=is_blocked)
        answer = receive_act(sent=sent, bearer=bearer)
    except WorkshopError as refused:
        answer = Answer("refused", Told(str(refused)))
    told = answer.told
    body = {"state": answer.state, "words": told.words, "link": told.link, "link_words": told.link_words}
    return JsonResponse(body, status=STATUS[answer.state])


def _sent(request: HttpRequest) -> Sent:
    """What was posted; what cannot be read is empty, and then refused."""
    post = request.POST
    try:
        fields = {str(key): str(value) for key, value in json.loads(post.get("fields", "{}")).items()}
    except (ValueError, AttributeError):
        fields = {}
    age = post.get("age", "0")
    return Sent(
        operation=post.get("operation", ""),
        act=post.get("act", ""),
        proof=post.get("proof", ""),
        age_ms=int(age) if age.isdecimal() and len(age) < 12 else 0,
        fields=fields,
        files={name: file for name, file in request.FILES.items() if not isinstance(file, list)},
        is_forced=post.get("forced") == "1",
    )


@public
@require_GET
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker's script, served from here so that its scope is the stations' pages."""
    facts = {
        "version": version(),
        "shell": reverse("workshop:waiting"),
        "home": reverse("workshop:kiosk"),
        "leave": reverse("workshop:leave"),
        "receive": reverse("workshop:receive-kept"),
        "files": [static(name) for name in SHELL],
    }
    lines = [
        f"self.REBOND = {json.dumps(facts)};",
        f'importScripts("{static("rebond/js/offline/store.js")}", "{static("rebond/js/offline/worker.js")}");',
    ]
    return HttpResponse("\n".join(lines), content_type="text/javascript; charset=utf-8")


@public
@require_GET
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """What makes the stations' pages an application that can be installed."""
    home = reverse("workshop:kiosk")
    icons = [
        {"src": static(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in ICONS
    ]
    facts = {
        "id": home,
        "name": _("Rebond, at the workshop"),
        "short_name": _("Workshop"),
        "lang": request.LANGUAGE_CODE,
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#fbf6eb",
        "theme_color": "#1a1930",
        "icons": icons,
    }
    return JsonResponse(facts, content_type="application/manifest+json")
