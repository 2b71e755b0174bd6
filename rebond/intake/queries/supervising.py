"""What the way in tells the supervisor's desk: days of donations, kilograms by flow, gaps of the mass balance."""

import datetime
from collections.abc import Sequence
from itertools import batched
from typing import Any

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.core.dates import midnight
from rebond.core.weights import format_grams
from rebond.intake.data.flows import Flow, flow, flows
from rebond.intake.enums import Outcome
from rebond.intake.models import MonthGap, RegisterEntry, Sorting, Weighing
from rebond.network.models import Site
from rebond.workshop.contributions import FlowWeight, Happening

BATCH = 500
KEPT = frozenset({Outcome.ONLINE, Outcome.SHOP, Outcome.REPAIR, Outcome.DISMANTLE})
GONE = {Outcome.GIVE: "given_g", Outcome.RECYCLE: "recycled_g", Outcome.WASTE: "waste_g"}


def donation_days(codes: Sequence[str]) -> dict[str, datetime.date]:
    """{code: day of its donation} of objects sorted out of one."""
    found: dict[str, datetime.date] = {}
    for batch in batched(codes, BATCH):
        rows = Sorting.objects.kept().filter(item__code__in=batch, donation__isnull=False)
        found.update(rows.order_by("pk").values_list("item__code", "donation__day"))
    return found


def weights(site: Site, start: datetime.date, end: datetime.date) -> list[FlowWeight]:
    """Grams of each flow that moved, in the order of the file: two queries. What was refused was never ours."""
    found: dict[str, dict[str, int]] = {}
    weighed = Weighing.objects.kept().filter(donation__site=site, donation__day__range=(start, end)).order_by()
    for key, grams in weighed.values_list("flow").annotate(g=Sum("net_g")):
        found.setdefault(key, {})["came_g"] = grams
    sorted_ = Sorting.objects.kept().filter(site=site, day__range=(start, end)).order_by()
    for key, outcome, grams in sorted_.values_list("flow", "outcome").annotate(g=Sum("weight_g")):
        column = "kept_g" if outcome in KEPT else GONE.get(outcome)
        if column is not None:
            row = found.setdefault(key, {})
            row[column] = row.get(column, 0) + grams
    empty = dict.fromkeys(("came_g", "kept_g", *GONE.values()), 0)
    return [FlowWeight(one.label, **(empty | found[key])) for key, one in flows().items() if key in found]


def story(item: Any) -> list[Happening]:
    """The donation that an object came from, and its lines in the register of objects."""
    rows = Sorting.objects.kept().filter(item=item, donation__isnull=False).select_related("donation")
    found = []
    for row in rows.order_by("pk"):
        donation = row.donation
        words = _("Sorted on %(day)s, %(weight)s.") % {
            "day": date_format(row.day, "j N"),
            "weight": format_grams(row.weight_g),
        }
        found.append(
            Happening(
                icon=donation.icon,
                tint=donation.tint,
                title=_("Came in a donation: %(source)s") % {"source": donation.get_source_display().lower()},
                text=words,
                at=midnight(donation.day),
                is_day_only=True,
            )
        )
    return found + _lines(item)


def _lines(item: Any) -> list[Happening]:
    """What the register says of it: the number of each line, never who brought it (rules.md F6)."""
    rows = RegisterEntry.objects.filter(organisation=item.seller_id, code=item.code).order_by("number")
    return [
        Happening(
            icon="book-lock",
            tint="sable",
            title=_("In the register of objects: line %(number)s") % {"number": row.number},
            text=row.get_kind_display(),
            at=midnight(row.day),
            is_day_only=True,
        )
        for row in rows
    ]


def last_month(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Its first and its last day."""
    end = today.replace(day=1) - datetime.timedelta(days=1)
    return end.replace(day=1), end


def gaps(site: Site, today: datetime.date) -> list[Flow]:
    """Flows counted last month whose balance does not close, as `note_gaps` found them last: one row."""
    row = MonthGap.objects.filter(site=site, month=last_month(today)[0]).first()
    return [flow(key) for key in row.flows] if row is not None else []
