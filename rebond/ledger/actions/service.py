"""Services that the operator bills: in the books, with an invoice of its own series (decision 40)."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.core.ids import public_id
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.actions.amounts import post_service, post_service_due
from rebond.ledger.actions.correction import write_reversal
from rebond.ledger.actions.credit_note import write_credit_note
from rebond.ledger.actions.invoice_writing import take_number, write_invoice
from rebond.ledger.enums import EntryKind, InvoiceKind, PaidHow
from rebond.ledger.errors import NeedsReason, ServiceInvalid, WrongState
from rebond.ledger.events import AmountEvent, Subject
from rebond.ledger.invoicing import INVOICE, Document, Line, Party
from rebond.ledger.models import BilledService, Invoice, InvoiceRest
from rebond.ledger.queries.fees import WITHOUT_VAT, service_vat
from rebond.ledger.queries.invoicing import Issuer, issuer_of, party_of, taxes_of
from rebond.ledger.queries.supplier_payments import payer
from rebond.ledger.taxing import vat_in
from rebond.network.enums import VatRegime
from rebond.network.models import Organisation
from rebond.network.queries.agreements import signed_on
from rebond.network.queries.vat import MENTIONS, regime_for

DUE_DAYS = 30  # Code de commerce L441-10: what is agreed with nobody is due after thirty days


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTerms:
    """`cents` with VAT. `customer` is a member of the network; none: `party` is the organisation outside."""

    kind: str
    label: str
    cents: int
    customer: Organisation | None = None
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Billing:
    """What the invoice of these terms says today."""

    issuer: Issuer
    buyer: Party
    regime: str
    vat_bp: int
    vat_cents: int
    paid_how: str
    iban: str

    @property
    def is_netted(self) -> bool:
        return self.paid_how == PaidHow.NETTED


def check_service(*, operator: Organisation, terms: ServiceTerms, day: datetime.date) -> Billing:
    """Raise ServiceInvalid by field, NoPayer (paid by transfer, and no account to name)."""
    if terms.cents <= 0:
        raise ServiceInvalid(_("An amount must be more than zero."), field="amount")
    if not terms.label.strip():
        raise ServiceInvalid(_("Name the service: it is printed on the invoice."), field="label")
    issuer = issuer_of(operator, operator, day)
    if issuer.held:
        raise ServiceInvalid(_("The operator’s own SIREN, address or VAT regime is missing: no invoice can be made."))
    buyer = _buyer(operator, terms, day)
    is_netted = terms.customer is not None and _has_agreement(operator, terms.customer, day)
    # The margin scheme is for goods: a service has ordinary VAT (CGI 297 A, 278).
    regime = issuer.regime if issuer.regime in WITHOUT_VAT else VatRegime.STANDARD.value
    bp = service_vat(operator, day)
    how = PaidHow.NETTED if is_netted else PaidHow.TRANSFER
    iban = "" if is_netted else payer().iban
    return Billing(issuer, buyer, regime, bp, vat_in(terms.cents, bp), how.value, iban)


def _has_agreement(operator: Organisation, member: Organisation, day: datetime.date) -> bool:
    return signed_on(day).filter(operator=operator, organisation=member).exists()


def _buyer(operator: Organisation, terms: ServiceTerms, day: datetime.date) -> Party:
    """Who is billed, as printed: a professional, with its SIREN and seat (CGI ann. II 242 nonies A)."""
    if terms.customer is None:
        if terms.party is None or not (terms.party.name and terms.party.siren and terms.party.address):
            raise ServiceInvalid(_("Choose a member, or write who is billed."), field="customer")
        return terms.party
    if terms.customer.pk == operator.pk:
        raise ServiceInvalid(_("The operator bills nothing to itself."), field="customer")
    buyer = party_of(terms.customer, regime_for(terms.customer, day) or "")
    if not (buyer.siren and buyer.address):
        raise ServiceInvalid(
            _("The SIREN or the address of its seat is missing: it mends them first."), field="customer"
        )
    return buyer


@transaction.atomic
def bill_service(
    *,
    operator: Organisation,
    terms: ServiceTerms,
    by: Any,
    operation: uuid.UUID,
    now: datetime.datetime | None = None,
) -> BilledService:
    """Post it and write its invoice. The same `operation` twice is one service. Raise as `check_service`.

    A member whose agreement with the operator is in force has it taken from its next payout; others pay by transfer.
    """
    known: BilledService | None = BilledService.objects.filter(entry__claim__key=f"{EntryKind.FEE}:{operation}").first()
    if known is not None:
        return known
    now = now or timezone.now()
    billing = check_service(operator=operator, terms=terms, day=timezone.localdate(now))
    name, label = public_id(), terms.label.strip()[:160]
    subject = Subject("ledger.billedservice", name, label)
    event = AmountEvent(key=str(operation), cents=terms.cents, subject=subject, owner=terms.customer, operator=operator)
    entry = post_service(event=event, vat_cents=billing.vat_cents, is_netted=billing.is_netted, by=by, now=now)
    service: BilledService = BilledService.objects.create(
        public_id=name,
        operator=operator,
        kind=terms.kind,
        label=label,
        customer=terms.customer,
        customer_name=billing.buyer.name[:200],
        paid_how=billing.paid_how,
        cents=terms.cents,
        vat_cents=billing.vat_cents,
        entry=entry,
        billed_at=now,
        billed_by=by.display_name[:160] if by else "",
    )
    _write(service, billing, now)
    record("ledger.service.billed", subject=service, by=by, organisation=operator, cents=service.cents)
    return service


def due_event(service: BilledService) -> AmountEvent:
    """Of its customer, who owes it instead of being paid less."""
    subject = Subject("ledger.billedservice", service.public_id, service.label)
    return AmountEvent(
        key=service.public_id, cents=service.cents, subject=subject, owner=service.customer, operator=service.operator
    )


def _write(service: BilledService, billing: Billing, now: datetime.datetime) -> Invoice:
    """The operator's own invoice of it, numbered in its series."""
    series, day = take_number(seller=service.operator, now=now)
    line = Line(
        key="service",
        label=service.label,
        cents=service.cents,
        net_cents=service.cents - service.vat_cents,
        vat_bp=billing.vat_bp,
    )
    document = Document(
        kind=INVOICE,
        number="",
        issued_on=day,
        paid_on=day,
        seller=billing.issuer.party,
        buyer=billing.buyer,
        delivery=None,
        lines=(line,),
        taxes=taxes_of([line], billing.regime),
        regime=billing.regime,
        mention=MENTIONS[billing.regime],
        made_by="",
        order=service.public_id.upper(),
        paid_how=billing.paid_how,
        due_on=None if billing.is_netted else day + datetime.timedelta(days=DUE_DAYS),
        iban=billing.iban,
    )
    return write_invoice(document=document, series=series, mandate=None, now=now, service=service, entry=service.entry)


@transaction.atomic
def credit_service(
    *, service: BilledService, reason: str, by: Any, now: datetime.datetime | None = None
) -> BilledService:
    """Undo it whole: the opposite entry, and the credit note of its invoice. Raise NeedsReason, WrongState (once only).

    What was paid by transfer is then owed to the customer, until the bank says that it left.
    """
    reason, now = reason.strip()[:300], now or timezone.now()
    if not reason:
        raise NeedsReason(field="reason")
    rows = BilledService.objects.filter(pk=service.pk, credited_at=None)
    if not rows.update(credited_at=now, credited_by=by.display_name[:160] if by else "", credit_reason=reason):
        raise WrongState
    service.refresh_from_db()
    entry = write_reversal(entry=service.entry, reason=reason, by=by, now=now)
    if service.due_on is not None:
        post_service_due(event=due_event(service), is_back=True, by=by, now=now)
    invoice = Invoice.objects.get(service=service, kind=InvoiceKind.INVOICE)
    rest = lock_row(InvoiceRest.objects.get(invoice=invoice))
    lines = list(invoice.document.lines)
    write_credit_note(invoice=invoice, rest=rest, lines=lines, reason=reason, now=now, entry=entry)
    record("ledger.service.credited", subject=service, by=by, organisation=service.operator, reason=reason)
    return service
