"""The cartons of an organisation's sites, and what became of them."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from rebond.warehouse.models import Carton, CartonMove

LOW = Q(closed_on__isnull=True, left__lt=F("least"))


def cartons_of(organisation: Any, *, choice: str = "") -> "QuerySet[Carton]":
    """Those in use by name; `choice`: `rares` (fewer left than wished), `hors-usage` (no longer used)."""
    rows: QuerySet[Carton] = Carton.objects.filter(organisation=organisation).select_related("site")
    where = {"rares": LOW, "hors-usage": Q(closed_on__isnull=False)}.get(choice, Q(closed_on__isnull=True))
    return rows.filter(where).order_by("name", "pk")


def numbers_of(organisation: Any) -> dict[str, int]:
    """How many kinds are in use, and of how many too few are left: one query."""
    rows = Carton.objects.filter(organisation=organisation).open().order_by()
    found: dict[str, int] = rows.aggregate(kinds=Count("pk"), low=Count("pk", filter=LOW))
    return found


def moves_of(carton: Carton, *, most: int = 30) -> list[CartonMove]:
    """The last ones first."""
    return list(CartonMove.objects.filter(carton=carton).order_by("-pk")[:most])
