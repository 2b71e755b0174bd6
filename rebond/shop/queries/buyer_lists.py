"""What a buyer finds in their account: orders, invoices, returns, conversations, the newest first.

Each list is read by key and starts from the buyer's own orders (`order_user_day`): as fast with 100,000 orders of
others.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet

from rebond.core.paging import page_before, page_dated_before
from rebond.ledger.models import Invoice
from rebond.shop.models import Conversation, Message, Order, OrderLine, Return, SellerOrder
from rebond.shop.queries.buyer_return import return_path
from rebond.shop.queries.conversations import help_path
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.papers import paper_path

SIZE = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One thing of a list, with its page, the page of its order, and what else is said of it."""

    it: Any
    url: str
    order: Order
    order_url: str
    titles: tuple[str, ...] = ()
    count: int = 0
    last_at: datetime.datetime | None = None


type Shown = tuple[list[Row], int | None]


def orders_of(user: Any, key: int | None) -> Shown:
    """A person's orders, paid or not: two queries, one more after the first page. With `count` objects."""
    mine = Order.objects.filter(user=user).order_by("-created_at", "-pk")
    orders, older = page_dated_before(mine, key, SIZE, by="created_at")
    rows = OrderLine.objects.filter(part__order__in=orders).order_by("part__order")
    counts = dict(rows.values_list("part__order").annotate(n=Count("pk")))
    found = []
    for order in orders:
        url = order_path(order)
        found.append(Row(order, url, order, url, count=counts.get(order.pk, 0)))
    return found, older


def papers_for(user: Any, key: int | None) -> Shown:
    """Invoices and credit notes of a person's orders, without what is printed on them: two queries."""
    keys = SellerOrder.objects.filter(order__user=user).values("public_id")
    rows: QuerySet[Invoice] = Invoice.objects.filter(sale__key__in=keys).select_related("sale", "seller")
    papers, older = page_before(rows.defer("data").order_by("-pk"), key, SIZE)
    sold = {paper.pk: paper.sale.key for paper in papers if paper.sale is not None}
    parts = SellerOrder.objects.filter(public_id__in=sold.values()).select_related("order")
    orders = {part.public_id: part.order for part in parts}
    found = []
    for paper in papers:
        order = orders[sold[paper.pk]]
        found.append(Row(paper, paper_path(order, paper), order, order_path(order)))
    return found, older


def returns_for(user: Any, key: int | None) -> Shown:
    """What a person sends back, with the titles: two queries."""
    rows = Return.objects.filter(part__order__user=user).select_related("part__seller", "part__order", "refund")
    returns, older = page_before(rows.order_by("-pk"), key, SIZE)
    lines = OrderLine.objects.filter(coming_back__back__in=returns).order_by("pk")
    titles = _grouped(lines.values_list("coming_back__back", "title"))
    found = []
    for back in returns:
        order = back.part.order
        found.append(Row(back, return_path(back), order, order_path(order), titles.get(back.pk, ())))
    return found, older


def conversations_for(user: Any, key: int | None) -> Shown:
    """What a person and the sellers say to each other, with the hour of the last message: two queries."""
    rows = Conversation.objects.filter(part__order__user=user)
    rows = rows.select_related("part__seller", "part__order", "line").order_by("-pk")
    conversations, older = page_before(rows, key, SIZE)
    said = Message.objects.filter(conversation__in=conversations, is_internal=False).order_by("conversation")
    last = dict(said.values_list("conversation").annotate(at=Max("created_at")))
    found = []
    for row in conversations:
        order, titles = row.part.order, (row.line.title,) if row.line is not None else ()
        found.append(Row(row, help_path(row.part), order, order_path(order), titles, last_at=last.get(row.pk)))
    return found, older


def _grouped(pairs: "Iterable[tuple[int, str]]") -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for key, title in pairs:
        found[key] = (*found.get(key, ()), title)
    return found
