"""The mandate by which a seller lets the operator make its invoices: accepted, ended, both with who and when."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.ledger import tasks
from rebond.ledger.errors import MandateInForce, NoMandate
from rebond.ledger.models import InvoiceMandate
from rebond.ledger.queries.mandates import CONTEST_DAYS, VERSION, mandate_text
from rebond.network.models import Organisation


@transaction.atomic
def accept_mandate(
    *, seller: Organisation, operator: Organisation, by: Any, now: datetime.datetime | None = None
) -> InvoiceMandate:
    """Keep the words that were shown, who accepted them and when; what waited for it is invoiced by a task.

    Written and given before the invoices it covers (rules.md F7). Raise MandateInForce where there is one.
    """
    try:
        with transaction.atomic():
            mandate = InvoiceMandate.objects.create(
                seller=seller,
                operator=operator,
                version=VERSION,
                text=mandate_text(seller, operator),
                contest_days=CONTEST_DAYS,
                accepted_at=now or timezone.now(),
                accepted_by_id=by.public_id if by is not None else "",
                accepted_by=by.display_name[:160] if by is not None else "Rebond",
            )
    except IntegrityError:
        raise MandateInForce from None
    record("ledger.mandate.accepted", subject=mandate, by=by, organisation=seller)
    tasks.issue_waiting_invoices.enqueue(seller.pk)
    return mandate


@transaction.atomic
def end_mandate(
    *, seller: Organisation, operator: Organisation, by: Any, now: datetime.datetime | None = None
) -> InvoiceMandate:
    """From now on nothing is invoiced for the seller; what was stays. Raise NoMandate."""
    rows = InvoiceMandate.objects.filter(seller=seller, operator=operator, ended_at__isnull=True)
    mandate = rows.first()
    ended = {"ended_at": now or timezone.now(), "ended_by": by.display_name[:160]}
    if mandate is None or not rows.filter(pk=mandate.pk).update(**ended):
        raise NoMandate
    record("ledger.mandate.ended", subject=mandate, by=by, organisation=seller)
    mandate.refresh_from_db()
    return mandate
