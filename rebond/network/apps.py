from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NetworkConfig(AppConfig):
    name = "rebond.network"

    def ready(self) -> None:
        from rebond.core.periodic import register  # noqa: PLC0415 -- models are ready only now
        from rebond.core.resealing import add_step  # noqa: PLC0415 -- as above
        from rebond.journal import sentences  # noqa: PLC0415 -- as above
        from rebond.network import desk, perms, phrases, tasks  # noqa: F401, PLC0415 -- they fill their tables
        from rebond.network.actions.trader import reseal_documents  # noqa: PLC0415 -- as above

        add_step("network: documents of trader files", reseal_documents)
        sentences.register(phrases.SENTENCES)
        sentences.register_mails(phrases.MAILS)
        desk.register()
        register(
            "network.end-due-sellers",
            every=timedelta(hours=6),
            task=tasks.end_due_sellers,
            label=_("End the sellers whose announced day has come"),
        )
        register(
            "network.purge-trader-files",
            every=timedelta(days=1),
            task=tasks.purge_trader_files,
            label=_("Delete the trader files of sellers that left"),
        )
