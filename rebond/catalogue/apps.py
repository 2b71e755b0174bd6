from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "rebond.catalogue"

    def ready(self) -> None:
        from rebond.catalogue import perms  # noqa: F401, PLC0415 -- app registry: permissions register at start
