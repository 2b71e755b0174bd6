"""The demonstration's door: choose a person, come in by one click. It exists only where settings.DEMO is on."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import public
from rebond.front.demo.gift_cards import code_to_try
from rebond.front.demo.network import PASSWORD
from rebond.front.demo.workshop import demo_secret
from rebond.front.queries.demo_people import demo_groups, find_demo_user, station_of_demo
from rebond.workshop.middleware import COOKIE, sign_in_at_station
from rebond.workshop.models import Device, Worker


@public
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people by role, and what waits for each."""
    if not settings.DEMO:
        raise Http404
    context = {"groups": demo_groups(), "password": PASSWORD, "gift_code": code_to_try()}
    return render(request, "front/demo_people.html", context)


@public
@require_POST
def enter(request: HttpRequest, public_id: str) -> HttpResponse:
    """Come in as one of them; nobody else's account opens this way."""
    user = find_demo_user(public_id) if settings.DEMO else None
    if user is None:
        raise Http404
    station = station_of_demo(user)
    if station is not None:
        return _to_the_station(request, *station)
    response: HttpResponse = perform_login(request, user, email_verification="none")
    return response


def _to_the_station(request: HttpRequest, worker: Worker, device: Device) -> HttpResponse:
    """The browser becomes the demo's tablet, with the badge of this person read on it."""
    sign_in_at_station(request, worker, device)
    response = redirect("workshop:kiosk")
    response.set_cookie(
        COOKIE, demo_secret(device), httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response
