"""The room's periodic work."""

from django.tasks import task


@task
def write_evidence() -> int:
    """Yesterday's work, and that of any day that was missed, is written in people's logs once."""
    from rebond.skills.actions.evidence import write_all  # noqa: PLC0415 -- task calls its action

    return write_all()
