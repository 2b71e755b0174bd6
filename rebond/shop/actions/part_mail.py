"""A seller's part left, or waits for its buyer, or an object of it is not sent: told by mail, once for each."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.network.models import Site
from rebond.shop.data.carriers import tracking_url
from rebond.shop.enums import CancelReason, OrderLineState, SellerOrderState
from rebond.shop.models import OrderLine, SellerOrder
from rebond.shop.queries.appointments import live_appointments
from rebond.shop.queries.inside import inside, missed_units
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.seller_facts import seller_facts
from rebond.shop.queries.slots import collection_site


def write_part_mail(*, part_id: int, state: str) -> None:
    """One mail for a part and a state, whatever the number of times this runs (its key)."""
    part = SellerOrder.objects.select_related("order", "seller").get(pk=part_id)
    order, is_ready = part.order, state == SellerOrderState.READY
    bought = part.lines.filter(state=OrderLineState.SOLD).select_related("item__site", "part__order")
    lines = inside(bought.order_by("pk"))
    places = places_of(part, lines) if is_ready else []
    told = [line for _site, here in places for line in here] if len(places) > 1 else []
    with translation.override(order.language), transaction.atomic():
        title = _("Ready to collect: your order %(code)s") if is_ready else _("On its way: your order %(code)s")
        queue_mail(
            kind="shop.part",
            to=order.email,
            subject=title % {"code": order.public_id},
            template="shop/mail/part",
            context={
                "names": part.seller.name,
                "carrier": part.carrier,
                "tracking": part.tracking,
                "follow_url": tracking_url(part.carrier, part.tracking),
                "is_ready": is_ready,
                "places": places,
                "appointments": live_appointments(order) if is_ready else [],
                "lines": [line for line in lines if line not in told],
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.part:{part.public_id}:{state}",
        )


def places_of(part: SellerOrder, lines: list[OrderLine]) -> list[tuple[Site, list[OrderLine]]]:
    """Where each object is collected, as the checkout and the order's page say it; nothing where no place is known."""
    sites = seller_facts(part.seller, timezone.localdate()).sites
    found: dict[Site, list[OrderLine]] = {}
    for line in lines:
        site = collection_site(line.item.site, sites)
        if site is not None:
            found.setdefault(site, []).append(line)
    return list(found.items())


def write_missing_mail(*, line_id: int, reason: str, refused: str = "", times: int = 0) -> None:
    """An object was not found, or broken, and its refund waits for somebody: its buyer knows. One for a line.

    `refused`: the request that somebody refused; one more for each. `times`: how often it was found again before.
    """
    line = OrderLine.objects.select_related("part__order", "part__seller").get(pk=line_id)
    order = line.part.order
    if not order.email or line.state != OrderLineState.SOLD:  # refunded meanwhile: that mail says it
        return
    with translation.override(order.language), transaction.atomic():
        title = _("An object is not sent: your order %(code)s")
        if refused:
            title = _("An object is not sent, and not refunded yet: your order %(code)s")
        queue_mail(
            kind="shop.missing",
            to=order.email,
            subject=title % {"code": order.public_id},
            template="shop/mail/missing",
            context={
                "title": _missed_title(line),
                "seller": line.part.seller,
                "is_damaged": reason == CancelReason.DAMAGED,
                "is_refused": bool(refused),
                "withdraw_url": absolute(reverse("shop:withdraw")),
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.missing:{line.part.public_id}:{line.pk}" + (f":{refused or times}" if refused or times else ""),
        )


def write_found_mail(*, line_id: int, request_id: str) -> None:
    """Its buyer was told that it is not sent: it is found, and sent. One for each time that a refund was asked."""
    line = OrderLine.objects.select_related("part__order", "part__seller").get(pk=line_id)
    order = line.part.order
    if not order.email or line.state != OrderLineState.SOLD or line not in inside([line]):
        return
    with translation.override(order.language), transaction.atomic():
        title = _("It is found after all: your order %(code)s")
        queue_mail(
            kind="shop.missing",
            to=order.email,
            subject=title % {"code": order.public_id},
            template="shop/mail/found",
            context={"line": line, "seller": line.part.seller, "order_url": absolute(order_path(order))},
            key=f"shop.found:{line.part.public_id}:{line.pk}:{request_id}",
        )


def _missed_title(line: OrderLine) -> str:
    """Of a batch it may be some units only."""
    units = missed_units(line)
    if not 0 < units < line.quantity:
        return line.title
    return _("%(title)s (%(n)d of %(all)d)") % {"title": line.title, "n": units, "all": line.quantity}
