"""`rebond reconcile --day D`: what the provider says of a day against what is here, with the gaps."""

import datetime
import json
import sys
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rebond.core.money import format_cents
from rebond.shop.actions.provider import PROVIDERS
from rebond.shop.actions.reconcile import SUMS, reconcile_day
from rebond.shop.errors import ProviderError
from rebond.shop.models import Reconciliation
from rebond.shop.queries.by_hand_day import by_hand_that_day

FIELDS = ("kind", "what", "reference", "provider_id", "here_cents", "there_cents", "is_mended")


class Command(BaseCommand):
    help = "Compare a day of payments, refunds and payouts with the provider's list; exit 1 where a gap stays open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", help="like 2026-11-26; yesterday without")
        parser.add_argument("--provider", default=settings.PAYMENT_PROVIDER, help="the one of the settings without")
        parser.add_argument("--apply", action="store_true", help="take the payments that were made and never told")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        provider = options["provider"]
        if provider not in PROVIDERS:
            raise CommandError(f"nobody takes payments here: PAYMENT_PROVIDER or --provider, {' or '.join(PROVIDERS)}")
        try:
            day = datetime.date.fromisoformat(options["day"]) if options["day"] else _yesterday()
        except ValueError:
            raise CommandError(f"--day {options['day']}: expected a day like 2026-11-26") from None
        if day > timezone.localdate():
            raise CommandError(f"--day {day}: it has not come yet")
        try:
            done = reconcile_day(day=day, provider=provider, is_applied=options["apply"])
        except ProviderError as error:
            raise CommandError(f"{provider} does not answer: {error}") from None
        self._say(done, as_json=options["json"])
        if done.open_gaps:
            sys.exit(1)

    def _say(self, done: Reconciliation, *, as_json: bool) -> None:
        gaps = list(done.gaps.order_by("pk").values(*FIELDS))
        if as_json:
            moved = [name for _what, name in SUMS]
            names = ("provider", *moved, *(f"{name}_cents" for name in moved), "fee_cents", "others", "open_gaps")
            sums = {name: getattr(done, name) for name in names}
            day = {"day": done.day.isoformat(), "ok": not done.open_gaps}
            by_hand = [asdict(noted) | {"ok": noted.is_right} for noted in by_hand_that_day(done.day)]
            self.stdout.write(json.dumps(day | sums | {"by_hand": by_hand, "gaps": gaps}))
            return
        self.stdout.write(
            f"{done.provider}, {done.day}: {done.paid} payments ({format_cents(done.paid_cents)}), {done.refunded} "
            f"refunds ({format_cents(done.refunded_cents)}), {done.payouts} payouts "
            f"({format_cents(done.payouts_cents)}), {done.reversals} reversals ({format_cents(done.reversals_cents)}), "
            f"{done.disputes} disputes ({format_cents(done.disputes_cents)}), {done.reinstated} won "
            f"({format_cents(done.reinstated_cents)}), "
            f"fees {format_cents(done.fee_cents)}, {done.others} others. {done.open_gaps} gaps are open."
        )
        for noted in by_hand_that_day(done.day):
            here, there = format_cents(noted.cents), format_cents(noted.books_cents)
            self.stdout.write(f"  by hand: {noted.way} {noted.what} {noted.order}: {here}, books {there}")
        for gap in gaps:
            mended = " (taken)" if gap["is_mended"] else ""
            here, there = (
                format_cents(gap[side]) if gap[side] is not None else "-" for side in ("here_cents", "there_cents")
            )
            name = gap["reference"] or gap["provider_id"]
            self.stdout.write(f"  {gap['kind']:<14} {gap['what']:<9} {name}: here {here}, there {there}{mended}")


def _yesterday() -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=1)
