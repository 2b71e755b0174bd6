"""The directory: organisations found by words and filters, with their main place, and as points of a map."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from rebond.network.enums import OrganisationKind, SellerState
from rebond.network.models import Organisation, Site

MAP_LIMIT = 600
SHAPES = {SellerState.ADMITTED: 1, SellerState.CANDIDATE: 2, SellerState.SUSPENDED: 3}


def find_organisations(
    rows: QuerySet[Organisation], *, words: str = "", kind: str = "", state: str = "", department: str = ""
) -> QuerySet[Organisation]:
    """Narrow `rows`; each word must be in a name, a town, a SIREN or the letters. Ordered by name."""
    for word in words.split()[:6]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(legal_name__icontains=word)
            | Q(siren__startswith=word)
            | Q(letters__iexact=word)
            | Q(pk__in=Site.objects.filter(city__icontains=word).values("organisation_id"))
        )
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(seller_state=state)
    if department:
        rows = rows.filter(pk__in=Site.objects.filter(department=department).values("organisation_id"))
    return rows.order_by("name", "pk")


def with_main_site(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Each row gets `main_sites`, a list of its main place (none or one), in one more query."""
    main = Site.objects.filter(is_main=True)
    return rows.prefetch_related(Prefetch("sites", queryset=main, to_attr="main_sites"))


def shape_of(organisation: Any) -> int:
    """The shape of the map's points (1 to 4): sellers, candidates, suspended, others."""
    return SHAPES.get(organisation.seller_state, 4)


def map_points(rows: QuerySet[Organisation], url: Any) -> list[dict[str, Any]]:
    """Main places as points for `{% france_map %}`, MAP_LIMIT at most; `url(public_id)` is where each leads."""
    found: Iterable[Any] = (
        Site.objects.filter(is_main=True, organisation__in=rows)
        .select_related("organisation")
        .order_by("pk")[:MAP_LIMIT]
    )
    return [
        {
            "label": f"{site.organisation.name}, {site.city}",
            "url": url(site.organisation.public_id),
            "kind": shape_of(site.organisation),
            "department": site.department,
            "latitude": site.latitude,
            "longitude": site.longitude,
        }
        for site in found
    ]


EXPORT_COLUMNS = ("name", "kind", "siren", "letters", "seller_state", "city", "department", "email", "phone")


def export_row(organisation: Any) -> list[str]:
    """One line of the directory's export, in the order of EXPORT_COLUMNS; labels, not keys."""
    site = organisation.main_sites[0] if organisation.main_sites else None
    return [
        organisation.name,
        str(OrganisationKind(organisation.kind).label),
        organisation.siren,
        organisation.letters or "",
        str(SellerState(organisation.seller_state).label),
        site.city if site else "",
        site.department if site else "",
        organisation.email,
        organisation.phone,
    ]
