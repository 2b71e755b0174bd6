"""Badges given: the list, giving one, one with what it says, taking one back."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.paging import key_in, page_before
from rebond.core.web import act_of, page
from rebond.skills.actions.award import issue_award, revoke_award
from rebond.skills.credentials.strict import read_object
from rebond.skills.errors import SkillsError
from rebond.skills.models import Award
from rebond.skills.queries.documents import Proof
from rebond.skills.queries.lists import awards_for, receivable_by, team_of
from rebond.skills.queries.telling import told_by
from rebond.skills.web.exports import AWARDS, PEOPLE
from rebond.skills.web.forms import AwardForm, RevokeForm

VIEW, CHANGE = "skills.award.view", "skills.award.change"
PER_PAGE = 50


def _organisation(request: HttpRequest) -> Any:
    return request.access.organisation  # type: ignore[attr-defined]


@requires(VIEW)
@require_safe
def award_list(request: HttpRequest) -> HttpResponseBase:
    """The newest first."""
    state, words = request.GET.get("etat", ""), request.GET.get("q", "")[:100]
    rows = awards_for(_organisation(request), state=state, words=words)
    if (download := wanted_export(request, rows, AWARDS, _("badges"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    context = {
        "awards": found,
        "next_key": next_key,
        "is_first": not before,
        "words": words,
        "state": state,
        "tabs": [
            ("", pgettext("badges", "All")),
            ("valables", _("Valid")),
            ("retires", pgettext("badge", "Taken back")),
        ],
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "skills/desk/award_list.html", context, partial="results")


@requires(CHANGE)
@require_safe
def person_list(request: HttpRequest) -> HttpResponseBase:
    """Whom to give a badge to."""
    words = request.GET.get("q", "")[:100]
    rows = team_of(_organisation(request), words=words)
    if (download := wanted_export(request, rows, PEOPLE, _("team"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    context = {"people": found, "next_key": next_key, "is_first": not before, "words": words}
    return page(request, "skills/desk/person_list.html", context, partial="results")


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def award_give(request: HttpRequest, user_id: str) -> HttpResponse:
    organisation = _organisation(request)
    person = get_object_or_404(team_of(organisation), public_id=user_id)
    badges = receivable_by(organisation, person)
    form = AwardForm(request.POST or None, badges=badges)
    if request.method == "POST" and form.is_valid():
        award = bind_errors(form, lambda: _given(request, form, person), SkillsError)
        if award is not None:
            messages.success(request, _("The badge is given. The person finds it in their account."))
            return redirect("skills-desk:award-detail", award.public_id)
    context = {
        "form": form,
        "person": person,
        "has_badges": badges.exists(),
        "operation": request.POST.get("operation") or uuid.uuid4(),
    }
    return page(request, "skills/desk/award_give.html", context, status=422 if form.errors else 200)


def _given(request: HttpRequest, form: AwardForm, person: Any) -> Award:
    said = form.cleaned_data
    proof = Proof(said["name"] or said["badge"].name, said["narrative"], said["url"])
    has_proof = any(said[name] for name in ("name", "narrative", "url"))
    return made_once(
        Award,
        act_of(request),
        lambda: issue_award(
            badge=said["badge"],
            user=person,
            proofs=[proof] if has_proof else [],
            valid_until=_end_of(said["valid_until"]),
            by=request.user,
        ),
    )


def _end_of(day: datetime.date | None) -> datetime.datetime | None:
    """The last second of a day in Paris."""
    if day is None:
        return None
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))


def _load(request: HttpRequest, award_id: str) -> Award:
    """An award of the organisation acted for; raise Http404."""
    rows = Award.objects.visible_to(request.user).filter(organisation=_organisation(request))
    found: Award = get_object_or_404(rows.select_related("badge", "user", "organisation"), public_id=award_id)
    return found


def _detail(request: HttpRequest, award: Award, form: RevokeForm) -> HttpResponse:
    context = {
        "award": award,
        "told": told_by(read_object(award.credential)) if award.credential else None,
        "form": form,
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "skills/desk/award_detail.html", context, status=422 if form.errors else 200)


@requires(VIEW)
@require_safe
def award_detail(request: HttpRequest, award_id: str) -> HttpResponse:
    return _detail(request, _load(request, award_id), RevokeForm())


@requires(CHANGE)
@require_POST
def award_revoke(request: HttpRequest, award_id: str) -> HttpResponse:
    award, form = _load(request, award_id), RevokeForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        done = bind_errors(form, lambda: revoke_award(award=award, reason=reason, by=request.user), SkillsError)
        if done is not None:
            messages.success(request, _("The badge is taken back. Whoever verifies it is told so from now on."))
            return redirect("skills-desk:award-detail", award.public_id)
    return _detail(request, award, form)
