from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "rebond.intake"

    def ready(self) -> None:
        from rebond.intake import desk, kinds, perms, phrases  # noqa: F401, PLC0415 -- they fill their tables
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        kinds.register()
        desk.register()
