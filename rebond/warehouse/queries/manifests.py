"""Lists of what carriers take: what is in the cage, what should be there, the paper that the driver signs."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import formats
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rebond.core.weights import format_grams
from rebond.network.models import Site
from rebond.warehouse.carriers.contract import Listed, from_dict
from rebond.warehouse.enums import DEAD_SHIPMENTS, OPEN_PARCELS, ShipmentState
from rebond.warehouse.models import CarrierAccount, Manifest, Shipment
from rebond.warehouse.queries.staying import leaving, staying

SHOWN = 200


def manifests_of(organisation: Any) -> "QuerySet[Manifest]":
    """The organisation's, the newest first."""
    rows = Manifest.objects.filter(organisation=organisation).select_related("account__organisation", "site")
    return rows.order_by("-pk")


def counted(manifests: list[Manifest]) -> dict[int, int]:
    """{key: parcels}: those of an open list are counted."""
    rows = Shipment.objects.filter(manifest__in=[one.pk for one in manifests if one.closed_at is None])
    found = {row["manifest"]: row["n"] for row in rows.order_by().values("manifest").annotate(n=Count("pk"))}
    return {one.pk: one.units or found.get(one.pk, 0) for one in manifests}


def parcels_in(manifest: Manifest) -> "QuerySet[Shipment]":
    """What the carrier takes, or took; the last scanned first."""
    rows: QuerySet[Shipment] = Shipment.objects.filter(manifest=manifest).exclude(state__in=DEAD_SHIPMENTS)
    return rows.order_by("-scanned_at", "-pk")


def waiting_in(manifest: Manifest) -> "QuerySet[Shipment]":
    """Of a closed list what was not handed over yet: its order has not left."""
    return parcels_in(manifest).filter(state=ShipmentState.READY)


def hands_over(account: CarrierAccount, site: Site) -> bool:
    """Whether this site gives parcels to this account: its own, or one that labelled what it prepares for others."""
    if account.organisation_id == site.organisation_id:
        return True
    rows = Shipment.objects.filter(account=account, parcel__site=site, state=ShipmentState.READY)
    return bool(rows.exists())


def _mine(organisation: Any) -> Q:
    """An organisation's own parcels, without those that another one prepares for it."""
    return Q(organisation=organisation) & (Q(parcel=None) | Q(parcel__organisation=organisation))


def missing_from(manifest: Manifest) -> "QuerySet[Shipment]":
    """Labelled for this carrier by whoever, not handed over, in no cage: the oldest first.

    A letter has no number to scan; what another site prepares for others is not awaited here, nor what must stay.
    """
    return leaving(_labelled(manifest).filter(manifest=None))


def kept_from(manifest: Manifest) -> "QuerySet[Shipment]":
    """Labelled for this carrier, and must not be given to it: here, or in this cage already. The oldest first."""
    return staying(_labelled(manifest).filter(Q(manifest=None) | Q(manifest=manifest)))


def _labelled(manifest: Manifest) -> "QuerySet[Shipment]":
    here = _mine(manifest.organisation_id) | Q(parcel__site=manifest.site_id)
    rows: QuerySet[Shipment] = Shipment.objects.filter(
        here, account__carrier=manifest.account.carrier, state=ShipmentState.READY
    )
    return rows.exclude(number="").select_related("organisation").order_by("pk")


def with_number(manifest: Manifest, number: str) -> Shipment | None:
    """The organisation's parcel of this number, or one that the site prepares for others."""
    rows = Shipment.objects.alive().filter(Q(organisation=manifest.organisation_id) | Q(parcel__site=manifest.site_id))
    rows = rows.filter(number=number).exclude(number="").select_related("account", "organisation")
    found: Shipment | None = rows.order_by("-pk").first()
    return found


def beside(manifest: Manifest) -> list[tuple[Manifest, int]]:
    """The other open lists of this carrier at the site, whose parcels are in the same cage; how many in each."""
    rows: Any = Manifest.objects.filter(
        site=manifest.site_id, account__carrier=manifest.account.carrier, closed_at=None
    )
    rows = rows.exclude(pk=manifest.pk).select_related("account__organisation").order_by("pk")
    return [(one, one.n) for one in rows.annotate(n=Count("shipments"))]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An account whose parcels wait for its carrier; `site` where the account is of others, for whom it prepares."""

    account: CarrierAccount
    number: int
    site: Site | None = None


def to_hand_over(organisation: Any) -> list[Awaiting]:
    """Each active account with the parcels that wait for it, then those of others, site by site."""
    accounts = CarrierAccount.objects.filter(organisation=organisation, is_active=True).order_by("pk")
    ready = leaving(Shipment.objects.filter(state=ShipmentState.READY, manifest=None)).order_by()
    mine = ready.filter(_mine(organisation)).values("account").annotate(n=Count("pk"))
    numbers = {row["account"]: row["n"] for row in mine}
    own = [Awaiting(one, numbers.get(one.pk, 0)) for one in accounts if "pickup" not in one.kind.modes]
    others = ready.filter(parcel__organisation=organisation, parcel__state__in=OPEN_PARCELS, account__is_active=True)
    rows = list(
        others.exclude(organisation=organisation)
        .exclude(number="")
        .values("account", "parcel__site")
        .annotate(n=Count("pk"))
        .order_by("account", "parcel__site")
    )
    of_others = CarrierAccount.objects.select_related("organisation").in_bulk({row["account"] for row in rows})
    sites = Site.objects.in_bulk({row["parcel__site"] for row in rows})
    return own + [Awaiting(of_others[row["account"]], row["n"], sites[row["parcel__site"]]) for row in rows]


def listed_in(manifest: Manifest) -> list[Listed]:
    """What the carrier's own machines are told of each parcel, by number."""
    rows = parcels_in(manifest).order_by("number")
    return [
        Listed(one.number, one.subject, one.grams, from_dict(json.loads(one.wanted)).receiver if one.wanted else None)
        for one in rows
    ]


def paper_of(manifest: Manifest) -> dict[str, Any]:
    """What the paper says, for Typst."""
    parcels = list(parcels_in(manifest).order_by("number"))
    site, holder = manifest.site, manifest.account.organisation
    of_others = [_("account of %(name)s") % {"name": holder.name}] if holder.pk != manifest.organisation_id else []
    return {
        "lang": get_language() or "fr",
        "title": _("List of the parcels handed over"),
        "number": str(manifest),
        "organisation": " · ".join([manifest.organisation.name, *of_others]),
        "date": formats.date_format(manifest.day, "j F Y"),
        "from": [site.name, site.address, f"{site.postal_code} {site.city}"],
        "totals": [
            [_("Parcels"), formats.number_format(len(parcels), force_grouping=True)],
            [_("Weight"), format_grams(sum(one.grams for one in parcels))],
        ],
        "head": [_("Number of the parcel"), pgettext("shipment", "Order"), _("Postal code"), _("Weight")],
        "rows": [[one.number, one.subject, one.postal_code, format_grams(one.grams)] for one in parcels],
        "signatures": [_("Handed over by, date, signature"), _("Taken by the driver, date, signature")],
        "foot": f"{manifest} · {manifest.organisation.name}",
    }
