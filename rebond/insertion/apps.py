from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InsertionConfig(AppConfig):
    name = "rebond.insertion"

    def ready(self) -> None:
        from rebond.insertion import desk, guards, perms, phrases, receivers  # noqa: F401, PLC0415 -- they fill their tables
        from rebond.insertion.deadlines import CONTRACT_END, NEWS, NEWS_LABELS, PASS_END  # noqa: PLC0415 -- app registry
        from rebond.insertion.pass_dates import ALERT_MONTHS  # noqa: PLC0415 -- app registry
        from rebond.insertion.queries import contract_facts  # noqa: PLC0415 -- app registry
        from rebond.insertion.queries.exits import exit_facts  # noqa: PLC0415 -- app registry
        from rebond.insertion.queries.news import news_facts  # noqa: PLC0415 -- app registry
        from rebond.insertion.queries.passes import facts_for  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.people import deadlines  # noqa: PLC0415 -- app registry
        from rebond.people.file_parts import FilePart, add_part  # noqa: PLC0415 -- app registry

        sentences.register(phrases.SENTENCES)
        desk.register()
        for moment, label in NEWS_LABELS.items():
            deadlines.register(NEWS[moment], label)
        deadlines.register(PASS_END, _("End of the PASS IAE"), alert_months=ALERT_MONTHS)
        add_part(FilePart(_("PASS IAE"), "ticket", "insertion-desk:pass", "insertion.pass.view", facts_for))
        deadlines.register(CONTRACT_END, _("End of the contract"), alert_months=ALERT_MONTHS)
        of_contracts = (contract_facts.own_facts, contract_facts.desk_facts)
        add_part(
            FilePart(_("Contracts"), "file-text", "insertion-desk:contracts", "insertion.contract.view", *of_contracts)
        )
        add_part(
            FilePart(
                _("Exit"),
                "footprints",
                "insertion-desk:exit",
                "insertion.exit.view",
                lambda person: exit_facts(person) + news_facts(person),
            )
        )
        post_migrate.connect(guards.install_guards, sender=self)
        post_migrate.connect(receivers.install_table, sender=self)
