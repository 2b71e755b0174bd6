from datetime import timedelta

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "rebond.network"

    def ready(self) -> None:
        from rebond.core.periodic import register  # noqa: PLC0415 -- models are ready only now
        from rebond.network import desk, perms, tasks  # noqa: F401, PLC0415 -- they fill their tables

        desk.register()
        register("network.end-due-sellers", every=timedelta(hours=6), task=tasks.end_due_sellers)
        register("network.purge-trader-files", every=timedelta(days=1), task=tasks.purge_trader_files)
