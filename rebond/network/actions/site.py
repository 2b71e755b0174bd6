"""Places that an organisation runs, and the days on which it does not prepare parcels."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext as _

from rebond.journal.actions.record import record
from rebond.network.errors import DatesError, NetworkError, SiteInUseError, StaleError
from rebond.network.models import Closure, Organisation, Site
from rebond.network.queries.places import commune as find_commune
from rebond.network.signals import closures_changed, organisation_changed

FIELDS = (
    "kind",
    "name",
    "siret",
    "address",
    "postal_code",
    "commune",
    "latitude",
    "longitude",
    "hours",
    "is_pickup_point",
    "is_main",
)


def _placed(fields: dict[str, Any]) -> dict[str, Any]:
    """City, department and, where none were given, coordinates, from the commune of the reference data."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"not fields of a site: {sorted(unknown)}")
    found = find_commune(fields["commune"])
    if found is None or fields["postal_code"] not in found.postal_codes:
        raise NetworkError(_("Choose a commune that this postal code serves."), field="commune")
    placed = fields | {"city": found.name, "department": found.department}
    if placed.get("latitude") is None and found.latitude:
        placed |= {"latitude": found.latitude, "longitude": found.longitude}
    return placed


def _tell(organisation: Organisation) -> None:
    organisation_changed.send(sender=Organisation, organisation=organisation, fields=frozenset({"sites"}))


@transaction.atomic
def save_site(
    *, organisation: Organisation, fields: dict[str, Any], by: Any, site: Site | None = None, version: int = 0
) -> Site:
    """Create a site, or change one that still has `version`; the first one is the main one, and a new main one
    replaces the former.

    Raise NetworkError where the commune is not one of the postal code, StaleError where somebody changed it.
    """
    values = _placed(fields)
    if site is not None and not organisation.sites.filter(pk=site.pk, version=version).update(version=F("version") + 1):
        raise StaleError
    others = organisation.sites.exclude(pk=site.pk) if site else organisation.sites.all()
    values["is_main"] = bool(values.get("is_main")) or not others.filter(is_main=True).exists()
    if values["is_main"]:
        others.filter(is_main=True).update(is_main=False)
    if site is None:
        site = Site.objects.create(organisation=organisation, **values)
        record("network.site.added", subject=site, by=by, organisation=organisation, city=site.city)
    else:
        Site.objects.filter(pk=site.pk).update(**values)
        site.refresh_from_db()
        record("network.site.changed", subject=site, by=by, organisation=organisation, city=site.city)
    _tell(organisation)
    return site


@transaction.atomic
def remove_site(*, site: Site, by: Any) -> None:
    """Remove a site; where it was the main one, the next by name becomes it.

    Raise SiteInUseError where objects, stations or tasks still refer to it.
    """
    organisation = site.organisation
    record("network.site.removed", subject=site, by=by, organisation=organisation, city=site.city)
    try:
        site.delete()
    except ProtectedError as error:
        raise SiteInUseError from error
    following = organisation.sites.order_by("name").first()
    if following is not None and not organisation.sites.filter(is_main=True).exists():
        Site.objects.filter(pk=following.pk).update(is_main=True)
    _tell(organisation)


@transaction.atomic
def add_closure(
    *,
    organisation: Organisation,
    starts_on: datetime.date,
    ends_on: datetime.date,
    by: Any,
    hides_items: bool = False,
    message: str = "",
) -> Closure:
    """Announce days off: items hidden, or shown with a longer delay. Raise DatesError."""
    if ends_on < starts_on:
        raise DatesError(field="ends_on")
    made = Closure.objects.create(
        organisation=organisation, starts_on=starts_on, ends_on=ends_on, hides_items=hides_items, message=message
    )
    record(
        "network.closure.added",
        subject=organisation,
        by=by,
        organisation=organisation,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
        hides_items=hides_items,
    )
    closures_changed.send(sender=Organisation, organisation=organisation)
    return made


@transaction.atomic
def remove_closure(*, closure: Closure, by: Any) -> None:
    """Take announced days off back."""
    organisation = closure.organisation
    record(
        "network.closure.removed",
        subject=organisation,
        by=by,
        organisation=organisation,
        starts_on=closure.starts_on.isoformat(),
        ends_on=closure.ends_on.isoformat(),
    )
    closure.delete()
    closures_changed.send(sender=Organisation, organisation=organisation)
