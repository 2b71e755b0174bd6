"""Counting what sellers sold in a year, apart from any page (rules.md F5)."""

import datetime
from dataclasses import astuple

from django.utils import timezone

from rebond.ledger.models import Account, SoldCount
from rebond.ledger.queries.tax import years_sold
from rebond.network.models import Organisation

UNTIL_MONTH = 3  # what is given back in the first months changes the year before


def count_year(*, operator: Organisation, year: int, now: datetime.datetime | None = None) -> SoldCount:
    """What each seller sold in `year` in the operator's books, kept in place of the last count. Again: the same."""
    now = now or timezone.now()
    sold = {str(seller): astuple(year_of) for seller, year_of in years_sold(operator, year).items()}
    row, _ = SoldCount.objects.update_or_create(
        operator=operator, year=year, defaults={"counted_at": now, "sold": sold}
    )
    return row


def count_years(*, now: datetime.datetime | None = None) -> int:
    """Each night: this year in all books, and until the end of March the year before; return how many were counted."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    years = [today.year, *([today.year - 1] if today.month <= UNTIL_MONTH else [])]
    keepers = Account.objects.order_by().values("operator")
    operators = list(Organisation.objects.filter(pk__in=keepers).order_by("pk"))
    for operator in operators:
        for year in years:
            count_year(operator=operator, year=year, now=now)
    return len(operators) * len(years)
