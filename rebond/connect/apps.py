from django.apps import AppConfig


class ConnectConfig(AppConfig):
    name = "rebond.connect"

    def ready(self) -> None:
        from rebond.connect import desk, perms, phrases  # noqa: F401, PLC0415 -- app registry: they register at start
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        desk.register()
