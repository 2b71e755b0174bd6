"""What the last nightly check of the stock found."""

from dataclasses import dataclass
from typing import Any

from rebond.core.models import Job

KIND = "warehouse.check"


def last_check() -> Job | None:
    """The last night's, or None before the first one."""
    return Job.objects.filter(kind=KIND).order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Found:
    """What it found of one organisation: codes of objects and public ids of cartons, 100 of each sort at most."""

    check: Job | None
    items: list[str]
    cartons: list[str]


def found_for(organisation: Any) -> Found:
    """Objects whose stock is not what it should be, cartons whose count is not the sum of their moves: one query."""
    job = last_check()
    if job is None or organisation is None:
        return Found(job, [], [])
    items, cartons = (job.result.get(key, {}).get(organisation.public_id, []) for key in ("found", "found_cartons"))
    return Found(job, items, cartons)
