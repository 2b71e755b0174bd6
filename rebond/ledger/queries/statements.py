"""A seller's month to the cent: what was owed before, what came, what went, what is owed after."""

import calendar
import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rebond.core.money import format_cents
from rebond.ledger.enums import Part
from rebond.ledger.models import Account, Posting
from rebond.ledger.queries.accounts import balance_on, postings_of

MOST_LINES = 2_000  # on the paper: the spreadsheet has all of them
MONTHS = 24


@dataclass(frozen=True, slots=True)
class Statement:
    """`opening + received − taken = closing`, each read from the postings by itself."""

    account: Account
    first: datetime.date
    last: datetime.date
    opening_cents: int
    received_cents: int
    taken_cents: int
    closing_cents: int
    parts: list[tuple[str, int, int]]  # label, received, taken

    @property
    def is_right(self) -> bool:
        return self.opening_cents + self.received_cents - self.taken_cents == self.closing_cents


def month_days(year: int, month: int) -> tuple[datetime.date, datetime.date]:
    """First and last day; raise ValueError for a month that does not exist."""
    first = datetime.date(year, month, 1)
    return first, first.replace(day=calendar.monthrange(year, month)[1])


def statement_of(account: Account, year: int, month: int) -> Statement:
    """The sums of a month; raise ValueError for a month that does not exist."""
    first, last = month_days(year, month)
    rows = Posting.objects.filter(account=account, on__range=(first, last)).order_by()
    sums = rows.values("part").annotate(
        received=Sum("cents", filter=Q(cents__lt=0)), taken=Sum("cents", filter=Q(cents__gt=0))
    )
    found = {row["part"]: (-(row["received"] or 0), row["taken"] or 0) for row in sums}
    return Statement(
        account=account,
        first=first,
        last=last,
        opening_cents=balance_on(account, first - datetime.timedelta(days=1)),
        received_cents=sum(received for received, _taken in found.values()),
        taken_cents=sum(taken for _received, taken in found.values()),
        closing_cents=balance_on(account, last),
        parts=[(str(part.label), *found[part.value]) for part in Part if part.value in found],
    )


def months_of(account: Account, *, today: datetime.date | None = None) -> list[datetime.date]:
    """First days of the months that are over and may have lines, the latest first, two years at most."""
    today = today or timezone.localdate()
    begin = Posting.objects.filter(account=account).aggregate(day=Min("on"))["day"]
    found: list[datetime.date] = []
    day = today.replace(day=1)
    while begin is not None and len(found) < MONTHS:
        day = (day - datetime.timedelta(days=1)).replace(day=1)
        if day < begin.replace(day=1):
            break
        found.append(day)
    return found


def paper_of(statement: Statement) -> dict[str, Any]:
    """What the drawing `ledger/statement` asks, in the reader's language; the first lines of the month first."""
    account = statement.account
    month = date_format(statement.first, "F Y")
    postings = list(postings_of(account, since=statement.first, until=statement.last).order_by("pk")[: MOST_LINES + 1])
    rows, balance = [], statement.opening_cents
    for posting in postings[:MOST_LINES]:
        balance -= posting.cents
        rows.append([date_format(posting.on, "j N"), _line(posting), *_sides(posting.cents), format_cents(balance)])
    owner = account.owner
    return {
        "lang": get_language() or "fr",
        "title": _("Statement of %(month)s") % {"month": month},
        "owner": owner.legal_name or owner.name,
        "context": _("Account at %(operator)s, in euros. SIREN: %(siren)s.")
        % {"operator": account.operator.legal_name or account.operator.name, "siren": owner.siren or "–"},
        "sums": [
            [_("Owed before"), format_cents(statement.opening_cents)],
            [pgettext("ledger", "Received"), format_cents(statement.received_cents)],
            [pgettext("ledger", "Taken"), format_cents(statement.taken_cents)],
            [_("Owed after"), format_cents(statement.closing_cents)],
        ],
        "parts_head": [pgettext("ledger", "Part"), pgettext("ledger", "Received"), pgettext("ledger", "Taken")],
        "parts": [[label, format_cents(received), format_cents(taken)] for label, received, taken in statement.parts],
        "head": [
            pgettext("ledger", "Day"),
            pgettext("ledger", "Line"),
            pgettext("ledger", "Taken"),
            pgettext("ledger", "Received"),
            pgettext("ledger", "Balance"),
        ],
        "rows": rows,
        "note": _("The first lines are printed: the spreadsheet has all of them.")
        if len(postings) > MOST_LINES
        else "",
        "foot": f"{owner.name} · {month}",
    }


def _cut_note() -> str:
    return _("The first lines are printed: the spreadsheet has all of them.")


def _line(posting: Posting) -> str:
    return f"{posting.get_part_display()}, {posting.entry}"


def _sides(cents: int) -> list[str]:
    return [format_cents(cents), "–"] if cents > 0 else ["–", format_cents(-cents)]
