from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "rebond.connect"

    def ready(self) -> None:
        from rebond.connect import desk, perms  # noqa: F401, PLC0415 -- app registry: permissions register at start

        desk.register()
