"""Moments of the demo: days before now, brought into working hours."""

from datetime import datetime, timedelta

from django.utils import timezone

OPENS, HOURS = 8, 10


def moment(now: datetime, days: float) -> datetime:
    """`days` before `now`. Earlier days are squeezed into 8 h to 18 h, today stays as it is: order is kept."""
    raw = now - timedelta(days=days)
    local = timezone.localtime(raw)
    if local.date() >= timezone.localdate(now):
        return raw
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    part = (local - midnight).total_seconds() / 86_400
    return midnight + timedelta(hours=OPENS + HOURS * min(part, 0.999))
