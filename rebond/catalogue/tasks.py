"""Tasks of the catalogue. Each calls its action."""

from django.tasks import task


@task(queue_name="images")
def make_renditions(sha256: str) -> None:
    """The widths that are not made at once, for one picture."""
    from rebond.catalogue.actions.photo_asset import build_renditions  # noqa: PLC0415 -- task calls its action

    build_renditions(sha256=sha256)


@task(queue_name="images")
def clean_photos() -> None:
    """Pictures that nobody shows any more, and files of no picture."""
    from rebond.catalogue.actions.photo_asset import remove_orphans  # noqa: PLC0415 -- task calls its action

    remove_orphans()
