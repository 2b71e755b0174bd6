"""The periodic work of the way in."""

from django.tasks import task


@task
def erase_donors() -> int:
    """Identities of the register that had their time."""
    from rebond.intake.actions.register_keep import erase_donors as erase  # noqa: PLC0415 -- task calls its action

    return erase()


@task
def check_registers() -> int:
    """Every register proves itself; raise where one does not: the desk's page of periodic work says it."""
    from rebond.intake.actions.register_keep import prove_registers  # noqa: PLC0415 -- task calls its action

    return prove_registers()
