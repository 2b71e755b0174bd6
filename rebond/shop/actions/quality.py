"""The two public figures (rules.md 0.2): sums written each night for the days that are over, and the alerts.

A day's sums may change for a while: a buyer changes an answer for 30 days, tells the reason of a withdrawal later.
The last 40 days are written again each night, and on Sundays thirteen months: a buyer may say long after that a parcel
came later, or never. The same days give the same sums.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_rows
from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.shop import tasks
from rebond.shop.enums import QualityFigure
from rebond.shop.models import QualityAlert, QualityCause, QualityDay
from rebond.shop.queries.quality import Figures, by_seller, figures_of, rolling_year, sellers_of
from rebond.shop.queries.quality_facts import DAY, Fact, facts_between, first_day, last_written, places_of

AGAIN = 40  # days that may still change: 30 of an answer, with some for a worker that was away
YEAR_AGAIN, SUNDAY = 400, 6
AT_ONCE = 7  # days of one transaction


def close_quality(*, today: datetime.date | None = None) -> int:
    """Write the sums to yesterday, then open and close the alerts; return how many days were written."""
    until = (today or timezone.localdate()) - DAY
    start = first = first_day()
    if start is None or first is None or first > until:
        return 0
    written = last_written()
    if written is not None:
        again = YEAR_AGAIN if (until + DAY).weekday() == SUNDAY else AGAIN
        start = max(first, min(written, until) - again * DAY)
    number = (until - start).days + 1
    while start <= until:
        end = min(start + (AT_ONCE - 1) * DAY, until)
        _write(start, end)
        start = end + DAY
    watch_quality(until=until)
    return number


@transaction.atomic
def _write(start: datetime.date, end: datetime.date) -> None:
    """The rows of these days, anew. Two at once wait for each other."""
    lock_rows(Organisation.objects.filter(kind="operator"), no_key=True)
    facts = facts_between(start, end)
    QualityDay.objects.filter(day__range=(start, end)).delete()
    QualityCause.objects.filter(day__range=(start, end)).delete()
    QualityDay.objects.bulk_create(_days(facts), batch_size=500)
    QualityCause.objects.bulk_create(_causes(facts), batch_size=500)


def _counts(fact: Fact) -> Counter[str]:
    if fact.reason:
        return Counter(requests=1)
    if fact.score is not None:
        return Counter(answers=1, score_sum=fact.score)
    return Counter(delivered=1)


def _days(facts: Sequence[Fact]) -> list[QualityDay]:
    sums: dict[tuple[int, datetime.date], Counter[str]] = defaultdict(Counter)
    for fact in facts:
        sums[fact.seller, fact.day].update(_counts(fact))
    return [
        QualityDay(seller_id=seller, day=day, month=day.replace(day=1), **counts)
        for (seller, day), counts in sorted(sums.items())
    ]


def _causes(facts: Sequence[Fact]) -> list[QualityCause]:
    places = places_of(facts)
    sums: dict[Any, Counter[str]] = defaultdict(Counter)
    for fact in facts:
        site, universe = places.get((fact.part, fact.line)) or places.get((fact.part, None)) or (None, "")
        sums[fact.seller, fact.day, site, universe, fact.reason].update(_counts(fact))
    return [
        QualityCause(seller_id=seller, day=day, site_id=site, universe=universe, reason=reason, **counts)
        for (seller, day, site, universe, reason), counts in sums.items()
    ]


@transaction.atomic
def watch_quality(*, until: datetime.date) -> int:
    """Open an alert where a figure of twelve months crossed, close it where it is good again; return those opened.

    Of each seller, of each platform and of the whole network: many small sellers may be under the minimum alone.
    """
    lock_rows(Organisation.objects.filter(kind="operator"), no_key=True)
    known = {(row.seller_id, row.figure): row for row in QualityAlert.objects.filter(closed_on__isnull=True)}
    opened = 0
    for seller, figures in _watched(until):
        for figure, is_bad, part, whole in _crossings(figures):
            alert = known.pop((seller, figure), None)
            if is_bad and alert is None:
                _open(seller, figure, part, whole, until)
                opened += 1
            elif not is_bad and alert is not None:
                _close(alert, until)
    for alert in known.values():  # nothing of that seller is left in twelve months
        _close(alert, until)
    return opened


def _watched(until: datetime.date) -> Iterator[tuple[int | None, Figures]]:
    """Each seller's key once; an operator's is its platform's, None the network's."""
    span = rolling_year(until)
    operators = list(Organisation.objects.filter(kind="operator").order_by("pk"))
    platforms = {operator.pk for operator in operators}
    yield from ((seller, figures) for seller, figures in by_seller(span).items() if seller not in platforms)
    for operator in operators:
        yield operator.pk, figures_of(sellers_of(operator, until), span)
    yield None, figures_of(None, span)


def _crossings(figures: Figures) -> list[tuple[str, bool, int, int]]:
    return [
        (QualityFigure.SATISFACTION, figures.is_low, figures.score_sum, figures.answers),
        (QualityFigure.REQUESTS, figures.is_high, figures.requests, figures.delivered),
    ]


def _open(seller: int | None, figure: str, part: int, whole: int, day: datetime.date) -> None:
    """Once for each crossing: the desk shows it, and one mail goes to the seller and one to the operator."""
    alert = QualityAlert.objects.create(seller_id=seller, figure=figure, part=part, whole=whole, opened_on=day)
    _note("shop.quality.alerted", alert, part=part, whole=whole)
    tasks.write_quality_mail.enqueue(alert.pk)


def _close(alert: QualityAlert, day: datetime.date) -> None:
    if QualityAlert.objects.filter(pk=alert.pk, closed_on__isnull=True).update(closed_on=day):
        _note("shop.quality.mended", alert)


def _note(action: str, alert: QualityAlert, **data: int) -> None:
    """In the journal of whose figure it is; the network's in that of its first operator."""
    owner = alert.seller or Organisation.objects.filter(kind="operator").order_by("pk").first()
    is_all = alert.seller_id is None
    record(action, subject=owner or alert, by=None, organisation=owner, figure=alert.figure, network=is_all, **data)
