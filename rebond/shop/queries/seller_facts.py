"""What every page of a seller's objects says of the seller, kept for half a minute in the process."""

import datetime
import time
from dataclasses import dataclass
from functools import lru_cache

from rebond.core.prepared import Prepared
from rebond.ledger.queries.shares import Taking, taking_of
from rebond.network.models import Closure, Organisation, Site
from rebond.network.queries.carriage import NO_TARIFF, Tariff, tariffs_for
from rebond.network.queries.vat import mention_for

SECONDS = 30
LIMIT = 2_000
SOON = datetime.timedelta(days=14)
_kept: dict[tuple[int, int, datetime.date], tuple[float, "SellerFacts"]] = {}


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """`tariff` are the delivery prices of the agreement in force; `closure` the present or next one within 14 days.

    `closures` are all to come: they decide when a parcel leaves. `taking` is what a sale leaves to others than the
    seller.
    """

    sites: list[Site]
    closure: Closure | None
    tariff: Tariff
    vat_mention: str
    taking: Taking
    closures: tuple[Closure, ...] = ()


def seller_facts(seller: Organisation, today: datetime.date) -> SellerFacts:
    """Eight queries, then none for 30 seconds; a change of the organisation itself is seen at once (version)."""
    key, now = (seller.pk, seller.version, today), time.monotonic()
    found = _kept.get(key)
    if found is None or found[0] < now:
        if len(_kept) > LIMIT:
            _kept.clear()
        found = _kept[key] = (now + SECONDS, _read(seller, today))
    return found[1]


def forget_seller_facts() -> None:
    """Read all of them again at the next page (tests)."""
    _kept.clear()


_SITES = Prepared(lambda pk: Site.objects.filter(organisation_id=pk).order_by("-is_main", "name", "pk"), mark=-1)


@lru_cache(maxsize=2)
def _closures(today: datetime.date) -> Prepared[Closure]:
    """Those that are not over, the next first."""
    return Prepared(
        lambda pk: Closure.objects.filter(organisation_id=pk, ends_on__gte=today).order_by("starts_on")[:20], mark=-1
    )


def _read(seller: Organisation, today: datetime.date) -> SellerFacts:
    closures = tuple(_closures(today).run(seller.pk))
    closure = closures[0] if closures else None
    return SellerFacts(
        sites=_SITES.run(seller.pk),
        closure=closure if closure and closure.starts_on <= today + SOON else None,
        tariff=tariffs_for([seller.pk], today).get(seller.pk, NO_TARIFF),
        vat_mention=mention_for(seller, today),
        taking=taking_of(seller, today),
        closures=closures,
    )
