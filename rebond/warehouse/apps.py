from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarehouseConfig(AppConfig):
    name = "rebond.warehouse"

    def ready(self) -> None:
        from rebond.core import periodic  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.warehouse import desk, floor, lessons, perms, phrases, receivers, supervising, tasks  # noqa: F401, PLC0415 -- they fill their tables

        sentences.register(phrases.SENTENCES)
        desk.register()
        floor.register()
        lessons.register()
        supervising.register()
        for name, task, label in (
            ("check-stock", tasks.check_the_stock, _("Prove the ledger of stock")),
            ("markdowns", tasks.follow_markdowns, _("Follow the agreed reductions of what stays unsold")),
            ("receivers", tasks.forget_receivers, _("Forget whom the parcels of lists were for")),
        ):
            periodic.register(f"warehouse.{name}", every=timedelta(days=1), task=task, label=label)
        periodic.register(
            "warehouse.carriers",
            every=timedelta(minutes=1),
            task=tasks.ask_carriers,
            label=_("Ask carriers for labels and for where parcels are"),
        )
