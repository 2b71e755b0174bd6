"""Disputes at the desk: which are open, one with all that helps to answer, and the facts to begin an answer from."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.dateformat import format as format_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from rebond.core.money import format_cents
from rebond.shop.data.dispute_reasons import Reason, reason_of
from rebond.shop.models import Conversation, Dispute, DisputeAnswer, OrderLine, Refund, SellerOrder
from rebond.shop.money_enums import ANSWERABLE, OPEN_DISPUTES, DisputeState

TABS: dict[str, frozenset[str]] = {
    "a-traiter": frozenset(ANSWERABLE),
    "la-banque-decide": frozenset({DisputeState.REVIEW}),
    "fermees": frozenset(DisputeState) - OPEN_DISPUTES,
}


def disputes_in(user: Any, tab: str) -> "QuerySet[Dispute]":
    """The disputes that `user` sees, the latest first; a tab that is not known shows all."""
    rows: QuerySet[Dispute] = Dispute.objects.visible_to(user)
    if tab in TABS:
        rows = rows.filter(state__in=sorted(TABS[tab]))
    return rows.select_related("payment__order").order_by("-pk")


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A seller's part of the contested payment, with what helps: where it is, what was said, what was given back."""

    part: SellerOrder
    lines: list[OrderLine]
    cents: int
    conversation: Conversation | None
    refunds: list[Refund]


@dataclass(frozen=True, slots=True)
class DisputePage:
    reason: Reason
    parts: list[ShownPart]
    answers: list[DisputeAnswer]


def dispute_page(dispute: Dispute) -> DisputePage:
    """A fixed number of queries, whatever the number of sellers."""
    order = dispute.payment.order
    parts = order.parts.select_related("seller").order_by("pk")
    lines = OrderLine.objects.filter(part__order=order).select_related("item").order_by("pk")
    talks = {row.part_id: row for row in Conversation.objects.filter(part__order=order)}
    shares = dict(dispute.shares.order_by("pk").values_list("part_id", "cents"))
    backs = list(Refund.objects.filter(part__order=order).order_by("pk"))
    shown = [
        ShownPart(
            part=part,
            lines=[line for line in lines if line.part_id == part.pk],
            cents=shares.get(part.pk, 0),
            conversation=talks.get(part.pk),
            refunds=[row for row in backs if row.part_id == part.pk],
        )
        for part in parts
    ]
    answers = list(dispute.answers.prefetch_related("proofs__stored").order_by("-pk"))
    return DisputePage(reason_of(dispute.reason), shown, answers)


def facts_of(dispute: Dispute, page: DisputePage) -> str:
    """What is known here, to begin the answer from: no opinion, one fact a line."""
    order = dispute.payment.order
    paid = _day(dispute.payment.paid_at)
    found = [
        _("Order %(code)s, paid on %(day)s: %(sum)s.")
        % {"code": order.public_id, "day": paid, "sum": format_cents(dispute.payment.amount_cents)}
    ]
    for shown in page.parts:
        titles = ", ".join(line.title for line in shown.lines)
        found.append(_("%(seller)s: %(objects)s.") % {"seller": shown.part.seller.name, "objects": titles})
        if shown.part.shipped_at:
            said = _("Sent on %(day)s with %(carrier)s, number %(number)s.")
            carrier, number = shown.part.carrier or "–", shown.part.tracking or "–"
            found.append(said % {"day": _day(shown.part.shipped_at), "carrier": carrier, "number": number})
        if shown.part.delivered_at:
            found.append(_("Received on %(day)s.") % {"day": _day(shown.part.delivered_at)})
        found += [
            _("%(sum)s given back on %(day)s.")
            % {"sum": format_cents(refund.amount_cents), "day": _day(refund.made_at or refund.created_at)}
            for refund in shown.refunds
        ]
    return "\n".join(found)


def _day(moment: Any) -> str:
    return format_date(localtime(moment), "j F Y") if moment else "–"


def open_disputes(user: Any) -> list[Dispute]:
    """Those that wait for an answer, the nearest deadline first; a hundred at most."""
    rows = Dispute.objects.visible_to(user).filter(state__in=sorted(ANSWERABLE))
    return list(rows.order_by("due_at", "pk")[:100])
