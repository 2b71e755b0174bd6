"""`rebond carrier-check`: every active account is asked whether it answers, and what waits at it is counted."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rebond.warehouse.actions.carrier import try_account
from rebond.warehouse.enums import Health
from rebond.warehouse.models import CarrierAccount
from rebond.warehouse.queries.shipments import waiting_at


class Command(BaseCommand):
    help = "Ask each carrier's account whether it answers; exit 1 where one does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument("--stored", action="store_true", help="tell the last known answers, and ask nobody")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = CarrierAccount.objects.filter(is_active=True).select_related("organisation")
        told = []
        for account in rows.order_by("organisation__name", "carrier").iterator():
            if not options["stored"]:
                try_account(account_id=account.pk)
                account.refresh_from_db()
            told.append(
                {
                    "account": account.public_id,
                    "organisation": account.organisation.name,
                    "carrier": account.carrier,
                    "health": account.health,
                    "said": account.health_said,
                    "checked_at": account.checked_at.isoformat() if account.checked_at else None,
                    "failures": account.failures,
                    "open_until": account.open_until.isoformat() if account.open_until else None,
                    **waiting_at(account),
                }
            )
        bad = [row for row in told if row["health"] in {Health.DOWN, Health.REFUSED}]
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not bad, "accounts": told}, ensure_ascii=False))
        else:
            for row in told:
                self.stdout.write(
                    f"{row['health']:8} {row['organisation']} · {row['carrier']}: {row['said'] or 'nothing said'}"
                    f" ({row['labels_awaited']} labels awaited, {row['followed']} parcels followed)"
                )
            self.stdout.write(f"{len(told)} accounts, {len(bad)} that do not answer.")
        if bad:
            sys.exit(1)
