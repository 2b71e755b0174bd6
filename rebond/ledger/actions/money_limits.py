"""The limits of each role, changed as any act on money: one person asks, another grants."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from rebond.core.money import format_cents
from rebond.journal.actions.record import record
from rebond.ledger.errors import RequestInvalid
from rebond.ledger.models import MoneyLimit
from rebond.ledger.money_acts import Limit, MoneyAct, Plan, register_act
from rebond.ledger.queries.money_requests import acts_of, limits_of
from rebond.network.enums import Role
from rebond.network.models import Organisation

LIMIT_SET = "ledger.limit.set"
TOP_CENTS = 100_000_000_00


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """By role: what it does alone in a day, what it grants, in cents; None: any amount; 0: never."""

    act: str
    limits: dict[str, list[int | None]]


def _said(cents: int | None, *, has_amount: bool) -> str:
    if cents is None:
        return pgettext("limit", "Any amount") if has_amount else pgettext("limit", "Yes")
    return format_cents(cents) if cents else pgettext("limit", "Never")


def limit_words(act: MoneyAct, limit: Limit) -> str:
    """`alone up to 50,00 €, grants any amount`."""
    given = {name: _said(getattr(limit, name), has_amount=act.has_amount) for name in ("alone", "grant")}
    return _("alone: %(alone)s · grants: %(grant)s") % given


def _limits(data: LimitTerms, organisation: Organisation) -> tuple[MoneyAct, dict[str, Limit]]:
    act = next((one for one in acts_of(organisation) if one.key == data.act), None)
    if act is None or set(data.limits) != set(act.limits()):
        raise RequestInvalid
    for pair in data.limits.values():
        if len(pair) != 2 or not all(cents is None or 0 <= cents <= TOP_CENTS for cents in pair):
            raise RequestInvalid
    found = {role: Limit(*pair) for role, pair in data.limits.items()}
    if all(limit.grant == 0 for limit in found.values()):
        raise RequestInvalid(_("Somebody must be able to grant it."))
    return act, found


def plan_limits(data: LimitTerms, organisation: Organisation) -> Plan:
    """Each role as it is and as it would be; raise RequestInvalid."""
    act, asked = _limits(data, organisation)
    now = limits_of(organisation, [act])[act.key]
    lines = []
    for role, limit in asked.items():
        words = limit_words(act, limit)
        if limit != now[role]:
            words = f"{words} ({_('now: %(words)s') % {'words': limit_words(act, now[role])}})"
        lines.append((str(Role(role).label), words))
    return Plan(act.key, str(act.words), page=("ledger:limits", ()), lines=tuple(lines))


def run_limits(data: LimitTerms, organisation: Organisation, by: Any, now: datetime.datetime) -> list[MoneyLimit]:
    """The limits, kept."""
    return set_limits(data=data, organisation=organisation, by=by)


@transaction.atomic
def set_limits(*, data: LimitTerms, organisation: Organisation, by: Any) -> list[MoneyLimit]:
    """Keep them: they count for what is asked from now on, and for what waits."""
    act, asked = _limits(data, organisation)
    kept = [
        MoneyLimit.objects.update_or_create(
            organisation=organisation,
            act=act.key,
            role=role,
            defaults={"alone_cents": limit.alone, "grant_cents": limit.grant},
        )[0]
        for role, limit in asked.items()
    ]
    record("ledger.limit.set", subject=organisation, by=by, organisation=organisation, act=act.key, limits=data.limits)
    return kept


def two_people() -> dict[str, Limit]:
    """Nobody changes what they may do alone, alone."""
    return dict.fromkeys(("finance", "coordinator", "manager"), Limit(alone=0, grant=None))


def register() -> None:
    """Called when the app is ready."""
    register_act(
        MoneyAct(
            key=LIMIT_SET,
            permission="ledger.limit.change",
            words=pgettext_lazy("money act", "Change the limits of a role"),
            data=LimitTerms,
            plan=plan_limits,
            run=run_limits,
            limits=two_people,
            has_amount=False,
            is_fixed=True,
        )
    )
