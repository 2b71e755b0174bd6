"""A refund told to the buyer: how much, for what, when it arrives."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.models import Refund
from rebond.shop.queries.gift_cards import pays_with_blocked_card
from rebond.shop.queries.orders import order_path


def write_refund_mail(*, refund_id: int) -> None:
    """One mail for a refund, whatever the number of times this runs (its key)."""
    refund = Refund.objects.select_related("payment__order", "part__seller").get(pk=refund_id)
    order = refund.payment.order
    with translation.override(order.language), transaction.atomic():
        queue_mail(
            kind="shop.refund",
            to=order.email,
            subject=_subject(refund) % {"code": order.public_id},
            template="shop/mail/refund",
            context={
                "order": order,
                "refund": refund,
                "is_card_blocked": bool(refund.card_cents) and pays_with_blocked_card(order),
                "seller": refund.part.seller if refund.part is not None else None,
                "lines": list(refund.lines.select_related("line").order_by("line_id")),
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.refund:{refund.public_id}",
        )


def _subject(refund: Refund) -> str:
    return _("A gesture for your order %(code)s") if refund.gesture_cents else _("A refund for your order %(code)s")
