from datetime import timedelta

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "rebond.ledger"

    def ready(self) -> None:
        from rebond.core import health, periodic  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.ledger import desk, guards, perms, phrases, tasks  # noqa: F401, PLC0415 -- they fill their tables
        from rebond.ledger.actions import asked_books, asked_payments, asked_services, money_limits  # noqa: PLC0415 -- app registry
        from rebond.ledger.proofs import register_proof  # noqa: PLC0415 -- app registry
        from rebond.ledger.queries import other_waits  # noqa: PLC0415 -- app registry
        from rebond.ledger.queries.legal_rates import check_legal_rate  # noqa: PLC0415 -- app registry
        from rebond.ledger.queries.services import wrong_services  # noqa: PLC0415 -- app registry

        health.register_check("legal rate", check_legal_rate)
        sentences.register(phrases.SENTENCES)
        desk.register()
        asked_books.register()
        asked_payments.register()
        asked_services.register()
        register_proof("services", wrong_services)
        money_limits.register()
        other_waits.register()
        post_migrate.connect(guards.install_guards, sender=self)
        for name, every, task, label in (
            ("check-ledger", timedelta(days=1), tasks.check_the_books, _("Prove the books")),
            ("payouts", timedelta(hours=1), tasks.resume_payouts, _("Send the payouts that were granted")),
            ("tax-data", timedelta(days=1), tasks.ask_for_tax_data, _("Ask sellers for their tax data")),
            ("sold-years", timedelta(days=1), tasks.count_sold_years, _("Count what sellers sold this year")),
            ("invoices", timedelta(hours=1), tasks.issue_waiting_invoices, _("Make the invoices that wait")),
        ):
            periodic.register(f"ledger.{name}", every=every, task=task, label=label)
