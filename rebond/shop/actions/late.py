"""Surcharges of late refunds, counted again when the rate of their half-year is known (rules.md F2, L242-4).

The rule: what was counted with the last known rate is raised where the true one is higher, and never lowered. A buyer
keeps what was promised.
"""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.queries.legal_rates import half_year, rate_on
from rebond.ledger.queries.surcharge import legal_surcharge
from rebond.shop.actions.books import post_late
from rebond.shop.models import Return


def correct_surcharges(*, starts_on: datetime.date, now: datetime.datetime | None = None) -> int:
    """Every refund of that half-year that counted with the legal rate, each in its transaction; how many were raised.

    Run again, it has one effect.
    """
    first, last = half_year(starts_on)
    begin = timezone.make_aware(datetime.datetime.combine(first, datetime.time.min))
    end = timezone.make_aware(datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time.min))
    rows = Return.objects.filter(surcharge_rate_bp__isnull=False, closed_at__gte=begin, closed_at__lt=end)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return sum(correct_surcharge(back_id=key, now=now) for key in keys)


@transaction.atomic
def correct_surcharge(*, back_id: int, now: datetime.datetime | None = None) -> bool:
    """Count one again, and post what it is short of; whether it was raised. Locks: the order, then balances by key."""
    now = now or timezone.now()
    back = Return.objects.select_related("part__order", "part__seller").get(pk=back_id)
    lock_row(back.part.order)
    back.refresh_from_db()
    if back.closed_at is None or back.surcharge_rate_bp is None:
        return False
    day = timezone.localdate(back.closed_at)
    rate = rate_on(day)
    is_settled = not back.surcharge_is_provisional and rate.basis_points <= back.surcharge_rate_bp
    if rate.is_provisional or is_settled:
        return False
    days = (day - back.due_on).days
    right = legal_surcharge(back.surcharge_base_cents, days, legal_rate_bp=rate.basis_points)
    more = max(right - back.surcharge_cents, 0)
    key = f"{back.public_id}:rate-{back.surcharge_cents}" if back.surcharge_cents else back.public_id
    changes: dict[str, Any] = (
        {"surcharge_cents": back.surcharge_cents + more, "surcharge_paid_on": None} if more else {}
    )
    Return.objects.filter(pk=back.pk).update(
        surcharge_is_provisional=False, surcharge_rate_bp=max(rate.basis_points, back.surcharge_rate_bp), **changes
    )
    post_late(part=back.part, key=key, cents=more, by=None, now=now)
    record(
        "shop.return.surcharge_corrected",
        subject=back,
        by=None,
        organisation=back.part.seller,
        cents=more,
        basis_points=rate.basis_points,
    )
    return more > 0
