from datetime import timedelta

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "rebond.catalogue"

    def ready(self) -> None:
        from rebond.catalogue import perms, receivers, tasks  # noqa: F401, PLC0415 -- they register; models are ready
        from rebond.core import periodic  # noqa: PLC0415

        periodic.register("catalogue.clean-photos", every=timedelta(days=1), task=tasks.clean_photos)
        # Changes are indexed at once; this finds what a killed worker left.
        periodic.register("catalogue.index", every=timedelta(minutes=5), task=tasks.update_search_index)
        periodic.register("catalogue.closing-days", every=timedelta(hours=1), task=tasks.follow_closing_days)
