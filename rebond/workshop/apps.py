from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkshopConfig(AppConfig):
    name = "rebond.workshop"

    def ready(self) -> None:
        from rebond.core import access, periodic  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.workshop import desk, middleware, perms, photographing, phrases, tasks, writing  # noqa: F401, PLC0415 -- they fill their tables

        sentences.register(phrases.SENTENCES)
        desk.register()
        photographing.register()
        writing.register()
        access.add_door(middleware.station_door)
        periodic.register(
            "workshop.release-abandoned",
            every=timedelta(minutes=5),
            task=tasks.release_abandoned_tasks,
            label=_("Give abandoned tasks back to their queue"),
        )
        periodic.register(
            "workshop.purge-security-log",
            every=timedelta(days=1),
            task=tasks.purge_security_log,
            label=_("Delete the stations’ security log after 30 days"),
        )
        periodic.register(
            "workshop.close-days",
            every=timedelta(hours=1),
            task=tasks.close_finished_days,
            label=_("Write the chain’s figures of finished days"),
        )
