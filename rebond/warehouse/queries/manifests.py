"""Lists of what carriers take: what is in the cage, what should be there, the paper that the driver signs."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils import formats
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rebond.core.weights import format_grams
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import CarrierAccount, Manifest, Shipment

SHOWN = 200


def manifests_of(organisation: Any) -> "QuerySet[Manifest]":
    """The organisation's, the newest first."""
    rows = Manifest.objects.filter(organisation=organisation).select_related("account", "site")
    return rows.order_by("-pk")


def counted(manifests: list[Manifest]) -> dict[int, int]:
    """{key: parcels}: those of an open list are counted."""
    rows = Shipment.objects.filter(manifest__in=[one.pk for one in manifests if one.closed_at is None])
    found = {row["manifest"]: row["n"] for row in rows.order_by().values("manifest").annotate(n=Count("pk"))}
    return {one.pk: one.units or found.get(one.pk, 0) for one in manifests}


def parcels_in(manifest: Manifest) -> "QuerySet[Shipment]":
    """The last scanned first."""
    return Shipment.objects.filter(manifest=manifest).order_by("-scanned_at", "-pk")


def missing_from(manifest: Manifest) -> "QuerySet[Shipment]":
    """Labelled for this carrier, not handed over, in no cage: the oldest first. A letter has no number to scan."""
    rows = Shipment.objects.filter(account=manifest.account_id, state=ShipmentState.READY, manifest=None)
    return rows.exclude(number="").order_by("pk")


def to_hand_over(organisation: Any) -> list[tuple[CarrierAccount, int]]:
    """Each active account with the parcels that wait for it."""
    accounts = CarrierAccount.objects.filter(organisation=organisation, is_active=True).order_by("pk")
    rows = Shipment.objects.filter(organisation=organisation, state=ShipmentState.READY, manifest=None)
    numbers = {row["account"]: row["n"] for row in rows.order_by().values("account").annotate(n=Count("pk"))}
    return [(account, numbers.get(account.pk, 0)) for account in accounts if "pickup" not in account.kind.modes]


def paper_of(manifest: Manifest) -> dict[str, Any]:
    """What the paper says, for Typst."""
    parcels = list(Shipment.objects.filter(manifest=manifest).order_by("number"))
    site = manifest.site
    return {
        "lang": get_language() or "fr",
        "title": _("List of the parcels handed over"),
        "number": str(manifest),
        "organisation": manifest.organisation.name,
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
