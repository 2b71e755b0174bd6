"""Donations with their kilograms, for the kiosk and the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from rebond.intake.data.flows import Flow, flow
from rebond.intake.models import Container, Donation, Weighing
from rebond.journal.models import StoredFile
from rebond.network.models import Site

KEPT = Q(weighings__cancelled_on__isnull=True)


@dataclass(frozen=True, slots=True)
class FlowWeight:
    """Grams of one flow."""

    flow: Flow
    grams: int


def with_weight(rows: QuerySet[Donation]) -> QuerySet[Donation]:
    """Each donation with `net_g`, the grams of its weighings that nobody took back."""
    return rows.annotate(net_g=Coalesce(Sum("weighings__net_g", filter=KEPT), 0))


def donations_of(organisation: Any) -> QuerySet[Donation]:
    """The newest first, those whose weighings were all taken back left out."""
    rows: Any = with_weight(Donation.objects.filter(organisation=organisation))
    found: QuerySet[Donation] = rows.filter(net_g__gt=0)
    return found.select_related("site").order_by("-day", "-pk")


def by_flow(donations: Iterable[Donation]) -> list[FlowWeight]:
    """Kilograms by flow, the heaviest first."""
    rows = Weighing.objects.kept().filter(donation__in=[d.pk for d in donations])
    found = rows.order_by().values_list("flow").annotate(grams=Sum("net_g"))
    return sorted((FlowWeight(flow(key), grams) for key, grams in found), key=lambda row: -row.grams)


def sorted_g(donation: Donation) -> int:
    """Grams that the sorting table took out of it."""
    found: int | None = donation.sortings.kept().aggregate(total=Sum("weight_g"))["total"]
    return found or 0


def weighed_g(donation: Donation) -> int:
    """Grams of its weighings."""
    found: int | None = donation.weighings.kept().aggregate(total=Sum("net_g"))["total"]
    return found or 0


def photo_of(donation: Donation) -> StoredFile | None:
    """The picture of the pile, where somebody took one."""
    rows = StoredFile.objects.filter(subject_kind="intake.donation", subject_id=donation.public_id)
    found: StoredFile | None = rows.order_by("pk").first()
    return found


def containers_at(site: Site) -> QuerySet[Container]:
    """What may stand under the things on the scale."""
    rows: QuerySet[Container] = Container.objects.filter(site=site, ended_on__isnull=True).order_by(F("name"), "pk")
    return rows


def places_before(organisation: Any, source: str) -> list[str]:
    """The last places that this kind of origin came from, six at most, the newest first."""
    rows = Donation.objects.filter(organisation=organisation, source=source).exclude(place="")
    newest = rows.order_by("-day", "-pk").values_list("place", flat=True)[:100]
    return list(dict.fromkeys(newest))[:6]
