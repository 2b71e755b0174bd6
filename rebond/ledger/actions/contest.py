"""A seller contests an invoice made in its name (rules.md F7): said in time, answered, corrected by two papers."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.actions.credit_note import write_credit_note
from rebond.ledger.actions.invoice import document_of
from rebond.ledger.actions.invoice_writing import take_number, write_invoice
from rebond.ledger.errors import ContestTooLate, InvoiceWaits, NeedsReason, WrongState
from rebond.ledger.models import BilledSale, Invoice, InvoiceContest, InvoiceRest
from rebond.ledger.queries.invoices import contest_until
from rebond.ledger.queries.invoicing import credited_of, issuer_of, lines_given_back


@transaction.atomic
def contest_invoice(*, invoice: Invoice, reason: str, by: Any, now: datetime.datetime | None = None) -> InvoiceContest:
    """Keep what the seller says is wrong. Raise NeedsReason, ContestTooLate, WrongState (contested before)."""
    now, reason = now or timezone.now(), reason.strip()
    if not reason:
        raise NeedsReason(field="reason")
    until = contest_until(invoice)
    if until is None or timezone.localdate(now) > until:
        raise ContestTooLate
    try:
        with transaction.atomic():
            contest = InvoiceContest.objects.create(
                invoice=invoice, reason=reason[:500], at=now, by_id=by.public_id, by=by.display_name[:160]
            )
    except IntegrityError:
        raise WrongState from None
    record("ledger.invoice.contested", subject=invoice, by=by, organisation=invoice.seller, reason=reason[:500])
    return contest


@transaction.atomic
def answer_contest(
    *, contest: InvoiceContest, is_upheld: bool, answer: str, by: Any, now: datetime.datetime | None = None
) -> Invoice | None:
    """Answer, once. Upheld: what is left of the invoice is credited, and a new one says what is true now.

    The seller's data are mended first: the new invoice takes them as they are. Return it; None where nothing was left,
    or the answer is no. Raise NeedsReason, WrongState, InvoiceWaits.
    """
    now, answer = now or timezone.now(), answer.strip()
    if not answer:
        raise NeedsReason(field="answer")
    rows = InvoiceContest.objects.filter(pk=contest.pk, answered_at__isnull=True)
    if not rows.update(is_upheld=is_upheld, answer=answer[:500], answered_at=now, answered_by=by.display_name[:160]):
        raise WrongState
    invoice = contest.invoice
    record("ledger.invoice.answered", subject=invoice, by=by, organisation=invoice.operator, is_upheld=is_upheld)
    return _correct(invoice, now) if is_upheld else None


def _correct(invoice: Invoice, now: datetime.datetime) -> Invoice | None:
    billing = BilledSale.objects.select_related("sale__seller", "sale__operator", "sale__entry").get(
        sale=invoice.sale_id
    )
    sale = billing.sale
    issuer = issuer_of(sale.seller, sale.operator, sale.on)
    if issuer.held:
        raise InvoiceWaits(list(issuer.held))
    rest = lock_row(InvoiceRest.objects.get(invoice=invoice))
    credited = credited_of(invoice)
    left: dict[str, int] = {}
    for line in invoice.document.lines:
        left[line.key] = left.get(line.key, 0) + line.cents - credited.get((line.key, line.vat_bp), 0)
    left = {key: cents for key, cents in left.items() if cents}
    if not left:
        return None
    lines = lines_given_back(invoice.document, credited, left)
    write_credit_note(invoice=invoice, rest=rest, lines=lines, reason=_("Corrected invoice"), now=now)
    series, day = take_number(seller=sale.seller, now=now)
    document = document_of(sale, billing, issuer, day, left)
    return write_invoice(document=document, series=series, mandate=issuer.mandate, now=now, sale=sale, replaces=invoice)
