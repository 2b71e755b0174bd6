"""Tasks of the network."""

from django.tasks import task


@task()
def end_due_sellers() -> int:
    from rebond.network.actions.seller import end_due_sellers as run  # noqa: PLC0415 -- task calls its action

    return run()


@task()
def purge_trader_files() -> int:
    from rebond.network.actions.trader import purge_trader_files as run  # noqa: PLC0415 -- task calls its action

    return run()
