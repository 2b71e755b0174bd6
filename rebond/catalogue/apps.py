from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "rebond.catalogue"

    def ready(self) -> None:
        # app registry: permissions, receivers, sentences and periodic jobs register at start
        from rebond.catalogue import desk, perms, phrases, receivers, tasks  # noqa: F401, PLC0415 -- app registry
        from rebond.catalogue.search.health import check_index  # noqa: PLC0415 -- app registry
        from rebond.core import health, periodic  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        sentences.register_mails(phrases.MAILS)
        desk.register()
        health.register_check("index", check_index)
        for name, every, task, label in (
            ("clean-photos", timedelta(days=1), tasks.clean_photos, _("Remove the photos that nothing shows")),
            # Changes are indexed at once; this finds what a killed worker left.
            ("index", timedelta(minutes=5), tasks.update_search_index, _("Keep the search index up to date")),
            ("closing-days", timedelta(hours=1), tasks.follow_closing_days, _("Follow the sellers' closing days")),
            ("recalls", timedelta(hours=6), tasks.stop_recalled_items, _("Take what was recalled off sale")),
            (
                "end-old-reductions",
                timedelta(hours=6),
                tasks.end_old_reductions,
                _("End the reductions that are too old"),
            ),
        ):
            periodic.register(f"catalogue.{name}", every=every, task=task, label=label)
