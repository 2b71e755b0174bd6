"""Lists of the desk: badges given, the team, badges that are given."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from rebond.accounts.models import User
from rebond.network.models import Membership, Organisation
from rebond.skills.enums import AwardState
from rebond.skills.models import Award, Badge

STATES = {"valables": AwardState.ISSUED, "retires": AwardState.REVOKED}


def awards_for(organisation: Organisation, *, state: str = "", words: str = "") -> "QuerySet[Award]":
    """What the organisation gave, the newest first; `state` is a key of STATES, `words` are looked for in names."""
    rows: QuerySet[Award] = Award.objects.filter(organisation=organisation).select_related("badge", "user")
    if state in STATES:
        rows = rows.filter(state=STATES[state])
    for word in words.split()[:5]:
        people = User.objects.filter(Q(name__icontains=word) | Q(email__iexact=word))
        badges = Badge.objects.filter(organisation=organisation, name__icontains=word)
        rows = rows.filter(Q(user__in=people.values("pk")) | Q(badge__in=badges.values("pk")))
    return rows.order_by("-pk")


def team_of(organisation: Organisation, *, words: str = "") -> "QuerySet[User]":
    """The people who may receive a badge: those who act for the organisation now."""
    team = Membership.objects.filter(organisation=organisation, ended_at__isnull=True)
    rows = User.objects.filter(pk__in=team.values("user"), is_active=True)
    for word in words.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(email__iexact=word))
    return rows.order_by("-pk")


def badges_of(organisation: Organisation) -> "QuerySet[Badge]":
    """Every badge that the organisation wrote, with how often it was given and not taken back."""
    given = Award.objects.filter(badge=OuterRef("pk"), state=AwardState.ISSUED).order_by().values("badge")
    counted = Coalesce(Subquery(given.annotate(n=Count("pk")).values("n")), Value(0))
    rows: QuerySet[Badge] = Badge.objects.filter(organisation=organisation).annotate(given=counted)
    return rows.order_by("-pk")


def receivable_by(organisation: Organisation, user: Any) -> "QuerySet[Badge]":
    """The badges that this person may still receive."""
    has = Award.objects.filter(organisation=organisation, user=user, state=AwardState.ISSUED)
    rows: QuerySet[Badge] = Badge.objects.given_now().filter(organisation=organisation)
    return rows.exclude(pk__in=has.values("badge")).order_by("name", "pk")
