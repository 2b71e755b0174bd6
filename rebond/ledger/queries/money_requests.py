"""Who may do how much alone, who grants, and what waits for whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from rebond.core.dates import midnight
from rebond.ledger.enums import Alone, RequestState
from rebond.ledger.models import BilledSale, MoneyLimit, MoneyRequest, TaxFile
from rebond.ledger.money_acts import OPERATOR, SELLER, Limit, MoneyAct, act_named, all_acts
from rebond.network.enums import OrganisationKind
from rebond.network.models import Membership, Organisation

AT_MOST = 100  # what the home counts


@dataclass(frozen=True, slots=True)
class Rights:
    """Of one person for one act: the largest limits of their roles; `is_sole`: they grant, and nobody else does."""

    alone: int | None
    grant: int | None
    is_sole: bool


def limits_of(organisation: Organisation, acts: Iterable[MoneyAct]) -> dict[str, dict[str, Limit]]:
    """By act and role: the usual limits, with what the organisation changed. One query."""
    found = {act.key: dict(act.limits()) for act in acts}
    for row in MoneyLimit.objects.filter(organisation=organisation, act__in=found):
        if row.role in found[row.act]:
            found[row.act][row.role] = Limit(row.alone_cents, row.grant_cents)
    return found


def acts_of(organisation: Organisation) -> list[MoneyAct]:
    """Those whose limits an organisation may set: the operator keeps books and may sell too, the others sell."""
    scopes = {OPERATOR, SELLER} if organisation.kind == OrganisationKind.OPERATOR else {SELLER}
    return [act for act in all_acts() if act.scope in scopes and not act.is_fixed]


def most(limits: Collection[int | None]) -> int | None:
    """The largest: None is any amount."""
    return None if None in limits else max((one for one in limits if one is not None), default=0)


def rights_of(by: Any, organisation: Organisation, act: MoneyAct) -> Rights:
    """What `by` may do alone and grant of this act in the organisation; two queries."""
    limits = limits_of(organisation, [act])[act.key]
    rows = Membership.objects.filter(organisation=organisation, ended_at__isnull=True, user__is_active=True)
    people = list(rows.filter(role__in=limits).values_list("user_id", "role"))
    mine = [limits[role] for user, role in people if user == by.pk]
    granters = {user for user, role in people if limits[role].grant != 0}
    return Rights(
        alone=most([one.alone for one in mine]),
        grant=most([one.grant for one in mine]),
        is_sole=granters == {by.pk},
    )


def done_alone_today(by: Any, organisation: Organisation, act: MoneyAct, now: datetime) -> int:
    """Cents of this act that the person did alone since midnight, within their limit."""
    rows = MoneyRequest.objects.filter(asked_by_id=by.public_id, act=act.key, organisation=organisation)
    rows = rows.filter(alone=Alone.LIMIT, asked_at__gte=midnight(timezone.localdate(now)))
    return int(rows.aggregate(n=Sum("cents"))["n"] or 0)


@dataclass(frozen=True, slots=True)
class AloneLeft:
    """What a person may still do alone today of one act: `cents` None is any amount. `is_sole`: nobody else grants."""

    cents: int | None
    is_sole: bool


def alone_left(by: Any, organisation: Organisation, key: str, now: datetime | None = None) -> AloneLeft:
    """Said where the person acts, before a form is filled. Three queries at most."""
    act = act_named(key)
    rights = rights_of(by, organisation, act)
    if not rights.alone or not act.has_amount:
        return AloneLeft(rights.alone, rights.is_sole)
    done = done_alone_today(by, organisation, act, now or timezone.now())
    return AloneLeft(max(rights.alone - done, 0), rights.is_sole)


def to_grant(user: Any, organisation: Organisation, roles: Collection[str]) -> "QuerySet[MoneyRequest]":
    """What others asked in the organisation and one of these roles may grant, the newest first."""
    rows: QuerySet[MoneyRequest] = MoneyRequest.objects.filter(organisation=organisation, state=RequestState.ASKED)
    acts = all_acts()
    limits = limits_of(organisation, acts)
    may = Q(pk__in=[])
    for act in acts:
        most_cents = most([limit.grant for role, limit in limits[act.key].items() if role in roles])
        if most_cents is None:
            may |= Q(act=act.key)
        elif most_cents and act.has_amount:
            may |= Q(act=act.key, cents__lte=most_cents)
    return rows.filter(may).exclude(asked_by_id=user.public_id).order_by("-pk")


def what_waits(user: Any, organisation: Organisation) -> tuple[bool, bool, bool]:
    """Whether others asked for something in the organisation, its tax data are asked for, sales wait for invoices.

    One query, for three lines of the home: usually nothing waits.
    """
    asked = MoneyRequest.objects.filter(organisation=OuterRef("pk"), state=RequestState.ASKED)
    tax = TaxFile.objects.filter(organisation=OuterRef("pk"), asked_at__isnull=False)
    rows = Organisation.objects.filter(pk=organisation.pk).order_by()
    mine = asked.exclude(asked_by_id=user.public_id)
    papers = BilledSale.objects.filter(sale__seller=OuterRef("pk"), is_invoiced=False).exclude(held=[])
    found = rows.values_list(Exists(mine), Exists(tax), Exists(papers)).get()
    return bool(found[0]), bool(found[1]), bool(found[2])


def number_to_grant(user: Any, organisation: Organisation, roles: Collection[str]) -> int:
    """How many wait for this person, `AT_MOST` at most."""
    return to_grant(user, organisation, roles).order_by()[:AT_MOST].count()


def requests_of(user: Any, organisation: Organisation, roles: Collection[str], tab: str) -> "QuerySet[MoneyRequest]":
    """The list of a tab: what waits for me, what I asked, all that waits, all that is decided."""
    rows: QuerySet[MoneyRequest] = MoneyRequest.objects.filter(organisation=organisation).order_by("-pk")
    if tab == "les-miennes":
        return rows.filter(asked_by_id=user.public_id)
    if tab == "en-attente":
        return rows.filter(state=RequestState.ASKED)
    if tab == "decidees":
        return rows.exclude(state=RequestState.ASKED)
    return to_grant(user, organisation, roles)


def waiting_for_another(organisation: Organisation, act: str, subject: str) -> MoneyRequest | None:
    """The request of this act and subject that waits for another person, for the page of the subject."""
    rows = MoneyRequest.objects.filter(organisation=organisation, act=act, subject=subject, state=RequestState.ASKED)
    found: MoneyRequest | None = rows.first()
    return found
