"""The places of each site that nobody makes: where what arrives waits, where what was not found is kept in mind."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from rebond.network.models import Site
from rebond.warehouse.codes import PLACE, make_place_code
from rebond.warehouse.enums import PlaceKind
from rebond.warehouse.models import Place

NAME, LOST_NAME = "waiting", "lost"  # never shown: Place.__str__ says them in the reader's language


@transaction.atomic
def waiting_places(*, owners: Iterable[tuple[int, int | None]]) -> dict[tuple[int, int | None], int]:
    """{(organisation, site): key of its waiting place}; made where there is none. Without a site: the seller's."""
    pairs = set(owners)
    sites = {site for _owner, site in pairs if site is not None}
    found: dict[tuple[int, int | None], int] = {}
    rows = Place.objects.filter(kind=PlaceKind.WAITING).order_by("pk")
    by_site = dict(rows.filter(site_id__in=sites).values_list("site_id", "pk")) if sites else {}
    without = {owner for owner, site in pairs if site is None}
    by_owner = (
        dict(rows.filter(organisation_id__in=without, site__isnull=True).values_list("organisation_id", "pk"))
        if without
        else {}
    )
    for owner, site in sorted(pairs, key=str):
        known = by_site.get(site) if site is not None else by_owner.get(owner)
        found[owner, site] = known if known is not None else _make(owner, site)
    return found


def _make(owner: int, site: int | None) -> int:
    """One row, or the one that somebody else made at the same moment. A site's is its organisation's, whoever sells."""
    if site is not None:
        owner = Site.objects.values_list("organisation_id", flat=True).get(pk=site)
    code = make_place_code(PLACE)
    try:
        with transaction.atomic():
            made: Place = Place.objects.create(
                code=code,
                organisation_id=owner,
                site_id=site,
                kind=PlaceKind.WAITING,
                name=NAME,
                label=NAME,
                path=f"{code}/",
                is_storage=True,
            )
    except IntegrityError:
        where = {"organisation_id": owner, "site__isnull": True} if site is None else {"site_id": site}
        return int(Place.objects.get(kind=PlaceKind.WAITING, **where).pk)
    return int(made.pk)


def lost_place(*, site: Site) -> Place:
    """Where the ledger keeps what two people did not find at a site; made where there is none."""
    found: Place | None = Place.objects.filter(site=site, kind=PlaceKind.LOST).first()
    if found is not None:
        return found
    code = make_place_code(PLACE)
    try:
        with transaction.atomic():
            made: Place = Place.objects.create(
                code=code,
                organisation_id=site.organisation_id,
                site=site,
                kind=PlaceKind.LOST,
                name=LOST_NAME,
                label=LOST_NAME,
                path=f"{code}/",
            )
    except IntegrityError:  # somebody else made it at the same moment
        return Place.objects.get(site=site, kind=PlaceKind.LOST)
    return made
