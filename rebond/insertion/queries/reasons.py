"""Reasons of exits, as they are valid on a day."""

import datetime

from django.db.models import Q, QuerySet

from rebond.insertion.enums import ExitCategory
from rebond.insertion.models import ExitReason


def reasons_on(day: datetime.date) -> "QuerySet[ExitReason]":
    """Those that may be given to an exit of that day."""
    return ExitReason.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


def is_valid_on(reason: ExitReason, day: datetime.date) -> bool:
    """Whether the reason might be chosen for an exit of this day: both its days are included."""
    return reason.valid_from <= day and (reason.valid_to is None or day <= reason.valid_to)


def in_categories(rows: "QuerySet[ExitReason]") -> list[tuple[str, list[ExitReason]]]:
    """Each category with its reasons."""
    found = list(rows)
    return [(str(one.label), [row for row in found if row.category == one]) for one in ExitCategory]
