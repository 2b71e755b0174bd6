"""What a picker had not found is found: its order wants it after all, its refund is asked no more."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop import tasks
from rebond.shop.actions.missed import FROM_THE_FLOOR, missing_act
from rebond.shop.actions.part import check_kept
from rebond.shop.actions.part_request import still_asked
from rebond.shop.enums import OrderLineState, PartRequestState
from rebond.shop.errors import ContestedStaysError, WithdrawnStaysError
from rebond.shop.models import Order, OrderLine, PartRequest, Refund
from rebond.warehouse.errors import ParcelStays
from rebond.warehouse.models import StockOut


@transaction.atomic
def forget_missing(*, order_code: str, item_id: int, by: Any) -> None:
    """Its refund is asked no more; a buyer who was told that it is not sent is told that it is.

    The order is held until the end of the caller's transaction. Raise ParcelStays where the buyer withdrew from it,
    the bank contests the payment, or its price went back already.
    """
    order = Order.objects.filter(public_id=order_code).first()
    if order is None:
        return
    lock_row(order)
    rows = OrderLine.objects.filter(part__order=order, item=item_id, state=OrderLineState.SOLD)
    line = rows.select_related("part__seller", "part__order").first()
    if line is None:
        return
    try:
        check_kept(line.part)
    except (WithdrawnStaysError, ContestedStaysError) as refused:
        said = _("Its buyer withdrew, or the bank contests the payment: keep it apart. Nothing was changed.")
        raise ParcelStays(said) from refused
    requests = [one for one in line.part.requests.order_by("pk") if any(_is_of(row, line) for row in one.changes)]
    if _is_given_back(line, requests):
        raise ParcelStays(_("Its price was given back already: it is not sent. Put it on its shelf, and count it."))
    if not requests:
        return
    for request in requests:
        if request.state == PartRequestState.ASKED:
            _take_out(request, line, by)
    tasks.write_found_mail.enqueue(line.pk, requests[-1].public_id)


def _is_of(change: dict[str, Any], line: OrderLine) -> bool:
    return change.get("line") == line.pk and change.get("reason") in FROM_THE_FLOOR


def _is_given_back(line: OrderLine, requests: list[PartRequest]) -> bool:
    """Whether the price of these units went back, though others of the line are the buyer's."""
    if any(one.state == PartRequestState.GRANTED for one in requests):
        return True
    known = StockOut.objects.filter(line__parcel__order_code=line.part.order.public_id, item=line.item_id).count()
    return Refund.objects.filter(operation__in=[missing_act(line, times) for times in range(known + 1)]).exists()


def _take_out(request: PartRequest, line: OrderLine, by: Any) -> None:
    """The rest of it still waits for somebody; of which nothing is left it is over, and gives nothing back."""
    request.changes = kept = [row for row in request.changes if not _is_of(row, line)]
    if kept:
        request.cents = still_asked(line.part, request)[1]
        request.save(update_fields=["changes", "cents"])
    else:
        said = {"state": PartRequestState.REFUSED, "decided_by": by.display_name[:160], "decided_at": timezone.now()}
        PartRequest.objects.filter(pk=request.pk, state=PartRequestState.ASKED).update(**said)
    record("shop.part.found", subject=line.part, by=by, organisation=line.part.seller, title=line.title[:150])
