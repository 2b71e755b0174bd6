"""Parcels sent long ago that nobody said are missing count as received."""

import datetime
import logging

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from rebond.ledger.errors import LedgerError
from rebond.shop.actions.part import PRESUMED, deliver_part
from rebond.shop.enums import SellerOrderState
from rebond.shop.errors import ContestedStaysError, PartStateError, WithdrawnStaysError
from rebond.shop.models import SellerOrder, StrayParcel
from rebond.shop.queries.carried import kept_lines, not_handed_over
from rebond.shop.queries.packed import lines_here
from rebond.shop.stray_enums import StrayState

logger = logging.getLogger(__name__)
PRESUMED_AFTER = datetime.timedelta(days=10)  # a parcel that nobody says is missing has arrived
PRESUMED_AGAIN = datetime.timedelta(days=1)  # since it was refused
AT_ONCE = 500


def presume_delivered(*, now: datetime.datetime | None = None) -> int:
    """Parcels sent long ago that nobody said are missing count as received: the seller is paid, the delay runs.

    One that came back and lies here does not; one that left again counts from that day. Of several, the last one does.
    Nor does one that its carrier says is lost, at the point, coming back or late: the seller has to prove that it came.
    Of several parcels, one whose objects were refunded waits for nobody; where all of the part was, it never came.

    500 at a time, the oldest first. One that is refused gives its place to the others, and is tried again a day later.
    """
    now = now or timezone.now()
    here, since = Q(state=StrayState.OPEN), timezone.localdate(now - PRESUMED_AFTER)
    code = OuterRef("order__public_id")
    back = StrayParcel.objects.filter(here | Q(state=StrayState.AGAIN, closed_on__gte=since), part=OuterRef("pk"))
    rows = SellerOrder.objects.filter(
        ~Exists(back),
        ~Exists(lines_here(code, OuterRef("seller"), since=since)),
        ~Exists(not_handed_over(code, OuterRef(OuterRef("pk")))),
        Exists(kept_lines(OuterRef("pk")))
        | ~Exists(not_handed_over(code, OuterRef(OuterRef("pk")), also_refunded=True)),
        Q(presume_refused_at=None) | Q(presume_refused_at__lte=now - PRESUMED_AGAIN),
        state=SellerOrderState.SHIPPED,
        shipped_at__lt=now - PRESUMED_AFTER,
        contested_at=None,
    )
    found = list(rows.select_related("order", "seller").order_by("shipped_at", "pk")[:AT_ONCE])
    return sum(_is_presumed(part, now) for part in found)


def _is_presumed(part: SellerOrder, now: datetime.datetime) -> bool:
    try:
        deliver_part(part=part, by=None, reason=PRESUMED, now=now)
    except (PartStateError, WithdrawnStaysError, ContestedStaysError):
        pass
    except LedgerError as refused:  # of one part only: the others go on, and somebody looks
        logger.warning("The books refuse that %s was received: %s", part.public_id, refused)
    else:
        return True
    SellerOrder.objects.filter(pk=part.pk).update(presume_refused_at=now)
    return False
