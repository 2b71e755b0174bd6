"""An order that is paid later: where, how much, with which words, and until when."""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.models import Payment
from rebond.shop.money_enums import TRANSFER
from rebond.shop.queries.by_hand import place_of, reference_of
from rebond.shop.queries.orders import order_path


def write_pay_later_mail(*, payment_id: int) -> None:
    """One mail for a payment, whatever the number of times this runs (its key)."""
    payment = Payment.objects.select_related("order").get(pk=payment_id)
    order = payment.order
    part = order.parts.select_related("seller").order_by("pk").first()
    with translation.override(order.language), transaction.atomic():
        queue_mail(
            kind="shop.pay_later",
            to=order.email,
            subject=_("To pay: your order %(code)s") % {"code": order.public_id},
            template="shop/mail/pay_later",
            context={
                "order": order,
                "payment": payment,
                "is_transfer": payment.provider == TRANSFER,
                "reference": reference_of(payment),
                "iban": settings.TRANSFER_IBAN,
                "bic": settings.TRANSFER_BIC,
                "holder": settings.TRANSFER_HOLDER,
                "seller": part.seller if part is not None else None,
                "site": place_of(part.seller) if part is not None else None,
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.pay_later:{payment.public_id}",
        )
