"""A seller's part left, or waits for its buyer: told by mail, once for each."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.enums import SellerOrderState
from rebond.shop.models import SellerOrder
from rebond.shop.queries.appointments import live_appointments
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.seller_facts import seller_facts


def write_part_mail(*, part_id: int, state: str) -> None:
    """One mail for a part and a state, whatever the number of times this runs (its key)."""
    part = SellerOrder.objects.select_related("order", "seller").get(pk=part_id)
    order, is_ready = part.order, state == SellerOrderState.READY
    sites = seller_facts(part.seller, timezone.localdate()).sites if is_ready else []
    site = next((site for site in sites if site.is_pickup_point), sites[0] if sites else None)
    with translation.override(order.language), transaction.atomic():
        title = _("Ready to collect: your order %(code)s") if is_ready else _("On its way: your order %(code)s")
        queue_mail(
            kind="shop.part",
            to=order.email,
            subject=title % {"code": order.public_id},
            template="shop/mail/part",
            context={
                "order": order,
                "part": part,
                "is_ready": is_ready,
                "site": site,
                "appointments": live_appointments(order) if is_ready else [],
                "lines": list(part.lines.filter(state="sold").order_by("pk")),
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.part:{part.public_id}:{state}",
        )
