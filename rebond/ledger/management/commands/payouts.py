"""`rebond payouts --due`: who may be paid what; `--ask` prepares them."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rebond.core.money import format_cents
from rebond.ledger.actions.payout import ask_due_payouts
from rebond.ledger.errors import LedgerError
from rebond.ledger.queries.fees import operator_of
from rebond.ledger.queries.payouts import dues_of, held_words


class Command(BaseCommand):
    help = "Say what may be paid out to each seller today, or prepare it (somebody grants it at the desk)."

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group(required=True)
        group.add_argument("--due", action="store_true", help="say it, change nothing")
        group.add_argument("--ask", action="store_true", help="prepare what is ready")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        operator, day = operator_of(None), timezone.localdate()
        if operator is None:
            raise CommandError("no operator runs this network")
        if options["ask"]:
            try:
                asked = ask_due_payouts(operator=operator, by=None)
            except LedgerError as refused:
                raise CommandError(str(refused)) from None
            found: dict[str, Any] = {
                "asked": [{"id": p.public_id, "seller": p.account.owner.name, "cents": p.cents} for p in asked]
            }
        else:
            found = {"day": day.isoformat(), "due": [self._due(due, day) for due in dues_of(operator, day=day)]}
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for row in found.get("due", found.get("asked", [])):
            held = f" held: {', '.join(row['held'])}" if row.get("held") else ""
            self.stdout.write(f"{row['seller']}: {format_cents(row['cents'])}{held}")

    def _due(self, due: Any, day: Any) -> dict[str, Any]:
        return {
            "seller": due.account.owner.name,
            "id": due.account.owner.public_id,
            "owed_cents": due.owed_cents,
            "waiting_cents": due.waiting_cents,
            "cents": due.cents,
            "next_on": due.next_on.isoformat(),
            "is_ready": due.is_ready(day),
            "is_open": due.is_open,
            "held": held_words(due.held),
        }
