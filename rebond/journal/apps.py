from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "rebond.journal"

    def ready(self) -> None:
        from rebond.core.periodic import register  # noqa: PLC0415 -- models are ready only now
        from rebond.journal import desk, perms, sentences, tasks  # noqa: F401, PLC0415 -- they fill their tables

        desk.register()
        register(
            "journal.read-bounces",
            every=timedelta(minutes=10),
            task=tasks.read_bounces,
            label=_("Read the mail that came back"),
        )
        register(
            "journal.sweep-files",
            every=timedelta(days=1),
            task=tasks.sweep_files,
            label=_("Remove files past their date"),
        )
        register(
            "journal.forget-mail",
            every=timedelta(days=1),
            task=tasks.forget_mail,
            label=_("Delete outgoing mail a year old"),
        )
