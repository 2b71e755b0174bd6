"""`age` and `spark`: how long something waits, and the small line of a figure."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rebond.core.charts import plain
from rebond.workshop.kinds import label_of
from rebond.workshop.queries.board import LATE

register = template.Library()


@register.filter
def age(moment: datetime.datetime | None) -> str:
    """Since when, in the largest unit that says it: `9 j`, `3 h`, `20 min`."""
    if moment is None:
        return "–"
    minutes = max(int((timezone.now() - moment).total_seconds()) // 60, 0)
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return _("%(n)s d") % {"n": plain(minutes // (24 * 60))}


@register.filter
def decimal(value: Decimal | int | None) -> str:
    """`4.0` → `4`, `4.5` → `4,5`; a dash for none."""
    if value is None:
        return "–"
    return plain(Decimal(value)).removesuffix(",0")


@register.simple_tag
def spark(values: Sequence[int]) -> SafeString:
    """The last days as a line, its shape only: the figures stand beside it."""
    if len(values) < 2:
        return mark_safe("")
    top = max(*values, 1)
    step = 98 / (len(values) - 1)
    points = "L".join(f"{n * step:.1f} {24 - 21 * value / top:.1f}" for n, value in enumerate(values))
    return format_html(
        '<svg class="spark" viewBox="0 0 100 26" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="M{}" fill="none" stroke="var(--blue)" stroke-width="2" vector-effect="non-scaling-stroke"/></svg>',
        points,
    )


@register.filter
def verdict(row: Any) -> str:
    """What the gap of Little's law means for a stage."""
    words = {
        "steady": _("The two sides agree: as many go out as come in."),
        "growing": _("The queue grew, from %(old)s to %(new)s: who comes now will wait longer."),
        "melting": _("The queue melted, from %(old)s to %(new)s: who comes now will wait less."),
        "older": _("More wait than the law says: old ones stay behind while newer ones pass."),
        "clearing": _("Fewer wait than the law says: old ones leave at last and lengthen the mean."),
    }.get(row.verdict, _("Nothing left in this period: the law says nothing."))
    return words % {"old": plain(row.at_start), "new": plain(row.at_end)}


@register.filter
def a_week(row: Any, weeks: int) -> int:
    """How many a week, over a period of `weeks`."""
    return int(row.a_week(weeks))


@register.filter
def is_late(moment: datetime.datetime) -> bool:
    """Whether it waits for more than the board's seven days."""
    return timezone.now() - moment > LATE


@register.filter
def stage(task: Any) -> str:
    """The words of a task's kind."""
    return str(label_of(task.kind))
