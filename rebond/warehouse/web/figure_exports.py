"""The figures of what left, a spreadsheet each: every row says its period and how it is counted."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column
from rebond.warehouse.queries import arrivals, departures

type Days = tuple[datetime.date, datetime.date]
ON_TIME = [
    Column(_("Of a hundred, on time"), "percent", "number"),
    Column(pgettext_lazy("departures", "On time"), "on_time", "number"),
    Column(pgettext_lazy("departures", "One day late"), "one_late", "number"),
    Column(pgettext_lazy("departures", "Later"), "more_late", "number"),
]


@dataclass(frozen=True, slots=True)
class Figure:
    """`rows` are those of the page; `said` is how they are counted, in the page's words too."""

    file: Promise | str
    rows: Callable[[Any, Days], list[Any]]
    columns: list[Column]
    said: Promise | str


FIGURES = {
    "promesses": Figure(
        _("promised-and-left"),
        lambda organisation, days: departures.by_site(departures.departures_of(organisation, days)),
        [Column(_("Site"), "site"), Column(pgettext_lazy("shipment", "Parcels"), "left", "number"), *ON_TIME],
        _("Parcels that left in the period; on time: the day of leaving is the day of the cut-off, or before."),
    ),
    "delais": Figure(
        _("lead-times"),
        departures.lead_days,
        [
            Column(_("Days from the order to the departure"), lambda row: row[0], "number"),
            Column(pgettext_lazy("shipment", "Parcels"), lambda row: row[1], "number"),
        ],
        _("Parcels that left in the period: day of leaving less day on which the site was asked for it."),
    ),
    "livraisons": Figure(
        _("promised-and-delivered"),
        arrivals.arrivals_of,
        [
            Column(_("Carrier"), "carrier"),
            Column(_("Site"), "site"),
            Column(pgettext_lazy("arrivals", "Delivered"), "came", "number"),
            *ON_TIME,
            Column(_("Still on the way, late"), "waited", "number"),
        ],
        _(
            "Parcels delivered in the period: day of arrival (at the pick-up point where there is one) less the last "
            "day told at the checkout. Still on the way: today, whatever the period."
        ),
    ),
    "causes": Figure(
        _("not-sent-causes"),
        departures.missed_of,
        [
            Column(pgettext_lazy("count", "Why"), lambda row: row[0]),
            Column(_("How often"), lambda row: row[1], "number"),
        ],
        _("Objects of paid orders that a picker said not to be there, or to be broken, in the period."),
    ),
    "couts": Figure(
        _("cost-per-parcel"),
        departures.costs_of,
        [
            Column(_("Site"), "site"),
            Column(_("A parcel"), "parcel_mean", "cents"),
            Column(_("A label"), "label_mean", "cents"),
            Column(_("Labels with a price"), "labels", "number"),
            Column(_("A carton"), "carton_mean", "cents"),
            Column(_("Parcels packed"), "packed", "number"),
        ],
        _(
            "Parcels that left in the period. A label: what carriers asked, by labels with a price. A carton: what "
            "cartons cost, by parcels packed. A parcel: both. People’s time and protection are not in it."
        ),
    ),
    "transporteurs": Figure(
        _("carriers-health"),
        departures.carriers_of,
        [
            Column(_("Carrier"), "account"),
            Column(_("Does it answer?"), "account.get_health_display"),
            Column(pgettext_lazy("arrivals", "Labels"), "labels", "number"),
            Column(pgettext_lazy("arrivals", "Delivered"), "delivered", "number"),
            Column(pgettext_lazy("arrivals", "Late"), "late", "number"),
            Column(pgettext_lazy("arrivals", "Lost"), "lost", "number"),
            Column(pgettext_lazy("arrivals", "Refused"), "refused", "number"),
            Column(_("A label"), "mean_cents", "cents"),
        ],
        _("Labels asked in the period, and what became of them until today."),
    ),
}


def columns_of(figure: Figure, days: Days) -> list[Column]:
    """The figure's own, then the period and how it is counted."""
    return [
        *figure.columns,
        Column(pgettext_lazy("period", "From"), lambda _row: days[0], "date"),
        Column(pgettext_lazy("period", "To"), lambda _row: days[1], "date"),
        Column(_("How it is counted"), lambda _row: figure.said),
    ]
