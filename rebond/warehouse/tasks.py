"""Tasks of the warehouse. Each calls its action."""

from typing import Any

from django.tasks import task


@task()
def make_many_places(job_id: int, site_id: int, plan: dict[str, Any], by_id: int | None) -> None:
    from rebond.warehouse.actions.places import run_places  # noqa: PLC0415 -- task calls its action

    run_places(job_id=job_id, site_id=site_id, plan=plan, by_id=by_id)
