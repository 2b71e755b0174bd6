"""Samples of addresses of badges, for the test of rights (tests/samples.py)."""

from django.utils import timezone

from tests.factories.skills import badge_of
from tests.samples_people import _own, _person


def _award(world):
    """Given by the seller to its manager, the first of those who are asked for their own, who shows it."""
    from rebond.skills.actions.award import issue_award, share_award
    from rebond.skills.models import Award

    made = Award.objects.filter(organisation=world.seller).first()
    if made is None:
        award = issue_award(badge=badge_of(world.seller), user=world.user("manager"), by=None)
        made = share_award(award=award, is_shared=True, by=None)
    return made


def _said(world):
    """By the person of the seller, for their supervisor to confirm."""
    from rebond.skills.models import Assessment

    return _assessed(Assessment, _person(world), "person")


def _seen(world):
    """By somebody else, of the manager, the first of those who are asked for their own."""
    from rebond.skills.models import Assessment

    return _assessed(Assessment, _own(world), "supervisor")


def _assessed(model, person, said_by):
    words = {"card": "pack", "cards_version": "2026-11", "level": 2, "day": timezone.localdate()}
    return person.assessments.first() or model.objects.create(person=person, said_by=said_by, **words)


SKILL = {"person_id": lambda w: _person(w).public_id, "card": lambda w: "pack"}
MINE = {"person_id": lambda w: _own(w).public_id, "card": lambda w: "pack"}
BADGE = {"badge_id": lambda w: _award(w).badge.public_id}
AWARD = {"award_id": lambda w: _award(w).public_id}
SHOWN = {"token": lambda w: _award(w).token, "form": lambda w: "json"}
BY_NAME = {
    "skills:issuer": {"organisation_id": lambda w: _award(w).organisation.public_id},
    "skills:status-list": {"list_id": lambda w: _award(w).status_list.public_id},
    "skills:badge": BADGE,
    "skills:picture": BADGE,
    "skills:award": SHOWN,
    "skills:award-file": SHOWN,
    "skills-desk:award-give": {"user_id": lambda w: w.user("worker").public_id},
    **{f"skills-desk:badge-{verb}": BADGE for verb in ("detail", "close")},
    **{f"skills-desk:award-{verb}": AWARD for verb in ("detail", "revoke")},
    **{f"skills-people:{page}": SKILL for page in ("person", "card", "observe")},
    "skills-people:confirm": SKILL | {"assessment_id": lambda w: _said(w).public_id},
    **{f"my-skills:{page}": MINE for page in ("switch", "card", "assess", "hide")},
    "my-skills:answer": MINE | {"assessment_id": lambda w: _seen(w).public_id},
    **{f"my-badges:{verb}": AWARD | {"form": lambda w: "json"} for verb in ("share", "file")},
}
