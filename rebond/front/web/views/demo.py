"""The demonstration's door: choose a person, come in by one click. It exists only where settings.DEMO is on."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import public
from rebond.front.demo.network import PASSWORD
from rebond.front.queries.demo_people import demo_groups, find_demo_user


@public
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The people by role, and what waits for each."""
    if not settings.DEMO:
        raise Http404
    return render(request, "front/demo_people.html", {"groups": demo_groups(), "password": PASSWORD})


@public
@require_POST
def enter(request: HttpRequest, public_id: str) -> HttpResponse:
    """Come in as one of them; nobody else's account opens this way."""
    user = find_demo_user(public_id) if settings.DEMO else None
    if user is None:
        raise Http404
    response: HttpResponse = perform_login(request, user, email_verification="none")
    return response
