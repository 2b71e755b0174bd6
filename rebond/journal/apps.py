from datetime import timedelta

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "rebond.journal"

    def ready(self) -> None:
        from rebond.core.periodic import register  # noqa: PLC0415 -- models are ready only now
        from rebond.journal import perms, sentences, tasks  # noqa: F401, PLC0415 -- they fill their tables

        register("journal.sweep-files", every=timedelta(days=1), task=tasks.sweep_files)
