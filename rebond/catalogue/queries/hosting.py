"""At whose sites a seller's objects may lie: its own, and those of others that keep them (decision 56)."""

import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Hosting, Item
from rebond.network.models import Organisation, Site


def hosted_at(seller: Organisation, day: datetime.date | None = None) -> list[Site]:
    """Sites of others where its objects may come in that day (today), with their organisation; one query."""
    found = Hosting.objects.in_force(day or timezone.localdate()).filter(seller=seller)
    rows = Site.objects.filter(pk__in=found.order_by().values("site"))
    return list(rows.select_related("organisation").order_by("organisation__name", "name", "pk"))


def may_lie_at(seller: Organisation, site: Site) -> bool:
    """Whether an object of the seller may come to this site today; no query where the site is its own."""
    if site.organisation_id == seller.pk:
        return True
    found = Hosting.objects.in_force(timezone.localdate()).filter(seller=seller, site=site)
    return bool(found.exists())


def first_site(seller: Organisation) -> Site | None:
    """Where its new objects lie where nobody says it: its main site, else the first that keeps them."""
    return seller.sites.order_by("-is_main", "name").first() or next(iter(hosted_at(seller)), None)


def sites_for(seller: Organisation, kept: Site | None = None) -> list[tuple[Site, str]]:
    """Its sites, then those of others that keep its objects, each with the name that people choose.

    `kept` is where an object lies now: it may stay there, whatever ended since.
    """
    own = list(seller.sites.order_by("-is_main", "name"))
    others = hosted_at(seller)
    if kept is not None and kept not in own and kept not in others:
        others.append(kept)
    return [(site, site.name) for site in own] + [(site, named(site)) for site in others]


def named(site: Site) -> str:
    """A site of another organisation, as it is chosen: with whose it is and where."""
    return f"{site.organisation.name}, {site.name} ({site.city})"


def with_number(rows: list[Any]) -> list[Any]:
    """These agreements, each with `number`: objects of the seller that lie at the site, sold ones apart. One query."""
    pairs = Q(pk__in=[])
    for row in rows:
        pairs |= Q(site=row.site_id, seller=row.seller_id)
    lying = Item.objects.filter(pairs).exclude(state=ItemState.SOLD).order_by()
    found = {
        (site, seller): number
        for site, seller, number in lying.values_list(F("site"), F("seller")).annotate(number=Count("pk"))
    }
    for row in rows:
        row.number = found.get((row.site_id, row.seller_id), 0)
    return rows


def to_answer(seller: Organisation) -> list[Hosting]:
    """Offers that wait for its answer, the oldest first; a hundred at most."""
    rows = Hosting.objects.offered().filter(seller=seller).select_related("site__organisation")
    today = timezone.localdate()
    return list(rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today)).order_by("offered_at", "pk")[:100])
