"""What of a part never left, object by object: its parcels leave one after the other, and some are not found."""

from collections.abc import Sequence

from rebond.journal.models import Transition
from rebond.shop.enums import ReturnState, SellerOrderState
from rebond.shop.models import OrderLine, ReturnLine, SellerOrder
from rebond.shop.queries.carried import STILL_HERE, reference_of
from rebond.warehouse.enums import PickState
from rebond.warehouse.models import PickLine, Shipment


def still_here(part: SellerOrder, lines: Sequence[OrderLine], *, has_left: bool) -> set[int]:
    """The keys of those of its lines of which nothing left; `has_left`: something of the part did, or it was received.

    A site says it of what it prepares, whatever the part says. Where none does, a parcel that its carrier took does not
    take the others along; but what the seller said to have sent is sent, and what was received is. What is ready waits
    here for its buyer.
    """
    if not has_left and part.state != SellerOrderState.TO_PREPARE:
        return {line.pk for line in lines}
    rows = PickLine.objects.filter(parcel__order_code=part.order.public_id, item__in=[line.item_id for line in lines])
    states = list(rows.exclude(state=PickState.DROPPED).values_list("item", "state"))
    known, gone = {item for item, _state in states}, {item for item, state in states if state == PickState.GONE}
    others = [line for line in lines if line.item_id not in known]
    here = _not_carried(part, others) if has_left else others
    return {line.pk for line in lines if line.item_id in known - gone} | {line.pk for line in here}


def _not_carried(part: SellerOrder, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """Of a part that left by a carrier's word, which tells of one parcel, what is in none that a carrier took."""
    about = {"subject_kind": "shop.sellerorder", "subject_id": part.public_id}
    if not lines or part.delivered_at is not None or not Transition.objects.filter(verb="carry", **about).exists():
        return []
    code = part.order.public_id
    moved = set(Shipment.objects.filter(subject=code).exclude(state__in=STILL_HERE).values_list("reference", flat=True))
    return [line for line in lines if reference_of(code, line.parcel) not in moved]


def never_left(part: SellerOrder, lines: Sequence[OrderLine]) -> bool:
    """Whether nothing of these lines ever left, though the rest did: they may be cancelled after it too.

    What the buyer withdrew from before it left is kept since then.
    """
    keys = {line.pk for line in lines}
    unsent = ReturnLine.objects.filter(line__in=keys, back__state=ReturnState.UNSENT).values_list("line", flat=True)
    kept = set(unsent)
    return still_here(part, [line for line in lines if line.pk not in kept], has_left=True) | kept == keys
