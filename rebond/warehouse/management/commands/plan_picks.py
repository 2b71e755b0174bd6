"""`rebond plan-picks < instance.json`: which orders go on one cart, and which way to walk."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.warehouse.documents import DocumentInvalid
from rebond.warehouse.picking.plan import as_dict, make_plan, metres, read_instance


class Command(BaseCommand):
    help = "Share orders out between carts and lay their walks (JSON on standard input). Exit 2 for bad input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output, centimetres")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            plan = make_plan(read_instance(json.loads(sys.stdin.read())))
        except json.JSONDecodeError as error:
            raise CommandError(f"The input is not JSON: {error}", returncode=2) from None
        except DocumentInvalid as error:
            raise CommandError(str(error), returncode=2) from None
        milliseconds = round((time.monotonic() - begun) * 1000)
        if options["json"]:
            self.stdout.write(json.dumps(as_dict(plan) | {"milliseconds": milliseconds}, ensure_ascii=False))
            return
        for n, batch in enumerate(plan.batches, 1):
            walked = batch.route
            self.stdout.write(f"Cart {n}: {', '.join(order.id for order in batch.orders)}")
            self.stdout.write(f"  {batch.why()}{'' if walked.is_proved else f' At least {metres(walked.bound_cm)}.'}")
            self.stdout.write(f"  {walked.start} → {' → '.join(walked.stops)} → {walked.end}")
        self.stdout.write(
            f"{len(plan.batches)} carts, {metres(plan.length_cm)} (one by one {metres(plan.alone_cm)},"
            f" never under {metres(plan.bound_cm)}), {milliseconds:,} ms."
        )
