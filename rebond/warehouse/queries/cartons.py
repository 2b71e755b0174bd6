"""The cartons of an organisation's sites, and what became of them."""

from typing import Any

from django.db.models import F, Q, QuerySet

from rebond.warehouse.models import Carton, CartonMove

LOW = Q(closed_on__isnull=True, left__lt=F("least"))


def cartons_of(organisation: Any, *, choice: str = "") -> "QuerySet[Carton]":
    """Those in use by name; `choice`: `rares` (fewer left than wished), `hors-usage` (no longer used)."""
    rows: QuerySet[Carton] = Carton.objects.filter(organisation=organisation).select_related("site")
    where = {"rares": LOW, "hors-usage": Q(closed_on__isnull=False)}.get(choice, Q(closed_on__isnull=True))
    return rows.filter(where).order_by("name", "pk")


def number_of_low(organisation: Any) -> int:
    """Of how many kinds too few are left: one query."""
    number: int = Carton.objects.filter(LOW, organisation=organisation).count()
    return number


def moves_of(carton: Carton, *, most: int = 30) -> list[CartonMove]:
    """The last ones first."""
    return list(CartonMove.objects.filter(carton=carton).order_by("-pk")[:most])
