"""Skills of one person at the desk: read by who is near, observed and confirmed by supervisors."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.people.actions.reading import read_skills
from rebond.people.models import Person
from rebond.people.queries.people import as_rows
from rebond.skills.actions.level import answer_level, observe_level
from rebond.skills.data.cards import cards
from rebond.skills.enums import AnswerKind
from rebond.skills.errors import SkillsError
from rebond.skills.models import Assessment, HiddenCard
from rebond.skills.queries.members import is_asked_for, rule_today
from rebond.skills.queries.portfolio import begun, skills_of
from rebond.skills.web.skill_forms import ObserveForm

VIEW, CHANGE = "skills.person.view", "skills.person.change"


def _load(request: HttpRequest, person_id: str) -> Person:
    """A person of the organisation acted for; raise Http404."""
    rows = Person.objects.visible_to(request.user).filter(organisation=request.access.organisation)  # type: ignore[attr-defined]
    found: Person = get_object_or_404(rows.select_related("organisation"), public_id=person_id)
    return found


@requires(VIEW)
@require_safe
@never_cache
def person_skills(request: HttpRequest, person_id: str) -> HttpResponse:
    """What the person shows. A reading, noted and told to them."""
    person = read_skills(person=_load(request, person_id), by=request.user)
    skills = skills_of(person, with_hidden=False)
    shown = begun(skills)
    context = {
        "person": person,
        "row": as_rows([person])[0],
        "skills": sorted(shown, key=lambda skill: not skill.asks_supervisor),
        "others": [skill for skill in skills.values() if not skill.is_begun],
        "rule": rule_today(person),
        "is_asked_for": is_asked_for(person),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "skills/desk/person_skills.html", context)


def _card_page(request: HttpRequest, person: Person, card: str, form: ObserveForm | None = None) -> HttpResponse:
    """A refused form shows the same: a reading too."""
    skill = skills_of(person, card=card, with_hidden=False).get(card)
    if skill is None:
        raise Http404
    read_skills(person=person, by=request.user)
    context = {
        "person": person,
        "skill": skill,
        "form": form or ObserveForm(),
        "can_change": request.access.can(CHANGE) and person.user_id != request.user.pk,  # type: ignore[attr-defined]
        "operation": request.POST.get("operation") or uuid.uuid4(),
    }
    return page(request, "skills/desk/person_skill.html", context, status=422 if form and form.errors else 200)


@requires(VIEW)
@require_safe
@never_cache
def person_skill(request: HttpRequest, person_id: str, card: str) -> HttpResponse:
    return _card_page(request, _load(request, person_id), card)


@requires(CHANGE)
@require_POST
@never_cache
def level_observe(request: HttpRequest, person_id: str, card: str) -> HttpResponse:
    person, form = _load(request, person_id), ObserveForm(request.POST)
    if card not in cards():
        raise Http404

    def observe() -> Assessment:
        return made_once(
            Assessment,
            act_of(request),
            lambda: observe_level(person=person, card=card, by=request.user, **form.cleaned_data),
        )

    if form.is_valid() and bind_errors(form, observe, SkillsError) is not None:
        messages.success(request, _("It is written. It counts once the person agrees."))
        return redirect("skills-people:card", person.public_id, card)
    return _card_page(request, person, card, form)


@requires(CHANGE)
@require_POST
@never_cache
def level_confirm(request: HttpRequest, person_id: str, card: str, assessment_id: str) -> HttpResponse:
    """The supervisor agrees with what the person said of themself. What they hide is as if it were not there."""
    person = _load(request, person_id)
    rows = Assessment.objects.visible_to(request.user).filter(person=person, card=card)
    hidden = HiddenCard.objects.filter(person=person).values("card")
    rows = rows.exclude(card__in=hidden).select_related("person__organisation")
    assessment = get_object_or_404(rows, public_id=assessment_id)
    try:
        answer_level(assessment=assessment, kind=AnswerKind.AGREES, by=request.user)
    except SkillsError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Confirmed: this level is acknowledged by two."))
    return redirect("skills-people:card", person.public_id, card)
