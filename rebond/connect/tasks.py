"""Tasks of imports: each may run twice, and starts again where a dead worker left it."""

from datetime import timedelta

from django.tasks import task
from django.utils import timezone

from rebond.core.priorities import IMAGES, IMPORTS


@task(priority=IMPORTS)
def read_import(run_id: int) -> str:
    from rebond.connect.actions.intake import read_import as read  # noqa: PLC0415 -- task calls its action

    return read(run_id=run_id)


@task()
def forget_keys() -> int:
    """Readings that began two hours ago and never ended: their keys are not kept longer."""
    from rebond.connect.actions import intake  # noqa: PLC0415 -- task calls its action

    return intake.forget_keys(before=timezone.now() - timedelta(hours=2))


@task(priority=IMPORTS)
def try_import(run_id: int) -> str:
    from rebond.connect.actions.trial import run_trial  # noqa: PLC0415 -- task calls its action

    return run_trial(run_id=run_id)


@task(priority=IMPORTS)
def run_import(run_id: int) -> str:
    from rebond.connect.actions.running import run_batches  # noqa: PLC0415 -- task calls its action

    return run_batches(run_id=run_id)


@task(priority=IMPORTS)
def undo_import(run_id: int) -> str:
    from rebond.connect.actions.undo import undo_batches  # noqa: PLC0415 -- task calls its action

    return undo_batches(run_id=run_id)


@task(queue_name="images", priority=IMAGES)
def fetch_photos(run_id: int) -> int:
    from rebond.connect.actions.photos import take_photos  # noqa: PLC0415 -- task calls its action

    return take_photos(run_id=run_id)
