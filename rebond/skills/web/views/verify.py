"""Verifying a badge, open to everybody: a file, a text, or the address that the person gave."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rebond.core.access import public, same_origin_post
from rebond.core.seo import Seo
from rebond.core.throttle import guarded, throttled
from rebond.core.web import page
from rebond.skills.models import Award
from rebond.skills.queries.own import is_given
from rebond.skills.queries.telling import told_by
from rebond.skills.queries.verdict import Papers, Verdict, verify_badge
from rebond.skills.web.forms import VerifyForm

OURS = re.compile(rf"{re.escape(settings.SITE_URL)}/badges/([a-z0-9]{{24}})/?")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("verify-badge")
def verify(request: HttpRequest) -> HttpResponse:
    """The verdict is shown above the form, which keeps what was typed; nothing is stored."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    verdict = None
    if request.method == "POST" and form.is_valid():
        brought = form.brought
        if ours := OURS.fullmatch(brought.decode(errors="replace")):
            return redirect("skills:award", ours[1])
        verdict = verify_badge(brought, papers=Papers(email=form.cleaned_data["email"]))
    seo = Seo(title=_("Verify a badge"), path=request.path, description=_("Is this badge authentic, and still valid?"))
    context = {"form": form, "seo": seo} | _shown(verdict)
    return page(request, "skills/verify.html", context, status=422 if form.errors else 200)


def _shown(verdict: Verdict | None) -> dict[str, object]:
    told = told_by(verdict.document) if verdict is not None and verdict.document else None
    return {"verdict": verdict, "told": told}


@public
@require_safe
@never_cache
@guarded("wrong-link", is_right=is_given)
def award(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a badge that its person shows: verified anew each time it is read."""
    rows = Award.objects.select_related("badge", "organisation").filter(is_shared=True)
    found = get_object_or_404(rows, token=token)
    if "json" in request.headers.get("Accept", "") and "html" not in request.headers.get("Accept", ""):
        return HttpResponse(found.credential, content_type="application/vc+ld+json")
    seo = Seo(title=found.badge.name, path=request.path, robots="noindex")
    verdict = verify_badge(found.credential.encode())
    return page(request, "skills/award.html", {"award": found, "seo": seo} | _shown(verdict))
