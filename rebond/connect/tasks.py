"""Tasks of imports: each may run twice, and starts again where a dead worker left it."""

from django.tasks import task


@task()
def try_import(run_id: int) -> str:
    from rebond.connect.actions.trial import run_trial  # noqa: PLC0415 -- task calls its action

    return run_trial(run_id=run_id)


@task()
def run_import(run_id: int) -> str:
    from rebond.connect.actions.running import run_batches  # noqa: PLC0415 -- task calls its action

    return run_batches(run_id=run_id)


@task()
def undo_import(run_id: int) -> str:
    from rebond.connect.actions.undo import undo_batches  # noqa: PLC0415 -- task calls its action

    return undo_batches(run_id=run_id)


@task(queue_name="images")
def fetch_photos(run_id: int) -> int:
    from rebond.connect.actions.photos import take_photos  # noqa: PLC0415 -- task calls its action

    return take_photos(run_id=run_id)
