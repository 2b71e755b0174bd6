"""Where an application stands: its readings, who has still to vote, and what the votes carry."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from rebond.network.enums import Role, Vote
from rebond.network.models import Admission, Organisation, TraderFile
from rebond.network.queries.criteria import findings, votes_needed

FOR = frozenset({Vote.YES, Vote.YES_IF})


def committee_of(admission: Admission) -> list[Any]:
    """The members who may vote in this round: the committee, less those who voted before an appeal."""
    members = get_user_model().objects.filter(
        memberships__role=Role.COMMITTEE, memberships__ended_at__isnull=True, is_active=True
    )
    if admission.round == 2:
        voted = admission.readings.filter(round=1).exclude(vote="").values("member_id")
        members = members.exclude(pk__in=voted)
    return list(members.distinct().order_by("name", "pk"))


def managers_of(organisation: Organisation) -> list[Any]:
    """The people who manage it today."""
    rows = organisation.memberships.filter(role=Role.MANAGER, ended_at__isnull=True, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("user__name", "user_id")]


def claims_on(organisation: Organisation) -> list[Admission]:
    """Applications sent with its SIREN, on which its managers have not answered."""
    waiting = Admission.objects.received().filter(claimed=organisation, organisation=None)
    return [admission for admission in waiting.order_by("submitted_at", "pk") if admission.is_open]


def standing_of(admission: Admission) -> dict[str, Any]:
    """Readings of this round, lines by member, votes cast and needed, and the majority.

    Members who step aside count neither as cast nor as members; a tie carries nothing.
    """
    readings = list(admission.readings.filter(round=admission.round).select_related("member").order_by("at", "pk"))
    by_member = {r.member_id: r for r in readings}
    members = committee_of(admission)
    known = {m.pk for m in members}
    members += [r.member for r in readings if r.member_id not in known and r.vote]
    aside = sum(1 for r in readings if r.vote == Vote.RECUSED)
    cast = [r for r in readings if r.vote and r.vote != Vote.RECUSED]
    in_favour = sum(1 for r in cast if r.vote in FOR)
    needed = votes_needed(len(members) - aside, admission.grid_version)
    return {
        "readings": [r for r in readings if r.vote != Vote.RECUSED],
        "lines": [(member, by_member.get(member.pk)) for member in members],
        "members": len(members) - aside,
        "cast": len(cast),
        "needed": needed,
        "in_favour": in_favour,
        "is_quorate": len(cast) >= needed,
        "is_majority": in_favour * 2 > len(cast),
    }


def obstacles_of(admission: Admission, standing: dict[str, Any]) -> list[str]:
    """Sentences on what forbids an admission, whatever the votes: the file and the required criteria.

    A required criterion that nobody scored is not met.
    """
    found = []
    if not TraderFile.objects.filter(admission=admission, verified_at__isnull=False).exists():
        found.append(_("The seller’s file is not verified: identity, account and register, before the first sale."))
    unmet = [
        row["criterion"].label
        for row in findings(standing["readings"], admission.grid_version)
        if row["criterion"].is_required and not row["is_met"]
    ]
    if unmet:
        found.append(_("Required and not met: %(criteria)s.") % {"criteria": ", ".join(unmet)})
    return found
