"""What is on sale and was recalled leaves the sale; its seller is told why (rules.md F6, GPSR; DSA art. 17)."""

from collections import defaultdict
from collections.abc import Sequence
from operator import attrgetter

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item_state import withdraw_item
from rebond.catalogue.enums import WithdrawReason
from rebond.catalogue.errors import ItemStateForbids, NotEnoughLeft
from rebond.catalogue.models import Item, Recall
from rebond.catalogue.queries.recalls import Stop, stop_of, stop_of_item, things_on_sale
from rebond.journal.actions.mail import queue_mail
from rebond.network.models import Organisation
from rebond.network.queries.languages import language_of


def stop_recalled(*, pks: Sequence[int] | None = None) -> int:
    """Withdraw the objects on sale that the list names (all of it, or these entries); each seller gets one mail.

    What somebody is buying now is left to the next sweep, or to the order that takes it. A seller's objects leave with
    the mail, in one transaction: one that is cut short is done whole by the next sweep. Returns how many left.
    """
    rows = Recall.objects.in_force().order_by("pk")
    stops = [stop_of(row) for row in (rows if pks is None else rows.filter(pk__in=pks))]
    named: dict[Organisation, list[tuple[Item, Stop]]] = defaultdict(list)
    for item in sorted(things_on_sale(stops), key=attrgetter("pk")):
        stop = stop_of_item(item)
        if stop is not None:
            named[item.seller].append((item, stop))
    return sum(_stop_of_seller(seller, things) for seller, things in named.items())


@transaction.atomic
def _stop_of_seller(seller: Organisation, things: list[tuple[Item, Stop]]) -> int:
    """What leaves and the reasons, or neither; in the order of keys, as every lock of several rows."""
    gone = [(item, stop) for item, stop in things if _stop(item, stop)]
    if gone:
        _tell(seller, gone)
    return len(gone)


def _stop(item: Item, stop: Stop) -> bool:
    try:
        withdraw_item(item=item, reason=WithdrawReason.UNSAFE, by=None, note=stop.message[:200])
    except (ItemStateForbids, NotEnoughLeft):
        return False
    return True


def _tell(seller: Organisation, stopped: list[tuple[Item, Stop]]) -> None:
    """The reasons, said to be automated, and how to answer; no mail where the seller gave no address."""
    if not seller.email:
        return
    with translation.override(language_of(seller)):
        lines = [{"item": item, "stop": stop, "url": f"{settings.SITE_URL}{_page(item)}"} for item, stop in stopped]
        queue_mail(
            kind="catalogue.recall_stopped",
            to=seller.email,
            subject=_("Recalled: taken off sale"),
            template="catalogue/mail/recall_stopped",
            context={"lines": lines},
        )


def _page(item: Item) -> str:
    return reverse("catalogue:item-detail", args=[item.code.lower()])
