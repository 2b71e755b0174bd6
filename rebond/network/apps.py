from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "rebond.network"

    def ready(self) -> None:
        from rebond.network import desk, perms  # noqa: F401, PLC0415 -- app registry: permissions register at start

        desk.register()
