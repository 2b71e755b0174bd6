"""Tasks of the warehouse. Each calls its action."""

from typing import Any

from django.tasks import task


@task()
def make_many_places(job_id: int, site_id: int, plan: dict[str, Any], by_id: int | None) -> None:
    from rebond.warehouse.actions.places import run_places  # noqa: PLC0415 -- task calls its action

    run_places(job_id=job_id, site_id=site_id, plan=plan, by_id=by_id)


@task()
def plan_the_wave(wave_id: int) -> int:
    from rebond.warehouse.actions.planning import plan_wave  # noqa: PLC0415 -- task calls its action

    return plan_wave(wave_id=wave_id)


@task()
def check_the_stock() -> dict[str, int]:
    """Each night: the ledger, its cache and the catalogue say the same, or the desk is told."""
    from rebond.warehouse.actions.night import check_at_night  # noqa: PLC0415 -- task calls its action

    return check_at_night()


@task()
def follow_markdowns() -> dict[str, int]:
    """Each night: what the sellers agreed for what stays unsold."""
    from rebond.warehouse.actions.markdown import run_rules  # noqa: PLC0415 -- task calls its action

    return run_rules()


@task()
def forget_receivers() -> int:
    """Each night: whom parcels were for, once their labels are gone too."""
    from rebond.warehouse.actions.label import forget_receivers as forget  # noqa: PLC0415 -- task calls its action

    return forget()


@task()
def try_account(account_id: int) -> str:
    from rebond.warehouse.actions.carrier import try_account as attempt  # noqa: PLC0415 -- task calls its action

    return attempt(account_id=account_id)


@task()
def hand_over_parcels(manifest_id: int) -> int:
    from rebond.warehouse.actions.manifest import hand_over  # noqa: PLC0415 -- task calls its action

    return hand_over(manifest_id=manifest_id)


@task()
def ask_carriers() -> dict[str, int]:
    """Each minute: labels that are awaited, parcels whose carrier is to be asked."""
    from rebond.warehouse.actions.due import ask_carriers as ask  # noqa: PLC0415 -- task calls its action

    return ask()
