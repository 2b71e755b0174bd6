"""Documents that any verifier in the world reads: no cookie, no language, from any site."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import public
from rebond.core.throttle import guarded
from rebond.network.models import Organisation
from rebond.skills.credentials.contexts import BADGES, CREDENTIALS
from rebond.skills.models import Award, Badge, IssuerKey, StatusList
from rebond.skills.pictures import svg_of
from rebond.skills.queries.documents import achievement_of, issuer_profile, signed_list
from rebond.skills.queries.files import file_of
from rebond.skills.queries.own import is_given
from rebond.skills.web.sending import sent_file


def _open(document: dict[str, Any], content_type: str = "application/ld+json") -> HttpResponse:
    answer = JsonResponse(document, content_type=content_type, json_dumps_params={"ensure_ascii": False})
    answer["Access-Control-Allow-Origin"] = "*"  # nothing in it is private, and verifiers run in browsers too
    return answer


@public
@require_safe
@cache_control(public=True, max_age=300)
def issuer(request: HttpRequest, organisation_id: str) -> HttpResponse:
    """Who signs, and every key that ever did."""
    keys = IssuerKey.objects.filter(organisation__public_id=organisation_id)
    if not keys.exists():
        raise Http404
    return _open(issuer_profile(Organisation.objects.get(public_id=organisation_id)))


@public
@require_safe
@cache_control(public=True, max_age=300)
def badge(request: HttpRequest, badge_id: str) -> HttpResponse:
    found = get_object_or_404(Badge.objects.select_related("organisation"), public_id=badge_id)
    return _open({"@context": [CREDENTIALS, BADGES]} | achievement_of(found))


@public
@require_safe
@cache_control(public=True, max_age=86400)
def picture(request: HttpRequest, badge_id: str) -> HttpResponse:
    found = get_object_or_404(Badge, public_id=badge_id)
    drawn = svg_of(name=found.name, tint=found.tint, sign=found.sign)
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return HttpResponse(drawn, content_type="image/svg+xml", headers=headers)


@public
@require_safe
@cache_control(public=True, max_age=60)
def status_list(request: HttpRequest, list_id: str) -> HttpResponse:
    """Which badges were taken back, signed; a minute old at most."""
    rows = StatusList.objects.select_related("organisation")
    document = signed_list(get_object_or_404(rows, public_id=list_id), now=timezone.now())
    if document is None:
        raise Http404
    return _open(document, "application/vc+ld+json")


@public
@require_safe
@never_cache
@guarded("wrong-link", is_right=is_given)
def award_file(request: HttpRequest, token: str, form: str) -> HttpResponseBase:
    """A badge that the person shows, as a file."""
    rows = Award.objects.select_related("badge", "organisation").filter(is_shared=True)
    found = file_of(get_object_or_404(rows, token=token), form)
    if found is None:
        raise Http404
    return sent_file(found)
