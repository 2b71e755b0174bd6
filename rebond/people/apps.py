from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "rebond.people"

    def ready(self) -> None:
        from rebond.core.account_menu import AccountEntry, add_account_entry  # noqa: PLC0415 -- app registry
        from rebond.core.resealing import add_step  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.people import desk, guards, perms, phrases  # noqa: F401, PLC0415 -- they fill their tables
        from rebond.people.actions import keys  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        desk.register()
        add_step("people: marks of names", keys.renew_marks)
        add_account_entry(AccountEntry(29, _("My path"), "route", "my-path:path"))
        post_migrate.connect(guards.install_guards, sender=self)
