"""What becomes of a parcel that came back, told to its buyer: where shall it go, it left again, a return goes on."""

from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.models import OrderLine, StrayParcel
from rebond.shop.queries.again import again_path, leaving_again
from rebond.shop.queries.buyer_return import return_path
from rebond.shop.queries.orders import order_path


def write_stray_mail(*, stray_id: int, what: str) -> None:
    """`what`: ask, again or tied. One mail for each, and for each day or label of it (its key)."""
    rows = StrayParcel.objects.select_related("part__order", "part__seller", "shipment__account", "again__account")
    stray = rows.select_related("back").get(pk=stray_id)
    part = stray.part
    if part is None or not part.order.email:
        return
    with translation.override(part.order.language), transaction.atomic():
        title, key, more = _facts(stray, what)
        queue_mail(
            kind="shop.stray",
            to=part.order.email,
            subject=title % {"code": part.order.public_id},
            template="shop/mail/stray",
            context={
                "what": what,
                "stray": stray,
                "part": part,
                "order_url": absolute(order_path(part.order)),
                **more,
            },
            key=f"shop.stray:{stray.public_id}:{what}:{key}",
        )


def _facts(stray: StrayParcel, what: str) -> tuple[str, str, dict[str, Any]]:
    """The subject, what is once, and what this mail says beside the order."""
    if what == "tied":
        back = stray.back
        assert back is not None  # noqa: S101 -- the constraint of a tied parcel
        lines = list(OrderLine.objects.filter(coming_back__back=back).order_by("pk"))
        facts = {"lines": lines, "back": back, "return_url": absolute(return_path(back))}
        return _("Your parcel is found: order %(code)s"), back.public_id, facts
    found = leaving_again(stray)
    facts = {"lines": found.lines, "point": found.point} if found is not None else {}
    if what == "again":
        return _("Your parcel leaves again: order %(code)s"), str(stray.again_id), facts
    assert stray.part is not None  # noqa: S101 -- asked of a buyer only
    withdraw_url = absolute(order_path(stray.part.order, "order-withdraw"))
    facts |= {"again_url": absolute(again_path(stray)), "withdraw_url": withdraw_url}
    return _("Where shall your parcel go? Order %(code)s"), str(stray.asked_on), facts
