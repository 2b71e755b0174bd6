"""My skills: what was counted, what was seen, what I say of it; mine to answer, to hide and to stop."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import signed_in
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.seo import Seo
from rebond.core.web import act_of, page
from rebond.people.actions.consent import give_consent, withdraw_consent
from rebond.people.enums import ConsentHow, ConsentKind
from rebond.people.models import Person
from rebond.skills.actions.level import answer_level, assess_self, hide_card
from rebond.skills.data.cards import cards
from rebond.skills.enums import AnswerKind
from rebond.skills.errors import SkillsError
from rebond.skills.models import Answer, Assessment
from rebond.skills.queries.members import LogRule, is_asked_for, rule_today
from rebond.skills.queries.portfolio import skills_of
from rebond.skills.web.skill_forms import AnswerForm, SelfForm, answer_form


def _mine(request: HttpRequest, person_id: str) -> Person:
    """One of the files of the person who asks; raise Http404."""
    rows = Person.objects.of_user(request.user).select_related("organisation")
    found: Person = get_object_or_404(rows, public_id=person_id)
    return found


def _seo(request: HttpRequest, title: str) -> Seo:
    return Seo(title=title, path=request.path, robots="noindex")


@signed_in
@require_safe
@never_cache
def skill_list(request: HttpRequest) -> HttpResponse:
    """One part for each organisation with a file of the person."""
    people = Person.objects.of_user(request.user).select_related("organisation").order_by("-pk")[:10]
    parts = [
        {
            "person": person,
            "rule": (rule := rule_today(person)),
            "is_asked_for": rule == LogRule.ASKED and is_asked_for(person),
            "skills": skills_of(person, with_hidden=True).values(),
        }
        for person in people
    ]
    return page(
        request,
        "skills/own/skills.html",
        {"parts": parts, "seo": _seo(request, pgettext("own space", "My skills"))},
    )


def _card_page(
    request: HttpRequest, person: Person, card: str, *, form: SelfForm | None = None, refused: Any = ("", None)
) -> HttpResponse:
    """`refused` is the assessment whose answer was refused, and its form."""
    skill = skills_of(person, card=card, with_hidden=True).get(card)
    if skill is None:
        raise Http404
    said = [
        (one, refused[1] if one.assessment.public_id == refused[0] else answer_form(one.assessment.public_id))
        for one in skill.said
    ]
    context = {
        "person": person,
        "skill": skill,
        "said": said,
        "form": form or SelfForm(),
        "operation": request.POST.get("operation") or uuid.uuid4(),
        "seo": _seo(request, skill.card.name),
    }
    is_refused = bool((form and form.errors) or refused[0])
    return page(request, "skills/own/skill.html", context, status=422 if is_refused else 200)


@signed_in
@require_safe
@never_cache
def skill_detail(request: HttpRequest, person_id: str, card: str) -> HttpResponse:
    return _card_page(request, _mine(request, person_id), card)


@signed_in
@require_POST
@never_cache
def skill_assess(request: HttpRequest, person_id: str, card: str) -> HttpResponse:
    """Where the person says they are."""
    person, form = _mine(request, person_id), SelfForm(request.POST)
    if card not in cards():
        raise Http404

    def say() -> Assessment:
        return made_once(
            Assessment,
            act_of(request),
            lambda: assess_self(person=person, card=card, by=request.user, **form.cleaned_data),
        )

    if form.is_valid() and bind_errors(form, say, SkillsError) is not None:
        messages.success(request, _("It is written. A supervisor reads it."))
        return redirect("my-skills:card", person.public_id, card)
    return _card_page(request, person, card, form=form)


@signed_in
@require_POST
@never_cache
def skill_answer(request: HttpRequest, person_id: str, card: str, assessment_id: str) -> HttpResponse:
    """The person agrees, contests or adds a word (`answer`)."""
    person = _mine(request, person_id)
    rows = Assessment.objects.filter(person=person, card=card).select_related("person__organisation")
    assessment: Assessment = get_object_or_404(rows, public_id=assessment_id)
    form = answer_form(assessment.public_id, request.POST)
    if form.is_valid() and bind_errors(form, _answering(request, assessment, form), SkillsError) is not None:
        messages.success(request, _("It is written. It stays as you said it."))
        return redirect("my-skills:card", person.public_id, card)
    return _card_page(request, person, card, refused=(assessment.public_id, form))


def _answering(request: HttpRequest, assessment: Assessment, form: AnswerForm) -> Callable[[], Answer]:
    kind = request.POST.get("answer", AnswerKind.COMMENTS)
    words = form.cleaned_data["words"]
    return lambda: made_once(
        Answer,
        act_of(request),
        lambda: answer_level(assessment=assessment, kind=kind, words=words, by=request.user),
    )


@signed_in
@require_POST
@never_cache
def skill_hide(request: HttpRequest, person_id: str, card: str) -> HttpResponse:
    """`hidden=1` keeps the card to the person; anything else shows it again."""
    person = _mine(request, person_id)
    if card not in cards():
        raise Http404
    is_hidden = request.POST.get("hidden") == "1"
    hide_card(person=person, card=card, is_hidden=is_hidden, by=request.user)
    if is_hidden:
        messages.success(request, _("You keep it to yourself: your supervisors do not see it any more."))
    else:
        messages.success(request, _("Your supervisors see it again."))
    return redirect("my-skills:card", person.public_id, card)


@signed_in
@require_POST
@never_cache
def log_switch(request: HttpRequest, person_id: str) -> HttpResponse:
    """The person asks that their work count, or does not want it any more; said twice it is said once."""
    person = _mine(request, person_id)
    if request.POST.get("answer") == "yes":
        give_consent(person=person, kind=ConsentKind.SKILLS, how=ConsentHow.OWN, by=request.user)
        messages.success(request, _("Your work counts for you from today. You can stop it on any day."))
    else:
        withdraw_consent(person=person, kind=ConsentKind.SKILLS, by=request.user)
        messages.success(request, _("Nothing more is counted from today. What is there stays yours."))
    return redirect("my-skills:list")
