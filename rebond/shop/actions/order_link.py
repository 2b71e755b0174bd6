"""The signed link of an order, sent again to the address that ordered."""

import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.journal.queries.mail import mails_of_a_day
from rebond.shop.models import Order
from rebond.shop.queries.orders import order_path

KIND = "shop.order.link"
PER_DAY = 5


@transaction.atomic
def send_order_link(*, number: str, email: str, now: datetime.datetime | None = None) -> bool:
    """Send the link where an order has this number and address; whether it did is for tests, never for the page.

    Five mails a day at most to one address, so that nobody is flooded in somebody else's name.
    """
    now = now or timezone.now()
    order = Order.objects.filter(public_id=number.strip().lower(), email__iexact=email.strip()).first()
    if order is None or mails_of_a_day(kind=KIND, to=order.email, now=now) >= PER_DAY:
        return False
    with translation.override(order.language):
        queue_mail(
            kind=KIND,
            to=order.email,
            subject=_("The link of your order %(code)s") % {"code": order.public_id},
            template="shop/mail/order_link",
            context={
                "order": order,
                "order_url": absolute(order_path(order)),
                "withdraw_url": absolute(order_path(order, "order-withdraw")),
            },
        )
    return True
