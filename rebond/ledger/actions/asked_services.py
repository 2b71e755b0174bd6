"""Services billed, and credited, as acts on money that take two people above a limit (`money_acts`, decision 40)."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from rebond.core.money import format_cents
from rebond.ledger.actions.asked_books import WHY, by_amount
from rebond.ledger.actions.service import Billing, ServiceTerms, bill_service, check_service, credit_service
from rebond.ledger.actions.service_due import check_due, make_due
from rebond.ledger.enums import PaidHow, ServiceKind
from rebond.ledger.errors import NeedsReason, RequestInvalid, WrongState
from rebond.ledger.invoicing import Party
from rebond.ledger.models import BilledService
from rebond.ledger.money_acts import MoneyAct, Plan, Text, register_act
from rebond.ledger.queries.services import owed_by_customer
from rebond.network.models import Organisation

BILL, CREDIT, DUE = "ledger.service.bill", "ledger.service.credit", "ledger.service.due"
TO_WHOM = pgettext_lazy("service", "Billed to")


@dataclass(frozen=True, slots=True)
class ServiceBill:
    """`customer` is a member's public id; "" with the other words: an organisation outside. `operation` is its own."""

    kind: str
    label: str
    cents: int
    customer: str
    name: str
    siren: str
    address: str
    postal_code: str
    city: str
    email: str
    operation: str


def _terms(data: ServiceBill) -> ServiceTerms:
    if data.kind not in ServiceKind.values:
        raise RequestInvalid
    customer, party = None, None
    if data.customer:
        customer = Organisation.objects.filter(public_id=data.customer).first()
        if customer is None:
            raise RequestInvalid
    else:
        words = ("name", "siren", "address", "postal_code", "city", "email")
        party = Party(**{word: getattr(data, word) for word in words})
    return ServiceTerms(kind=data.kind, label=data.label, cents=data.cents, customer=customer, party=party)


def plan_bill(data: ServiceBill, operator: Organisation) -> Plan:
    """Who would be billed what, and how it is paid; raise as `check_service`."""
    terms = _terms(data)
    found: Billing = check_service(operator=operator, terms=terms, day=timezone.localdate())
    lines: list[tuple[Text, Text]] = [
        (pgettext("service", "Kind"), str(ServiceKind(terms.kind).label)),
        (TO_WHOM, f"{found.buyer.name}, SIREN {found.buyer.siren}"),
        (gettext_lazy("Without VAT"), format_cents(terms.cents - found.vat_cents)),
        (pgettext("paper", "VAT"), format_cents(found.vat_cents)),
        (pgettext("service", "How it is paid"), str(PaidHow(found.paid_how).label)),
    ]
    subject = f"{data.customer or data.siren}:{terms.cents}:{terms.label}"[:80]
    return Plan(subject, f"{terms.label}, {found.buyer.name}", terms.cents, ("ledger:service-list", ()), tuple(lines))


def run_bill(data: ServiceBill, operator: Organisation, by: Any, now: datetime.datetime) -> BilledService:
    """The service, with its invoice."""
    operation = uuid.uuid5(uuid.UUID(data.operation), "service")
    return bill_service(operator=operator, terms=_terms(data), by=by, operation=operation, now=now)


@dataclass(frozen=True, slots=True)
class ServiceCredit:
    service: str
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceDue:
    service: str


def _service(data: ServiceCredit | ServiceDue, operator: Organisation) -> BilledService:
    rows = BilledService.objects.filter(operator=operator, public_id=data.service)
    found: BilledService | None = rows.select_related("operator", "entry__operator").first()
    if found is None:
        raise RequestInvalid
    return found


def plan_credit(data: ServiceCredit, operator: Organisation) -> Plan:
    """What would be undone; raise NeedsReason, WrongState where it is credited already."""
    if not data.reason.strip():
        raise NeedsReason(field="reason")
    service = _service(data, operator)
    if service.credited_at is not None:
        raise WrongState
    owed = _("The customer paid it: the operator gives it back by transfer.")
    lines: list[tuple[Text, Text]] = [(TO_WHOM, service.customer_name), (WHY, data.reason.strip())]
    lines += [(pgettext("service", "How it is paid"), owed)] if service.paid_on else []
    page = ("ledger:service-detail", (service.public_id,))
    return Plan(service.public_id, str(service), service.cents, page, tuple(lines))


def run_credit(data: ServiceCredit, operator: Organisation, by: Any, now: datetime.datetime) -> BilledService:
    """The service, credited."""
    return credit_service(service=_service(data, operator), reason=data.reason, by=by, now=now)


def plan_due(data: ServiceDue, operator: Organisation) -> Plan:
    """What a member would pay by transfer instead of from its payouts; raise as `check_due`."""
    service = _service(data, operator)
    check_due(service)
    lines: list[tuple[Text, Text]] = [
        (TO_WHOM, service.customer_name),
        (pgettext("service", "It owes now"), format_cents(owed_by_customer(service))),
        (pgettext("service", "How it is paid"), str(PaidHow.TRANSFER.label)),
    ]
    return Plan(
        service.public_id, str(service), service.cents, ("ledger:service-detail", (service.public_id,)), tuple(lines)
    )


def run_due(data: ServiceDue, operator: Organisation, by: Any, now: datetime.datetime) -> BilledService:
    """The service, to be paid by transfer; its customer is told."""
    return make_due(service=_service(data, operator), by=by, now=now)


def register() -> None:
    """Called when the app is ready."""
    for key, words, data, plan, run in (
        (BILL, pgettext_lazy("money act", "Bill a service"), ServiceBill, plan_bill, run_bill),
        (CREDIT, pgettext_lazy("money act", "Credit a billed service"), ServiceCredit, plan_credit, run_credit),
        (DUE, pgettext_lazy("money act", "Have a billed service paid by transfer"), ServiceDue, plan_due, run_due),
    ):
        register_act(MoneyAct(key, "ledger.service.bill", words, data, plan, run, by_amount))
