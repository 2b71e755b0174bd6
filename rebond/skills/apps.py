from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SkillsConfig(AppConfig):
    name = "rebond.skills"

    def ready(self) -> None:
        from rebond.core import periodic  # noqa: PLC0415 -- app registry
        from rebond.core.account_menu import AccountEntry, add_account_entry  # noqa: PLC0415 -- app registry
        from rebond.core.site import FootLink, add_foot_link  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.people.file_parts import FilePart, add_part  # noqa: PLC0415 -- app registry
        from rebond.skills import desk, guards, perms, phrases, tasks  # noqa: F401, PLC0415 -- they fill their tables
        from rebond.skills.queries.portfolio import facts_for  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        sentences.register_mails(phrases.MAILS)
        desk.register()
        add_account_entry(AccountEntry(30, _("My badges"), "award", "my-badges:list"))
        add_account_entry(AccountEntry(31, pgettext_lazy("own space", "My skills"), "hand-heart", "my-skills:list"))
        add_foot_link(FootLink("understand", 60, _("Verify a badge"), "skills:verify"))
        add_part(
            FilePart(
                pgettext_lazy("file", "Skills"), "hand-heart", "skills-people:person", "skills.person.view", facts_for
            )
        )
        post_migrate.connect(guards.install_guards, sender=self)
        periodic.register(
            "skills.write-evidence",
            every=timedelta(hours=1),
            task=tasks.write_evidence,
            label=_("Write yesterday’s work in people’s skill logs"),
        )
