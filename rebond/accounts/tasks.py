"""Periodic work of accounts."""

from django.tasks import task


@task()
def erase_idle() -> int:
    from rebond.accounts.actions.retention import erase_idle_accounts  # noqa: PLC0415 -- task calls its action

    return erase_idle_accounts()
