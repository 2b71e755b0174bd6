"""The directory: organisations found by words and filters, with their main place, and as points of a map."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rebond.core.exports import Column
from rebond.network.enums import SellerState
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


def map_points(rows: QuerySet[Organisation]) -> list[dict[str, Any]]:
    """Main places as points for `{% france_map %}`, MAP_LIMIT at most."""
    found: Iterable[Any] = (
        Site.objects.filter(is_main=True, organisation__in=rows)
        .select_related("organisation")
        .order_by("pk")[:MAP_LIMIT]
    )
    return [
        {
            "label": f"{site.organisation.name}, {site.city}",
            "kind": shape_of(site.organisation),
            "department": site.department,
            "latitude": site.latitude,
            "longitude": site.longitude,
        }
        for site in found
    ]


def _main(field: str) -> Callable[[Any], str]:
    def of(organisation: Any) -> str:
        return str(getattr(organisation.main_sites[0], field)) if organisation.main_sites else ""

    return of


def export_columns() -> list[Column]:
    """The directory's export: labels, not keys; rows come from `with_main_site`."""
    return [
        Column(_("Usual name"), "name"),
        Column(_("Legal name"), "legal_name"),
        Column(_("Kind of organisation"), "get_kind_display"),
        Column(_("SIREN"), "siren"),
        Column(_("Letters of its codes"), "letters"),
        Column(_("As a seller"), "get_seller_state_display"),
        Column(_("Admitted on"), "admitted_on", "date"),
        Column(_("Postal code"), _main("postal_code")),
        Column(_("Commune"), _main("city")),
        Column(_("Department"), _main("department")),
        Column(_("E-mail address"), "email"),
        Column(_("Telephone"), "phone"),
    ]
