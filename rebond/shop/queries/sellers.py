"""Sellers as the public sees them: list, map, page."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.network.models import Closure, Organisation, Site
from rebond.network.queries.criteria import criteria_named
from rebond.network.queries.vat import mention_for
from rebond.shop.models import Rating
from rebond.shop.queries import index
from rebond.shop.queries.cards import Card, cards_of, listed_items
from rebond.shop.queries.item_page import trader_file
from rebond.shop.queries.opening import delayed_to
from rebond.shop.queries.quality import Figures, figures_of, rolling_year
from rebond.shop.queries.ratings import first_published

MAP_LIMIT = 600
ICONS = {
    "no_private_profit": "hand-coins",
    "inclusion": "users",
    "reuse_first": "recycle",
    "shared_decision": "vote",
    "pay_gap": "scale",
    "lawful_seller": "file-check",
    "able_to_ship": "package",
}


def find_sellers(words: str = "", department: str = "") -> "QuerySet[Organisation]":
    """Admitted sellers by name, town or department; each with `main_sites` (none or one)."""
    rows = Organisation.objects.selling()
    for word in words.split()[:6]:
        towns = Site.objects.filter(city__icontains=word).values("organisation_id")
        rows = rows.filter(Q(name__icontains=word) | Q(tagline__icontains=word) | Q(pk__in=towns))
    if department:
        rows = rows.filter(pk__in=Site.objects.filter(department=department).values("organisation_id"))
    main = Site.objects.filter(is_main=True)
    return rows.order_by("name", "pk").prefetch_related(Prefetch("sites", queryset=main, to_attr="main_sites"))


def on_sale_counts(sellers: Iterable[Organisation]) -> dict[int, int]:
    """Organisation's key → number of objects on sale, for the sellers of a page.

    Told by the index, as the results page that the number leads to: it counts a seller's 100,000 objects in a
    fraction of a millisecond, the database in proportion. While it is away the database counts. Sellers whose closing
    days hide their objects have none, even before the index follows.
    """
    rows = list(sellers)
    today = timezone.localdate()
    closed = Closure.objects.filter(organisation__in=rows, hides_items=True, starts_on__lte=today, ends_on__gte=today)
    hidden = set(closed.values_list("organisation_id", flat=True))
    counts = {row.pk: 0 if row.pk in hidden else index.count_of_seller(row.slug) for row in rows}
    if all(count is not None for count in counts.values()):
        return {pk: count or 0 for pk, count in counts.items()}
    found = listed_items().filter(seller__in=rows).order_by().values("seller_id").annotate(n=Count("pk"))
    return dict(found.values_list("seller_id", "n"))


def seller_departments() -> list[tuple[str, int]]:
    """Departments that have a seller, with how many."""
    rows = Site.objects.filter(is_main=True, organisation__seller_state="admitted").order_by("department")
    return list(rows.values("department").annotate(n=Count("pk")).values_list("department", "n"))


def map_points(rows: "QuerySet[Organisation]") -> list[dict[str, Any]]:
    """Main places for `{% france_map %}`."""
    sites = Site.objects.filter(is_main=True, organisation__in=rows.prefetch_related(None).values("pk"))
    return [site_point(site) for site in sites.select_related("organisation").order_by("pk")[:MAP_LIMIT]]


def site_point(site: Site, *, kind: int = 1) -> dict[str, Any]:
    """A place as a point of `{% france_map %}`."""
    return {
        "label": f"{site.organisation.name}, {site.city}",
        "kind": kind,
        "department": site.department,
        "latitude": site.latitude,
        "longitude": site.longitude,
    }


@dataclass(slots=True)
class SellerPage:
    seller: Organisation
    sites: list[Site]
    points: list[dict[str, Any]]
    closures: list[Closure]
    cards: list[Card]
    count: int
    trader: list[tuple[str, str]]
    criteria: list[tuple[str, str, str]]  # icon, title, explanation
    opinions: list[Rating]  # the newest with words
    figures: Figures  # of twelve months
    leaves_on: datetime.date | None = None  # the last day on which a parcel leaves, where closing days delay it


def seller_page(seller: Organisation, today: datetime.date | None = None) -> SellerPage:
    """Six queries, whatever the number of objects."""
    today = today or timezone.localdate()
    sites = list(Site.objects.filter(organisation=seller).order_by("-is_main", "name", "pk"))
    for site in sites:
        site.organisation = seller
    closures = list(Closure.objects.filter(organisation=seller, ends_on__gte=today).order_by("starts_on")[:6])
    is_hidden = any(c.hides_items and c.starts_on <= today for c in closures)
    on_sale = Item.objects.none() if is_hidden else Item.objects.on_sale().filter(seller=seller)
    newest = on_sale.order_by("-published_at", "-pk")[:10]
    return SellerPage(
        seller=seller,
        sites=sites,
        points=[site_point(site, kind=1 if site.is_main else 2) for site in sites],
        closures=closures,
        cards=cards_of(newest),
        count=0 if is_hidden else on_sale_counts([seller]).get(seller.pk, 0),
        trader=trader_file(seller, sites, vat=mention_for(seller, today)),
        criteria=criteria_of(seller),
        opinions=first_published(seller),
        figures=figures_of(seller, rolling_year(today - datetime.timedelta(days=1))),
        leaves_on=delayed_to(closures, seller.ships_in_days, today),
    )


def criteria_of(seller: Organisation) -> list[tuple[str, str, str]]:
    """The impact criteria that the committee found met: icon, title, what it says to the public."""
    return [(ICONS.get(c.key, "badge-check"), c.label, c.promise) for c in criteria_named(seller.criteria_met)]
