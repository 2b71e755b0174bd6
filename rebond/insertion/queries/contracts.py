"""Contracts of a person with all that was signed, and those of an organisation by their last day."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from rebond.core.dates import add_months
from rebond.insertion.contract_rules import ALERT_MONTHS, Period, limit_of, pass_warnings, path_of
from rebond.insertion.enums import ContractKind, ContractState, EndReason, Exemption
from rebond.insertion.models import Contract, ContractPause, ContractTerms, Pass
from rebond.insertion.models.contract import OPEN
from rebond.insertion.pass_dates import PassDates
from rebond.insertion.queries.passes import dates_of
from rebond.network.models import Organisation
from rebond.people.models import Person


@dataclass(slots=True)
class ShownContract:
    """What a page says of a contract on a day."""

    contract: Contract
    day: datetime.date
    terms: list[ContractTerms]
    pauses: list[ContractPause]
    dates: PassDates | None = None  # of the person's last PASS
    limit: datetime.date | None = None  # of 24 months in all

    @property
    def now(self) -> ContractTerms:
        """The terms of the day: the first ones before it begins."""
        return next((row for row in reversed(self.terms) if row.from_on <= self.day), self.terms[0])

    @property
    def last(self) -> ContractTerms:
        return self.terms[-1]

    @property
    def pause(self) -> ContractPause | None:
        return next((row for row in self.pauses if row.starts_on <= self.day <= row.ends_on), None)

    @property
    def state(self) -> ContractState:
        if not self.contract.needs_end:
            return ContractState.ENDED
        if self.day < self.contract.starts_on:
            return ContractState.FUTURE
        if self.day > self.contract.last_on:
            return ContractState.OVER
        return ContractState.PAUSED if self.pause else ContractState.RUNNING

    @property
    def alert(self) -> int | None:
        """Months of an alert that is reached (6, 3, 1); None before all, and once it is over."""
        is_now = self.state in {ContractState.RUNNING, ContractState.PAUSED} and self.contract.has_last_day
        return urgency_of(self.contract, self.day)[1] if is_now else None

    @property
    def warnings(self) -> list[str]:
        if self.state == ContractState.ENDED:
            return []
        period = Period(self.contract.starts_on, self.contract.last_on)
        return pass_warnings(period, self.dates, last_known=self.contract.has_last_day)

    @property
    def end_reason(self) -> str:
        if self.state != ContractState.ENDED:
            return ""
        reason = self.contract.end.reason
        return str(dict(EndReason.choices).get(reason, reason))

    @property
    def papers(self) -> list[tuple[ContractTerms, str]]:
        """What was signed, the last first, each with its exemption in words."""
        labels = dict(Exemption.choices)
        return [(row, str(labels.get(row.exemption, row.exemption))) for row in reversed(self.terms)]


def days_of(person: Person) -> list[Period]:
    """The days of the CDDI that the person had here, those to come included."""
    rows = Contract.objects.filter(person=person, kind=ContractKind.CDDI)
    return sorted(Period(first, last) for first, last in rows.values_list("starts_on", "last_on"))


def shown_contracts(person: Person, *, today: datetime.date | None = None) -> list[ShownContract]:
    """All contracts of the person, the last first; seven queries whatever their number."""
    today = today or timezone.localdate()
    rows = Contract.objects.filter(person=person).select_related("end").order_by("-starts_on", "-pk")
    contracts = list(rows.prefetch_related(Prefetch("terms", ContractTerms.objects.order_by("number")), "pauses"))
    if not contracts:
        return []
    held = Pass.objects.filter(person=person).prefetch_related("suspensions", "prolongations")
    last = held.order_by("-starts_on", "-pk").first()
    dates = dates_of(last) if last is not None else None
    path = path_of(Period(row.starts_on, row.last_on) for row in contracts if row.kind == ContractKind.CDDI)
    limit = limit_of(path) if path else None
    return [_shown(row, today, dates, limit) for row in contracts]


def _shown(
    contract: Contract, today: datetime.date, dates: PassDates | None, limit: datetime.date | None
) -> ShownContract:
    is_fixed = contract.kind == ContractKind.CDDI
    return ShownContract(
        contract,
        today,
        list(contract.terms.all()),
        list(contract.pauses.all()),
        dates,
        limit if is_fixed else None,
    )


def current_of(shown: Sequence[ShownContract]) -> ShownContract | None:
    """The one to speak of: without an end, the one that runs before those to come."""
    open_ones = [one for one in shown if one.contract.needs_end]
    begun = [one for one in open_ones if one.state != ContractState.FUTURE]
    return next(iter(begun or open_ones[-1:]), None)


def ending(organisation: Organisation) -> "QuerySet[Contract]":
    """Contracts with a last day and no end yet, the first to end first; those that have passed come before."""
    rows = Contract.objects.filter(organisation=organisation, needs_end=True, last_on__lt=OPEN)
    return rows.select_related("person__counsellor").order_by("last_on", "pk")


def ending_after(rows: "QuerySet[Contract]", key: str, size: int) -> tuple[list[Contract], str | None]:
    """The `size` contracts after `key`, a day and a number ("2026-12-01.7"); the key of the next page."""
    day, _dot, number = key.partition(".")
    try:
        after = datetime.date.fromisoformat(day), int(number[:18])
    except ValueError:
        after = None
    if after is not None:
        rows = rows.filter(last_on__gte=after[0]).filter(Q(last_on__gt=after[0]) | Q(last_on=after[0], pk__gt=after[1]))
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], f"{last.last_on}.{last.pk}" if last else None


def urgency_of(contract: Contract, today: datetime.date) -> tuple[bool, int | None]:
    """Whether its last day has passed without a word on it; the months of the alert that is reached, else None."""
    if contract.last_on < today:
        return True, None
    return False, min((m for m in ALERT_MONTHS if today >= add_months(contract.last_on, -m)), default=None)
