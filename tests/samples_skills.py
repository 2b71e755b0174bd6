"""Samples of addresses of badges, for the test of rights (tests/samples.py)."""

from tests.factories.skills import badge_of


def _award(world):
    """Given by the seller to its manager, the first of those who are asked for their own, who shows it."""
    from rebond.skills.actions.award import issue_award, share_award
    from rebond.skills.models import Award

    made = Award.objects.filter(organisation=world.seller).first()
    if made is None:
        award = issue_award(badge=badge_of(world.seller), user=world.user("manager"), by=None)
        made = share_award(award=award, is_shared=True, by=None)
    return made


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
    **{f"my-badges:{verb}": AWARD | {"form": lambda w: "json"} for verb in ("share", "file")},
}
