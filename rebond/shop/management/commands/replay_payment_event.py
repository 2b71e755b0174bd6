"""`rebond replay-payment-event FILE…`: messages of a provider, kept in files, kept and applied as if they just came."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.shop.actions.message import OPEN, apply_message, keep_message
from rebond.shop.enums import MessageNote, MessageState
from rebond.shop.models import ProviderMessage
from rebond.shop.stripe_api import NAME

MAX_FILE = 10_000_000  # bytes


class Command(BaseCommand):
    help = (
        "Keep and apply events of Stripe from JSON files (an event, a list, or a list as Stripe's dashboard gives it), "
        "or with --waiting those that are kept and wait. A replay has no second effect. Exit 1 where one waits."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument("--waiting", action="store_true", help="those that are kept and had no effect yet")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["files"] and not options["waiting"]:
            raise CommandError("name a file, or say --waiting")
        rows = [message for file in options["files"] for message in self._read(file)]
        if options["waiting"]:
            rows += ProviderMessage.objects.filter(state__in=OPEN).order_by("pk")
        said = self._apply_all(rows)
        if options["json"]:
            self.stdout.write(json.dumps({"events": said, "waiting": sum(row["state"] == "waiting" for row in said)}))
        else:
            for row in said:
                self.stdout.write(f"{row['state']:<8} {row['kind']:<32} {row['id']} {row['note']}".rstrip())
        if any(row["state"] == MessageState.WAITING for row in said):
            sys.exit(1)

    def _read(self, file: Path) -> list[ProviderMessage]:
        """All of a file's messages are kept before any is applied; a wrong one is named."""
        try:
            if file.stat().st_size > MAX_FILE:
                raise CommandError(f"{file}: larger than {MAX_FILE // 1_000_000} MB")
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{file}: {error}") from None
        if isinstance(found, dict) and found.get("object") == "list":
            found = found.get("data")
        kept = []
        for number, envelope in enumerate(found if isinstance(found, list) else [found], start=1):
            try:
                kept.append(keep_message(provider=NAME, envelope=envelope))
            except ValueError as error:
                raise CommandError(f"{file}, event {number}: {error}") from None
        return kept

    def _apply_all(self, rows: list[ProviderMessage]) -> list[dict[str, Any]]:
        """In whatever order they come (Stripe lists the newest first): what waits is tried again after the others."""
        said = [self._apply(message) for message in rows]
        waiting = [number for number, row in enumerate(said) if row["state"] == MessageState.WAITING]
        while waiting:
            for number in waiting:
                said[number] = self._apply(rows[number])
            left = [number for number in waiting if said[number]["state"] == MessageState.WAITING]
            if left == waiting:
                break
            waiting = left
        return said

    def _apply(self, message: ProviderMessage) -> dict[str, Any]:
        message = apply_message(message=message)
        note = str(MessageNote(message.note).label) if message.note in MessageNote.values else message.note
        return {
            "id": message.event_id,
            "kind": message.kind,
            "state": message.state,
            "note": note,
            "times": message.times,
        }
