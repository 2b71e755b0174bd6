"""Setting the marks along long accounts, and proving them (models.Mark)."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Max, Sum
from django.utils import timezone

from rebond.ledger.models import Account, Mark, Posting

EVERY = 2_000  # postings between two marks


def set_marks(*, now: datetime | None = None) -> int:
    """Each night: mark what was posted before today, `EVERY` lines by `EVERY`. Run again it adds nothing.

    Today is left alone: what is being committed elsewhere may have a lower number than what is read here.
    """
    today = timezone.localdate(now)
    last = dict(Mark.objects.order_by().values_list("account").annotate(n=Max("posting")))
    number = 0
    for account in Account.objects.order_by("pk").values_list("pk", flat=True):
        limit = Posting.objects.filter(account=account, on__lt=today).aggregate(n=Max("pk"))["n"]
        if limit is not None:
            number += _mark(account, last.get(account, 0), limit)
    return number


def _mark(account: int, after: int, limit: int) -> int:
    """The marks of one account between two postings; what is left before `limit` waits until it is long enough."""
    known = Mark.objects.filter(account_id=account, posting=after).first()
    cents, postings, number = (known.cents, known.postings, 0) if known else (0, 0, 0)
    while True:
        rows = Posting.objects.filter(account_id=account, pk__gt=after, pk__lte=limit).order_by("pk")
        some = list(rows.values_list("pk", "cents")[:EVERY])
        if len(some) < EVERY:
            return number
        after = some[-1][0]
        cents, postings = cents + sum(row[1] for row in some), postings + len(some)
        marks = [Mark(account_id=account, posting=after, cents=cents, postings=postings)]
        number += len(Mark.objects.bulk_create(marks, ignore_conflicts=True))


def wrong_accounts() -> Iterator[tuple[int, int, int]]:
    """Accounts with a mark that is not the sum of its postings: key, what the first wrong one says, what is true."""
    account, before, cents, postings = 0, 0, 0, 0
    wrong: set[int] = set()
    for mark in Mark.objects.order_by("account_id", "posting").iterator(chunk_size=1_000):
        if mark.account_id != account:
            account, before, cents, postings = mark.account_id, 0, 0, 0
        if account in wrong:
            continue
        rows = Posting.objects.filter(account_id=account, pk__gt=before, pk__lte=mark.posting).order_by()
        found = rows.aggregate(cents=Sum("cents"), n=Count("pk"))
        before, cents, postings = mark.posting, cents + (found["cents"] or 0), postings + found["n"]
        if (mark.cents, mark.postings) != (cents, postings):
            wrong.add(account)
            yield account, mark.cents, cents


def forget_marks(*, account: int) -> None:
    """Take the marks of an account away: they are set again at night."""
    Mark.objects.filter(account_id=account).delete()
