"""Counting the month that runs, apart from any page."""

import datetime

from django.db.models import Q
from django.utils import timezone

from rebond.ledger.models import Account, SoldMonth
from rebond.ledger.queries.months import month_sums, posted_before
from rebond.network.models import Organisation


def count_month(*, operator: Organisation, day: datetime.date) -> SoldMonth:
    """The month of `day` as it was posted before that day, kept in place of the last count. Again: the same."""
    month = day.replace(day=1)
    sale, refund = posted_before(operator, day)
    found = month_sums(operator, month, sales=Q(pk__lte=sale), refunds=Q(pk__lte=refund))
    said = {
        "sale": sale,
        "refund": refund,
        "sales": found.sales,
        "paid_cents": found.paid_cents,
        "refunded_cents": found.refunded_cents,
        "parts": found.parts,
    }
    return SoldMonth.objects.update_or_create(operator=operator, month=month, defaults=said)[0]


def count_months(*, now: datetime.datetime | None = None) -> int:
    """Each night: the month that runs, in all books; return how many were counted."""
    today = timezone.localdate(now)
    keepers = Account.objects.order_by().values("operator")
    operators = list(Organisation.objects.filter(pk__in=keepers).order_by("pk"))
    for operator in operators:
        count_month(operator=operator, day=today)
    return len(operators)
