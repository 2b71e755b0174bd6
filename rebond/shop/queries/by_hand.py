"""Who may pay by transfer or at the counter, and what they are told; what waits at the desk."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.ledger.enums import InvoiceKind
from rebond.ledger.models import BilledService
from rebond.ledger.queries.services import awaited_of, number_of
from rebond.network.models import Organisation, Site
from rebond.shop.enums import OrderState, RefundState
from rebond.shop.models import BankLine, Order, OrderLine, Payment, Refund, SellerOrder, SellerPayOption
from rebond.shop.money_enums import COLLECTION, TRANSFER, BankLineState, WhoPaysThere
from rebond.shop.queries.gift_cards import spend_of


def reference_of(payment: Payment) -> str:
    """What the buyer writes in the transfer: found again however the bank cuts it."""
    name = payment.public_id.upper()
    return f"RB {name[:4]} {name[4:8]} {name[8:]}"


def takes_transfers() -> bool:
    """Whether an account for transfers is set (`TRANSFER_IBAN`)."""
    return bool(settings.TRANSFER_IBAN)


def ways_for(order: Order, user: Any, organisation: Organisation | None) -> list[str]:
    """The ways that this person may choose for this order, beside paying at once.

    A transfer is for an organisation's account; the counter is as the seller says, for one seller's collected order.
    A gift card is paid at once, and so is the rest of what one pays.
    """
    if order.basket_id is None or spend_of(order) is not None:
        return []
    if not user.is_authenticated or order.user_id not in {None, user.pk} or order.pay_by is not None:
        return []
    found = [TRANSFER] if takes_transfers() and organisation is not None else []
    return [*found, COLLECTION] if _may_pay_there(order, organisation) else found


def _may_pay_there(order: Order, organisation: Organisation | None) -> bool:
    parts = list(order.parts.order_by("pk")[:2])
    elsewhere = ~Q(delivery_mode=DeliveryMode.PICKUP) | Q(carried_by__isnull=False)  # at another one's counter
    if len(parts) != 1 or OrderLine.objects.filter(elsewhere, part=parts[0]).exists():
        return False
    wanted = _who_pays_there(parts[0])
    return wanted == WhoPaysThere.ALL or (wanted == WhoPaysThere.PROS and organisation is not None)


def _who_pays_there(part: SellerOrder) -> str:
    option = SellerPayOption.objects.filter(organisation=part.seller_id).first()
    return option.at_collection if option is not None else WhoPaysThere.NOBODY


def bought_for(order: Order, way: str, organisation: Organisation | None) -> Organisation | None:
    """Whose order it becomes by this way: the button of a transfer says that it is for the organisation.

    A counter that is open to everybody says nothing of it: what somebody buys there is their own.
    """
    part = order.parts.order_by("pk").first()
    if way == COLLECTION and (part is None or _who_pays_there(part) != WhoPaysThere.PROS):
        return None
    return organisation


def place_of(seller: Organisation) -> Site | None:
    """Where one pays and collects."""
    rows = Site.objects.filter(organisation=seller).exclude(address="")
    return rows.order_by("-is_pickup_point", "-is_main", "pk").first()


def received_cents(payment: Payment) -> int:
    """What came of a transfer and counts for it."""
    rows = BankLine.objects.filter(payment=payment, state=BankLineState.USED)
    return int(rows.aggregate(n=Sum("cents"))["n"] or 0)


def is_straight(order_id: int) -> bool:
    """Whether the seller took the money of this order itself."""
    return Payment.objects.filter(order=order_id, provider=COLLECTION, state="paid").exists()


# --- the treasurer's desk

BANK_TABS: dict[str, Q] = {
    "a-regarder": Q(state=BankLineState.OPEN),
    "a-valider": Q(state=BankLineState.ASKED),
    "a-rendre": Q(state=BankLineState.USED, owed_cents__gt=0),
    "comptees": Q(state=BankLineState.USED, owed_cents=0),
    "autres": Q(state__in=[BankLineState.IGNORED, BankLineState.RETURNED]),
}


def bank_lines(user: Any, tab: str) -> "QuerySet[BankLine]":
    """Money that came, the latest first; a tab that is not known shows all."""
    rows: QuerySet[BankLine] = BankLine.objects.visible_to(user)
    rows = rows.filter(BANK_TABS[tab]) if tab in BANK_TABS else rows
    return rows.select_related("payment__order", "service").order_by("-pk")


def transfers_awaited(number: int = 100) -> list[tuple[Payment, str, int]]:
    """Orders that wait for a transfer, the nearest deadline first: payment, reference, what came of it."""
    rows = Payment.objects.filter(provider=TRANSFER, order__state=OrderState.PLACED, order__pay_by__isnull=False)
    rows = rows.exclude(state="paid").select_related("order__organisation").order_by("order__pay_by", "pk")
    came = Sum("bank_lines__cents", filter=Q(bank_lines__state=BankLineState.USED))
    return [(row, reference_of(row), row.came or 0) for row in rows.annotate(came=came)[:number]]


def refunds_to_make(number: int = 100) -> list[Refund]:
    """Refunds of transfers, that somebody makes at the bank; the oldest first."""
    rows = Refund.objects.filter(state=RefundState.ASKED, payment__provider=TRANSFER)
    return list(rows.select_related("payment__order", "part").order_by("created_at", "pk")[:number])


def waiting_lines(user: Any) -> tuple[int, int]:
    """How many lines a person has to look at, and how many wait for a second one."""
    rows = BankLine.objects.visible_to(user)
    states = rows.filter(state__in=[BankLineState.OPEN, BankLineState.ASKED]).values_list("state", flat=True)[:500]
    found = list(states)
    return found.count(BankLineState.OPEN), found.count(BankLineState.ASKED)


@dataclass(frozen=True, slots=True)
class Proposal:
    payment: Payment
    reference: str
    left_cents: int


def proposals_for(line: BankLine) -> list[Proposal]:
    """Orders that this money may be for: the one that it names, else those whose price it is; ten at most."""
    rows = Payment.objects.filter(provider=TRANSFER).exclude(state="paid").select_related("order")
    near = rows.filter(amount_cents=line.cents, order__state__in=[OrderState.PLACED, OrderState.LAPSED])
    found = [line.payment] if line.payment is not None else []
    found += [row for row in near.order_by("-pk")[:10] if row not in found]
    return [Proposal(row, reference_of(row), row.amount_cents - received_cents(row)) for row in found]


def may_go_back(line: BankLine) -> bool:
    """Whether some of it may be given back to its sender now."""
    return line.owed_cents > 0 and line.state in {BankLineState.USED, BankLineState.OPEN}


def may_be_matched(line: BankLine) -> bool:
    """Whether a person may say what it is for; what was put aside of an operator's own account has left the books."""
    return line.state == BankLineState.OPEN or (line.state == BankLineState.IGNORED and line.operator_id is None)


def matching_of(line: BankLine, *, is_looked_at: bool) -> dict[str, Any]:
    """For its page: `came` before for the same (cents), `proposals` of orders or of `services`, what one `costs`."""
    is_own = line.operator_id is not None
    found: dict[str, Any] = {"came": 0, "proposals": [], "services": [], "costs": 0, "number": ""}
    if line.payment is not None:
        found |= {"came": received_cents(line.payment), "costs": line.payment.amount_cents}
    if line.service is not None:
        found |= {"came": matched_cents(line.service), "costs": line.service.cents, "number": number_of(line.service)}
    if is_looked_at:
        found |= {"services": services_for(line)} if is_own else {"proposals": proposals_for(line)}
    return found


def services_for(line: BankLine) -> list[tuple[BilledService, str, int]]:
    """Services that this money may be for, the one that it names first: with the number of the invoice and what is
    missing of its price; ten at most.
    """
    if line.operator is None:
        return []
    awaited, named = awaited_of(line.operator), line.service_id or 0
    found = [*awaited.filter(pk=named), *awaited.filter(cents=line.cents).exclude(pk=named)[:9]]
    return [(row, number_of(row), row.cents - matched_cents(row)) for row in found]


def matched_cents(service: BilledService) -> int:
    """What came for a service, said by people, and counts for it."""
    rows = BankLine.objects.filter(service=service, state=BankLineState.USED)
    return int(rows.aggregate(n=Sum("cents"))["n"] or 0)


def service_named(operator: Organisation, text: str) -> BilledService | None:
    """A service whose transfer is awaited, by the number of its invoice or by its code."""
    word = "".join(text.split())
    rows = awaited_of(operator).filter(
        Q(invoices__number__iexact=word, invoices__kind=InvoiceKind.INVOICE) | Q(public_id=word.lower())
    )
    return rows.first()


def payment_named(text: str) -> Payment | None:
    """The transfer payment of an order's code, or of a reference typed by hand."""
    name = "".join(text.split()).lower().removeprefix("rb")
    rows = Payment.objects.filter(provider=TRANSFER).select_related("order")
    return rows.filter(Q(public_id=name) | Q(order__public_id=text.strip().lower())).order_by("-pk").first()


# --- the seller's counter


def to_collect(seller: Organisation) -> list[tuple[SellerOrder, datetime.datetime, list[OrderLine], int]]:
    """Orders that wait for their buyer to come and pay, the nearest deadline first; a hundred at most."""
    rows = SellerOrder.objects.filter(
        seller=seller,
        state="placed",
        order__state=OrderState.PLACED,
        order__pay_by__gt=timezone.now(),
        order__payments__provider=COLLECTION,
    )
    parts = list(rows.select_related("order").order_by("order__pay_by", "pk")[:100])
    lines: dict[int, list[OrderLine]] = {part.pk: [] for part in parts}
    for line in OrderLine.objects.filter(part__in=parts).select_related("item").order_by("pk"):
        lines[line.part_id].append(line)
    return [(part, part.order.pay_by, lines[part.pk], part.order.total_cents) for part in parts if part.order.pay_by]


def refunds_at_counter(seller: Organisation) -> list[Refund]:
    """What the seller owes to buyers who paid at its counter; a hundred at most."""
    rows = Refund.objects.filter(
        state=RefundState.ASKED, payment__provider=COLLECTION, payment__order__parts__seller=seller
    )
    return list(rows.select_related("payment__order", "part").order_by("created_at", "pk")[:100])
