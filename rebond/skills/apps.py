from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SkillsConfig(AppConfig):
    name = "rebond.skills"

    def ready(self) -> None:
        from rebond.core.account_menu import AccountEntry, add_account_entry  # noqa: PLC0415 -- app registry
        from rebond.core.site import FootLink, add_foot_link  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.skills import desk, perms, phrases  # noqa: F401, PLC0415 -- they fill their tables

        sentences.register(phrases.SENTENCES)
        sentences.register_mails(phrases.MAILS)
        desk.register()
        add_account_entry(AccountEntry(30, _("My badges"), "award", "my-badges:list"))
        add_foot_link(FootLink("understand", 60, _("Verify a badge"), "skills:verify"))
