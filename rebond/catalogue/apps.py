from datetime import timedelta

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "rebond.catalogue"

    def ready(self) -> None:
        from rebond.catalogue import perms, tasks  # noqa: F401, PLC0415 -- permissions register; models are ready now
        from rebond.core import periodic  # noqa: PLC0415

        periodic.register("catalogue.clean-photos", every=timedelta(days=1), task=tasks.clean_photos)
