"""Which flows of last month do not close: reckoned in the night, and again where somebody changed what it rests on."""

import datetime

from django.utils import timezone

from rebond.intake.models import MonthGap, StockCount
from rebond.intake.queries.balance import balances
from rebond.intake.queries.supervising import last_month
from rebond.network.models import Site


def note_gaps(*, site: Site, today: datetime.date | None = None) -> list[str]:
    """Write the month's row anew and return the flows that do not close. Run again, it says the same.

    A month in which nobody counted has no gap to know and is not reckoned.
    """
    start, end = last_month(today or timezone.localdate())
    is_counted = StockCount.objects.filter(site=site, day__range=(start, end)).exists()
    rows = balances(site, start, end) if is_counted else []
    found = [row.flow.key for row in rows if row.flow and row.is_counted and not row.closes]
    MonthGap.objects.update_or_create(site=site, month=start, defaults={"flows": found})
    return found


def note_all_gaps(*, today: datetime.date | None = None) -> int:
    """Every site with a count; returns how many sites."""
    start, end = last_month(today or timezone.localdate())
    counted = StockCount.objects.filter(day__range=(start, end)).values("site")
    sites = list(Site.objects.filter(pk__in=counted).select_related("organisation").order_by("pk"))
    for site in sites:
        note_gaps(site=site, today=today)
    MonthGap.objects.exclude(site__in=sites).filter(month=start).delete()
    return len(sites)
