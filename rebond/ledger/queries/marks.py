"""Balances of any account at the cost of its last lines: the last mark before, and the postings after it."""

from collections.abc import Sequence

from django.db.models import Max, Q, Sum

from rebond.ledger.models import Account, Mark, Posting


def sum_until(account: Account, posting: int | None = None) -> int:
    """The sum of an account's postings up to one of them, all of them without, in cents of debit."""
    marks, rows = Mark.objects.filter(account=account), Posting.objects.filter(account=account).order_by()
    if posting is not None:
        marks, rows = marks.filter(posting__lte=posting), rows.filter(pk__lte=posting)
    mark = marks.order_by("-posting").first()
    if mark is not None:
        rows = rows.filter(pk__gt=mark.posting)
    return (mark.cents if mark else 0) + (rows.aggregate(n=Sum("cents"))["n"] or 0)


def sums_of(accounts: Sequence[Account]) -> dict[int, int]:
    """The sum of all postings of each account, in cents of debit. Three queries for any number of lines."""
    last = Mark.objects.filter(account__in=accounts).order_by().values_list("account").annotate(n=Max("posting"))
    places = dict(last.values_list("account", "n"))
    at = Q(pk__in=[])
    for account, posting in places.items():
        at |= Q(account=account, posting=posting)
    found = {mark.account_id: mark.cents for mark in Mark.objects.filter(at)}
    after = Q(pk__in=[])
    for row in accounts:
        after |= Q(account=row, pk__gt=places.get(row.pk, 0))
    for account, cents in Posting.objects.filter(after).order_by().values_list("account").annotate(n=Sum("cents")):
        found[account] = found.get(account, 0) + cents
    return found
