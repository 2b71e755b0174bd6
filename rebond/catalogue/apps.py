from datetime import timedelta

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "rebond.catalogue"

    def ready(self) -> None:
        # app registry: permissions, receivers, sentences and periodic jobs register at start
        from rebond.catalogue import desk, perms, phrases, receivers, tasks  # noqa: F401, PLC0415 -- app registry
        from rebond.catalogue.search.health import check_index  # noqa: PLC0415 -- app registry
        from rebond.core import health, periodic  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        desk.register()
        health.register_check("index", check_index)
        periodic.register("catalogue.clean-photos", every=timedelta(days=1), task=tasks.clean_photos)
        # Changes are indexed at once; this finds what a killed worker left.
        periodic.register("catalogue.index", every=timedelta(minutes=5), task=tasks.update_search_index)
        periodic.register("catalogue.closing-days", every=timedelta(hours=1), task=tasks.follow_closing_days)
        periodic.register("catalogue.end-old-reductions", every=timedelta(hours=6), task=tasks.end_old_reductions)
