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


@task
def note_all_gaps() -> int:
    """Which flows of last month do not close, for the supervisor's desk of each site."""
    from rebond.intake.actions.gaps import note_all_gaps as note  # noqa: PLC0415 -- task calls its action

    return note()


@task
def note_gaps(site_id: int) -> list[str]:
    """The same of one site, after somebody noted a count or an exit."""
    from rebond.intake.actions.gaps import note_gaps as note  # noqa: PLC0415 -- task calls its action
    from rebond.network.models import Site  # noqa: PLC0415 -- task calls its action

    return note(site=Site.objects.select_related("organisation").get(pk=site_id))
