from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "rebond.intake"

    def ready(self) -> None:
        from rebond.core import periodic  # noqa: PLC0415 -- app registry
        from rebond.intake import desk, gestures, kinds, perms, phrases, receivers, registering, supervising, tasks  # noqa: F401, PLC0415 -- they fill their tables
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        kinds.register()
        gestures.register()
        desk.register()
        supervising.register()
        registering.register()
        periodic.register(
            "intake.erase-donors",
            every=timedelta(days=1),
            task=tasks.erase_donors,
            label=_("Delete the identities of the register after 10 years"),
        )
        periodic.register(
            "intake.check-registers",
            every=timedelta(days=1),
            task=tasks.check_registers,
            label=_("Prove the chains of the registers of objects"),
        )
        periodic.register(
            "intake.note-gaps",
            every=timedelta(days=1),
            task=tasks.note_all_gaps,
            label=_("Tell which flows of last month do not close"),
        )
