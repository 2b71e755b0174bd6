"""The periodic work of the way in."""

from django.tasks import task


@task
def erase_donors() -> int:
    """Identities of the register that had their time."""
    from rebond.intake.actions.register_keep import erase_donors as erase  # noqa: PLC0415 -- task calls its action

    return erase()
