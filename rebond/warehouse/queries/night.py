"""What the last nightly check of the stock found."""

from typing import Any

from rebond.core.models import Job

KIND = "warehouse.check"


def last_check() -> Job | None:
    """The last night's, or None before the first one."""
    return Job.objects.filter(kind=KIND).order_by("-pk").first()


def codes_for(organisation: Any) -> list[str]:
    """Codes of the organisation's objects whose stock is not what it should be (100 of each sort are told at most)."""
    return _found("found", organisation, last_check())


def cartons_for(organisation: Any) -> list[str]:
    """The public ids of its cartons whose count is not the sum of their moves."""
    return _found("found_cartons", organisation, last_check())


def _found(key: str, organisation: Any, job: Job | None) -> list[str]:
    found: dict[str, list[str]] = job.result.get(key, {}) if job is not None else {}
    return found.get(organisation.public_id, []) if organisation is not None else []


def alerts_for(organisation: Any) -> tuple[int, int]:
    """How many objects, and how many kinds of cartons: one query."""
    job = last_check()
    return len(_found("found", organisation, job)), len(_found("found_cartons", organisation, job))
