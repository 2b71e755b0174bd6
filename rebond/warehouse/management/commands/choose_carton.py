"""`rebond choose-carton < parcel.json`: the carton that holds these objects, and how they lie in it."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.warehouse.cartons.choose import as_dict, choose_carton, read_parcel
from rebond.warehouse.documents import DocumentInvalid


class Command(BaseCommand):
    help = "Choose the carton of a parcel (JSON on standard input). Exit 1 where nothing fits, 2 for bad input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output, millimetres")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            parcel = read_parcel(json.loads(sys.stdin.read()))
        except json.JSONDecodeError as error:
            raise CommandError(f"The input is not JSON: {error}", returncode=2) from None
        except DocumentInvalid as error:
            raise CommandError(str(error), returncode=2) from None
        choice = choose_carton(parcel)
        milliseconds = round((time.monotonic() - begun) * 1000)
        if options["json"]:
            self.stdout.write(json.dumps(as_dict(choice, parcel) | {"milliseconds": milliseconds}, ensure_ascii=False))
        if choice.carton is None:
            causes = "; ".join(f"“{name}”: {why}" for name, why in choice.causes)
            raise CommandError(f"Nothing fits. {causes or 'No single object is the cause: send two parcels.'}")
        if not options["json"]:
            measures = " × ".join(str(side) for side in choice.carton.inner)
            self.stdout.write(f"{choice.carton.id} ({measures} mm{', salvaged' if choice.carton.salvaged else ''})")
            for one in choice.placed:
                self.stdout.write(f"  {one.box.id}: {one.size} at {one.at}")
