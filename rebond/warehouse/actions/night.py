"""The nightly proof of the stock, kept for the desk: which objects of which organisation are concerned."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.core.models import Job, JobState
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.models import Carton
from rebond.warehouse.queries.night import KIND

KEPT = 10  # past nights


def _owners_of(told: list[dict[str, Any]]) -> dict[str, list[str]]:
    """{organisation: its cartons whose count is not that of their moves}."""
    found: dict[str, list[str]] = {}
    rows = Carton.objects.filter(public_id__in=[row["carton"] for row in told]).order_by("pk")
    for code, owner in rows.values_list("public_id", "organisation__public_id"):
        found.setdefault(owner, []).append(code)
    return found


def check_at_night(*, now: datetime | None = None) -> dict[str, int]:
    """Compare the ledger, its cache and the catalogue, and keep what was found. Nothing is mended by itself.

    Items that were never counted are told apart in the figures: `open-stock` counts them.
    """
    now = now or timezone.now()
    report = check_stock()
    found: dict[str, list[str]] = {}
    keys = [row["item"] for row in report.cache]
    codes = [row["item"] for row in report.catalogue]
    for rows in (Item.objects.filter(pk__in=keys), Item.objects.filter(code__in=codes)):
        for code, owner in rows.order_by("code").values_list("code", "seller__public_id"):
            if code not in found.setdefault(owner, []):
                found[owner].append(code)
    figures = {
        "items": report.items,
        "cache": report.cache_differences,
        "catalogue": report.catalogue_differences,
        "uncounted": report.uncounted,
        "cartons": report.carton_differences,
    }
    result: dict[str, Any] = {**figures, "found": found, "found_cartons": _owners_of(report.cartons)}
    Job.objects.create(
        kind=KIND,
        state=JobState.DONE,
        total=1,
        done=1,
        created_at=now,
        started_at=now,
        ended_at=timezone.now(),
        result=result,
    )
    old = Job.objects.filter(kind=KIND).order_by("-pk").values_list("pk", flat=True)[KEPT:]
    Job.objects.filter(pk__in=list(old)).delete()
    return figures
