"""The two public figures and what causes them, from sums of finished days (rules.md 0.2; decision 15).

Satisfaction: the sum of the notes divided by the number of answers. Refund-request rate: seller orders whose buyer
first asked for money back in the period, divided by seller orders delivered in it. Both cut, not rounded, to one
decimal: 8.96 is shown 8.9, as it is under 9.
"""

import datetime
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from rebond.catalogue.queries import categories
from rebond.network.models import Organisation, Site
from rebond.network.queries.agreements import signed_on
from rebond.shop.enums import QualityFigure
from rebond.shop.models import QualityAlert, QualityCause, QualityDay
from rebond.shop.queries.delays import years_after
from rebond.shop.reasons import STEPS, reason_label, step_of
from rebond.workshop.models import Crew
from rebond.workshop.models.figures import CrewSpan
from rebond.workshop.queries.guard import guarded

GOOD_SCORE = 9  # of 10: an alert under it
BAD_PERCENT = 3  # of deliveries: an alert from it on
MIN_ANSWERS = 10  # under them a mean says nothing
MIN_DELIVERED = 30
DAY = datetime.timedelta(days=1)
TENTH = Decimal("0.1")
COUNTS = ("delivered", "answers", "score_sum", "requests")


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of a period. `satisfaction` and `rate` are None where there are too few to say anything."""

    delivered: int = 0
    answers: int = 0
    score_sum: int = 0
    requests: int = 0

    @property
    def satisfaction(self) -> Decimal | None:
        """Out of 10."""
        return self.mean if self.answers >= MIN_ANSWERS else None

    @property
    def mean(self) -> Decimal:
        """The satisfaction however few the answers; 0 without any."""
        return (Decimal(self.score_sum) / max(self.answers, 1)).quantize(TENTH, ROUND_DOWN)

    @property
    def rate(self) -> Decimal | None:
        """In percent of the deliveries."""
        return self.percent if self.delivered >= MIN_DELIVERED else None

    @property
    def percent(self) -> Decimal:
        """The rate however few the deliveries; 0 without any."""
        return (Decimal(100 * self.requests) / max(self.delivered, 1)).quantize(TENTH, ROUND_DOWN)

    @property
    def share(self) -> int:
        """Answers for a hundred deliveries, 100 at most: an answer may come in the month after its delivery."""
        return min(100 * self.answers // max(self.delivered, 1), 100)

    @property
    def is_low(self) -> bool:
        return self.answers >= MIN_ANSWERS and self.score_sum < GOOD_SCORE * self.answers

    @property
    def is_high(self) -> bool:
        return self.delivered >= MIN_DELIVERED and 100 * self.requests >= BAD_PERCENT * self.delivered


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `since` to `until`, both included."""

    since: datetime.date
    until: datetime.date


def rolling_year(until: datetime.date | None = None) -> Span:
    """Twelve months that end yesterday, or on `until`."""
    until = until or timezone.localdate() - DAY
    return Span(years_after(until, -1) + DAY, until)


def days_of(scope: "QuerySet[Organisation] | Organisation | None", span: Span) -> "QuerySet[QualityDay]":
    """The days of one seller, of several, or of the whole network."""
    rows = QualityDay.objects.filter(day__range=(span.since, span.until)).order_by()
    found: QuerySet[QualityDay] = _within(rows, scope)
    return found


def _within(rows: Any, scope: "QuerySet[Organisation] | Organisation | None") -> Any:
    if scope is None:
        return rows
    return rows.filter(seller=scope) if isinstance(scope, Organisation) else rows.filter(seller__in=scope)


def figures_of(scope: "QuerySet[Organisation] | Organisation | None", span: Span) -> Figures:
    """One query over the sums of a year's days."""
    found = days_of(scope, span).aggregate(**{name: Sum(name) for name in COUNTS})
    return Figures(**{name: found[name] or 0 for name in COUNTS})


def by_month(scope: "QuerySet[Organisation] | Organisation | None", span: Span) -> list[tuple[datetime.date, Figures]]:
    """The months of the period, the oldest first; the first one and the last one may not be whole."""
    rows = days_of(scope, span).values_list("month").annotate(*(Sum(name) for name in COUNTS))
    found = {month: Figures(*counts) for month, *counts in rows}
    return [(month, found.get(month, Figures())) for month in _months(span)]


def _months(span: Span) -> list[datetime.date]:
    found, month = [], span.since.replace(day=1)
    while month <= span.until:
        found.append(month)
        month = (month + 31 * DAY).replace(day=1)
    return found


def by_seller(span: Span) -> dict[int, Figures]:
    """Seller's key → figures, for all who delivered or were answered."""
    rows = days_of(None, span).values_list("seller").annotate(*(Sum(name) for name in COUNTS))
    return {seller: Figures(*counts) for seller, *counts in rows}


def sellers_of(operator: Organisation, day: datetime.date) -> "QuerySet[Organisation]":
    """Those whose agreement with this operator is in force: its platform."""
    return Organisation.objects.filter(pk__in=signed_on(day).filter(operator=operator).values("organisation_id"))


@dataclass(frozen=True, slots=True)
class Cause:
    """One line of a table: what caused requests, and what was delivered there where it is known."""

    label: str
    figures: Figures
    merged: int = 0  # places shown together


@dataclass(frozen=True, slots=True)
class Causes:
    reasons: list[Cause]
    steps: list[Cause]
    universes: list[Cause]
    sites: list[Cause]


def causes_of(scope: "QuerySet[Organisation] | Organisation | None", span: Span) -> Causes:
    """Reasons, steps that failed, universes, and places of one seller: never a person."""
    rows = _within(QualityCause.objects.filter(day__range=(span.since, span.until)).order_by(), scope)
    return Causes(*_reasons(rows), _universes(rows), _sites(rows, scope, span))


def _reasons(rows: Any) -> tuple[list[Cause], list[Cause]]:
    counts = dict(rows.exclude(reason="").values_list("reason").annotate(Sum("requests")))
    steps = dict.fromkeys(STEPS, 0)
    for reason, number in counts.items():
        steps[step_of(reason)] += number
    reasons = [Cause(reason_label(reason), Figures(requests=number)) for reason, number in counts.items()]
    found = [Cause(str(STEPS[step]), Figures(requests=number)) for step, number in steps.items() if number]
    return sorted(reasons, key=_most), sorted(found, key=_most)


def _most(cause: Cause) -> tuple[int, str]:
    return -cause.figures.requests, cause.label


def _universes(rows: Any) -> list[Cause]:
    found = rows.values_list("universe").annotate(*(Sum(name) for name in COUNTS))
    return sorted((Cause(_universe(key), Figures(*counts)) for key, *counts in found), key=_most)


def _universe(key: str) -> str:
    node = categories.by_key(key) if key else None
    return node.label if node is not None else _("Unknown")


def _sites(rows: Any, scope: Any, span: Span) -> list[Cause]:
    """Places of one seller; those where fewer than three people work are shown together (decision 15)."""
    if not isinstance(scope, Organisation):
        return []
    names = dict(Site.objects.filter(organisation=scope).order_by("pk").values_list("pk", "name"))
    crews = Crew.objects.filter(site__in=names, span=CrewSpan.WEEK, station=None, universe="*").order_by()
    crews = crews.filter(start__range=(span.since, span.until))
    people: dict[int, int] = dict(crews.values_list("site").annotate(Max("people")))
    sums = rows.values_list("site").annotate(*(Sum(name) for name in COUNTS))
    found = [(site, Figures(*counts)) for site, *counts in sums]
    alone, few = guarded(found, lambda row: people.get(row[0], 0), lambda row: row[1].delivered)
    shown = [Cause(names.get(site, _("Unknown")), figures) for site, figures in alone]
    if few:
        total = Figures(*(sum(getattr(figures, name) for _site, figures in few) for name in COUNTS))
        label = _("Other places together") if alone else _("All places together")
        shown.append(Cause(label, total, len(few)))
    return sorted(shown, key=lambda cause: (cause.merged > 0, *_most(cause)))


def open_alerts(
    scope: "QuerySet[Organisation] | Organisation | None", operator: Organisation | None = None
) -> "QuerySet[QualityAlert]":
    """Figures that crossed and are not good again, the newest first; with those of the platform of `operator`."""
    rows = QualityAlert.objects.filter(closed_on__isnull=True)
    if operator is not None and isinstance(scope, QuerySet):
        rows = rows.filter(Q(seller__in=scope) | Q(seller=operator))
    else:
        rows = _within(rows, scope)
    return rows.select_related("seller").order_by("-pk")


def named(alert: QualityAlert) -> str:
    """Whose figure it is."""
    if alert.seller is None:
        return _("The whole network")
    if alert.seller.kind == "operator":
        return _("Platform of %(operator)s") % {"operator": alert.seller.name}
    return alert.seller.name


def page_of(alert: QualityAlert) -> str:
    """Where the desk shows what causes it."""
    path = reverse("shop:quality-desk")
    return path if alert.seller is None else f"{path}?vendeur={alert.seller.slug}"


def said_of(alert: QualityAlert) -> str:
    """The figure on the day it crossed, in a sentence."""
    if alert.figure == QualityFigure.SATISFACTION:
        figures = Figures(answers=alert.whole, score_sum=alert.part)
        values = {"mean": number_format(figures.mean), "n": alert.whole}
        return _("Satisfaction %(mean)s out of 10, from %(n)s answers: under 9.") % values
    figures = Figures(delivered=alert.whole, requests=alert.part)
    values = {"rate": number_format(figures.percent), "n": alert.part, "all": alert.whole}
    return _("%(n)s refund requests for %(all)s deliveries, %(rate)s%%: 3%% or more.") % values
