"""What badges are given for, and the key that signs them."""

import uuid
from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.paging import key_in, page_before
from rebond.core.web import act_of, page
from rebond.skills.actions.badge import Words, close_badge, make_badge, rewrite_badge
from rebond.skills.actions.key import renew_key
from rebond.skills.errors import SkillsError
from rebond.skills.models import Badge, IssuerKey
from rebond.skills.queries.lists import badges_of
from rebond.skills.web.exports import BADGES
from rebond.skills.web.forms import BadgeForm

VIEW, CHANGE, KEY = "skills.award.view", "skills.badge.change", "skills.key.change"
PER_PAGE = 50


def _organisation(request: HttpRequest) -> Any:
    return request.access.organisation  # type: ignore[attr-defined]


@requires(VIEW)
@require_safe
def badge_list(request: HttpRequest) -> HttpResponseBase:
    """The badges of the organisation, and its keys."""
    organisation = _organisation(request)
    rows = badges_of(organisation)
    if (download := wanted_export(request, rows, BADGES, _("badges"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    context = {
        "badges": found,
        "next_key": next_key,
        "is_first": not before,
        "keys": IssuerKey.objects.filter(organisation=organisation).order_by("-pk")[:10],
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "can_renew": request.access.can(KEY),  # type: ignore[attr-defined]
        "operation": uuid.uuid4(),
    }
    return page(request, "skills/desk/badge_list.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def badge_make(request: HttpRequest) -> HttpResponse:
    form = BadgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = bind_errors(
            form,
            lambda: made_once(
                Badge,
                act_of(request),
                lambda: make_badge(organisation=_organisation(request), words=form.words, by=request.user),
            ),
            SkillsError,
        )
        if made is not None:
            messages.success(request, _("The badge is written: you can give it."))
            return redirect("skills-desk:badge-list")
    context = {"form": form, "operation": request.POST.get("operation") or uuid.uuid4()}
    return page(request, "skills/desk/badge_make.html", context, status=422 if form.errors else 200)


def _load(request: HttpRequest, badge_id: str) -> Badge:
    """A badge of the organisation acted for; raise Http404."""
    rows = Badge.objects.visible_to(request.user).filter(organisation=_organisation(request))
    found: Badge = get_object_or_404(rows.select_related("organisation"), public_id=badge_id)
    return found


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def badge_detail(request: HttpRequest, badge_id: str) -> HttpResponse:
    """Its words; other words are its next version."""
    badge = _load(request, badge_id)
    form = BadgeForm(request.POST or None, initial={field.name: getattr(badge, field.name) for field in fields(Words)})
    if request.method == "POST" and form.is_valid():
        later = bind_errors(form, lambda: rewrite_badge(badge=badge, words=form.words, by=request.user), SkillsError)
        if later is not None:
            messages.success(request, _("The next version is given from now on."))
            return redirect("skills-desk:badge-detail", later.public_id)
    return page(
        request, "skills/desk/badge_detail.html", {"badge": badge, "form": form}, status=422 if form.errors else 200
    )


@requires(CHANGE)
@require_POST
def badge_close(request: HttpRequest, badge_id: str) -> HttpResponse:
    try:
        close_badge(badge=_load(request, badge_id), by=request.user)
    except SkillsError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("This badge is given to nobody any more. Those who have it keep it."))
    return redirect("skills-desk:badge-list")


@requires(KEY)
@require_POST
def key_renew(request: HttpRequest) -> HttpResponse:
    made_once(IssuerKey, act_of(request), lambda: renew_key(organisation=_organisation(request), by=request.user))
    messages.success(request, _("A new key signs from now on. Badges signed before go on being verified."))
    return redirect("skills-desk:badge-list")
