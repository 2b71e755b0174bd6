"""The workshop's periodic work."""

from django.tasks import task


@task
def release_abandoned_tasks() -> int:
    """Tasks that nobody touched for two hours come back to their queue."""
    from rebond.workshop.actions.task import release_abandoned  # noqa: PLC0415 -- task calls its action

    return release_abandoned()


@task
def purge_security_log() -> int:
    """The stations' security log lives 30 days, and so does the trace of acts that devices kept; what scans stopped
    for those who learn, one.
    """
    from rebond.workshop.actions.learning import forget_caught  # noqa: PLC0415 -- task calls its action
    from rebond.workshop.actions.offline import purge_kept_acts  # noqa: PLC0415 -- task calls its action
    from rebond.workshop.actions.sign_in import purge_security_log as purge  # noqa: PLC0415 -- task calls its action

    return purge() + purge_kept_acts() + forget_caught()


@task
def close_finished_days() -> int:
    """The figures of yesterday, and of any day that was missed, are written once."""
    from rebond.workshop.actions.closing import close_all  # noqa: PLC0415 -- task calls its action

    return close_all()
