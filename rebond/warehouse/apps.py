from django.apps import AppConfig


class WarehouseConfig(AppConfig):
    name = "rebond.warehouse"

    def ready(self) -> None:
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.warehouse import desk, floor, perms, phrases, receivers, supervising  # noqa: F401, PLC0415 -- they fill their tables

        sentences.register(phrases.SENTENCES)
        desk.register()
        floor.register()
        supervising.register()
