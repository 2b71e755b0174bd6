"""Tasks of the catalogue. Each calls its action."""

from typing import Any

from django.tasks import task

from rebond.core.priorities import IMAGES, INDEX


@task(queue_name="images", priority=IMAGES)
def make_renditions(sha256: str) -> None:
    """The widths that are not made at once, for one picture."""
    from rebond.catalogue.actions.photo_asset import build_renditions  # noqa: PLC0415 -- task calls its action

    build_renditions(sha256=sha256)


@task(queue_name="images", priority=IMAGES)
def clean_photos() -> None:
    """Pictures that nobody shows any more, and files of no picture."""
    from rebond.catalogue.actions.photo_asset import remove_orphans  # noqa: PLC0415 -- task calls its action

    remove_orphans()


@task(queue_name="index", priority=INDEX)
def update_search_index() -> None:
    """Bring the search index up to date with every change that waits."""
    from rebond.catalogue.actions.index import apply_index_changes  # noqa: PLC0415 -- task calls its action

    apply_index_changes()


@task(queue_name="index", priority=INDEX)
def rebuild_search_index() -> None:
    """A missing or damaged index is rebuilt by itself."""
    from rebond.catalogue.actions.index import repair_index  # noqa: PLC0415 -- task calls its action

    repair_index()


@task(queue_name="index", priority=INDEX)
def follow_closing_days() -> None:
    """Items of sellers who close or open again today."""
    from rebond.catalogue.actions.index import refresh_closed_sellers  # noqa: PLC0415 -- task calls its action

    refresh_closed_sellers()


@task()
def change_many_items(job_id: int, verb: str, ids: list[int], params: dict[str, Any], by_id: int | None) -> None:
    from rebond.catalogue.actions.item_bulk import run_bulk  # noqa: PLC0415 -- task calls its action

    run_bulk(job_id=job_id, verb=verb, ids=ids, params=params, by_id=by_id)


@task()
def end_old_reductions() -> int:
    from rebond.catalogue.actions import item_price  # noqa: PLC0415 -- task calls its action

    return item_price.end_old_reductions()


@task(queue_name="index", priority=INDEX)
def announce_categories(keys: list[str]) -> int:
    from rebond.catalogue.actions import category  # noqa: PLC0415 -- task calls its action

    return category.announce_items_of(keys=keys)


@task()
def stop_recalled_items(pks: list[int] | None = None) -> int:
    """Take what the list of recalls names off sale: these entries, or all."""
    from rebond.catalogue.actions import recall_stop  # noqa: PLC0415 -- task calls its action

    return recall_stop.stop_recalled(pks=pks)
