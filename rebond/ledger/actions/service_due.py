"""A service that no payout will ever pay is paid by transfer instead, and its customer is told how (decision 43)."""

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.record import record
from rebond.ledger.actions.amounts import post_service_due
from rebond.ledger.actions.service import DUE_DAYS, due_event
from rebond.ledger.actions.telling import tell_managers
from rebond.ledger.enums import InvoiceKind, PaidHow
from rebond.ledger.errors import ServiceTaken, WrongState
from rebond.ledger.models import BilledService, Invoice
from rebond.ledger.pain001 import Payer
from rebond.ledger.queries.services import owed_by_customer
from rebond.ledger.queries.supplier_payments import payer


def check_due(service: BilledService) -> Payer:
    """The account to pay on. Raise WrongState (by transfer already, or credited), ServiceTaken where the customer owes
    nothing: what it is owed paid for it; NoPayer where the operator has no account to name.
    """
    if service.paid_how != PaidHow.NETTED or service.credited_at is not None:
        raise WrongState
    if owed_by_customer(service) <= 0:
        raise ServiceTaken
    return payer()


@transaction.atomic
def make_due(*, service: BilledService, by: Any, now: datetime.datetime | None = None) -> BilledService:
    """Not taken from payouts any more: to be paid by transfer within thirty days, once. Its managers get a mail.

    The whole of it: what sales had paid of it already is owed to the member again. Raise as `check_due`.
    """
    now = now or timezone.now()
    account = check_due(service)
    due_on = timezone.localdate(now) + datetime.timedelta(days=DUE_DAYS)
    rows = BilledService.objects.filter(pk=service.pk, paid_how=PaidHow.NETTED, credited_at=None)
    if not rows.update(paid_how=PaidHow.TRANSFER, due_on=due_on):
        raise WrongState
    service.refresh_from_db()
    post_service_due(event=due_event(service), by=by, now=now)
    record("ledger.service.due", subject=service, by=by, organisation=service.operator, cents=service.cents)
    _write(service, account)
    return service


def _write(service: BilledService, account: Payer) -> None:
    if service.customer is None:
        return
    invoice = Invoice.objects.filter(service=service, kind=InvoiceKind.INVOICE).defer("data").get()
    url = absolute(reverse("ledger:invoice-detail", args=[invoice.public_id]))
    tell_managers(
        organisation=service.customer,
        kind="ledger.service.due",
        template="ledger/mail/service_due",
        subject=lambda: _("To be paid by transfer: invoice %(number)s") % {"number": invoice.number},
        context=lambda: {"service": service, "invoice": invoice, "account": account, "url": url},
        key=f"ledger.service.due:{service.public_id}",
    )
