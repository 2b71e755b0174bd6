from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectConfig(AppConfig):
    name = "rebond.connect"

    def ready(self) -> None:
        from rebond.connect import desk, perms, phrases, tasks  # noqa: F401, PLC0415 -- app registry: they register
        from rebond.core.periodic import register as register_job  # noqa: PLC0415 -- models are ready only now
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        desk.register()
        register_job(
            "connect.keys",
            every=timedelta(hours=1),
            task=tasks.forget_keys,
            label=_("Forget the keys of shops that never answered"),
        )
