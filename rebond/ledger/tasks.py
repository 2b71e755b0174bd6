"""Tasks of the books. Each calls its action."""

from typing import Any

from django.tasks import task


@task()
def check_the_books() -> dict[str, Any]:
    """Each night: the books are right, or the finance desk is told."""
    from rebond.ledger.actions.night import check_at_night  # noqa: PLC0415 -- task calls its action

    return check_at_night()
