"""What is taken away of a buyer: at once what an invoice does not need, after ten years the rest (rules.md F8)."""

import datetime
from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.ledger.models import BilledSale

KEPT_YEARS = 10
BATCH = 500


def forget_contacts(*, sale_keys: Sequence[str]) -> int:
    """Take e-mail and telephone out of what these sales are invoiced with; return how many had some.

    Name and address stay for the credit note that may follow, and on papers that were issued (10 years, rules.md F8).
    The caller's transaction holds; its own entry in the journal tells it.
    """
    changed = 0
    for billed in BilledSale.objects.filter(sale__key__in=sale_keys):
        if billed.buyer.get("email") or billed.buyer.get("phone"):
            billed.buyer |= {"email": "", "phone": ""}
            BilledSale.objects.filter(pk=billed.pk).update(buyer=billed.buyer)
            changed += 1
    return changed


@transaction.atomic
def _forget_some(limit: datetime.date, today: datetime.date) -> int:
    """The oldest sales that still name their buyer, `BATCH` at most, where they are older than `limit`.

    A sale is written on its day: their keys follow the days.
    """
    rows = BilledSale.objects.filter(erased_on=None).select_related("sale__operator").order_by("sale_id")
    old = [row for row in rows[:BATCH] if row.sale.on < limit]
    for operator, number in Counter(row.sale.operator for row in old).items():
        record("ledger.buyers.forgotten", subject=operator, by=None, organisation=operator, number=number)
    keys = [row.pk for row in old]
    return BilledSale.objects.filter(pk__in=keys, erased_on=None).update(buyer={}, delivery={}, erased_on=today)


def forget_buyers(*, today: datetime.date | None = None) -> int:
    """Ten full years after the year of a sale, its buyer's name and addresses go; return of how many sales.

    Books are kept ten years from the end of their year (commercial code L123-22). Amounts and objects stay.
    """
    today = today or timezone.localdate()
    limit, gone = datetime.date(today.year - KEPT_YEARS, 1, 1), 0
    while done := _forget_some(limit, today):
        gone += done
    return gone
