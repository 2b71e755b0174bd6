"""What an after-sales station looks for: objects that come back, by their code, their order's or their return's."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from rebond.core.ids import ALPHABET
from rebond.shop.enums import CheckState, Found, PartRequestState, ReturnState
from rebond.shop.models import CheckPhoto, OrderLine, Return, ReturnCheck, ReturnLine, ReturnLoss, SellerOrder

SHOWN = 6


def _lines(organisation: Any) -> Any:
    rows = ReturnLine.objects.filter(back__part__seller=organisation).exclude(back__state=ReturnState.UNSENT)
    return rows.select_related(
        "back__part__order", "back__part__seller", "back__withdrawal", "line__item__category", "line__item__seller"
    )


def returned_item(code: str, organisation: Any) -> ReturnLine | None:
    """The last time that this object of the organisation came back, or is to; None where it never is."""
    found: ReturnLine | None = _lines(organisation).filter(line__item__code=code.upper()).order_by("-pk").first()
    return found


def check_of(returned: ReturnLine) -> ReturnCheck | None:
    """How far its look is; None where nobody opened it."""
    rows = ReturnCheck.objects.filter(returned=returned)
    return rows.select_related("returned__back__part__order", "returned__line", "site").first()


def to_open(rows: Any) -> list[ReturnLine]:
    """Those that nobody has looked at to the end, the nearest day first."""
    open_ones = rows.filter(Q(check_in__isnull=True) | Q(check_in__state=CheckState.OPEN))
    return list(open_ones.order_by("back__due_on", "pk")[:SHOWN])


def expected(organisation: Any) -> list[ReturnLine]:
    """What is on its way, or here and not looked at."""
    return to_open(_lines(organisation).filter(back__state__in=[ReturnState.SENT, ReturnState.ARRIVED]))


def of_number(text: str, organisation: Any) -> list[ReturnLine]:
    """By the number of a return, or of the withdrawal that the buyer puts in the parcel."""
    number = text.strip().rstrip("/").rsplit("/", 1)[-1].lower()
    if len(number) != 12 or not set(number) <= set(ALPHABET):
        return []
    rows = _lines(organisation).filter(Q(back__public_id=number) | Q(back__withdrawal__public_id=number))
    return to_open(rows)


def of_part(part: SellerOrder) -> list[ReturnLine]:
    """Of one order."""
    return to_open(_lines(part.seller_id).filter(back__part=part))


@dataclass(frozen=True, slots=True)
class Arrived:
    """One object of a return at the desk: its look (or none yet), its pictures, and what the refund is lowered by."""

    line: OrderLine
    check: ReturnCheck | None
    photos: list[CheckPhoto]
    losses: list[ReturnLoss]

    @property
    def is_decided(self) -> bool:
        return self.check is not None and self.check.state == CheckState.DONE

    @property
    def may_lower(self) -> bool:
        """Whether a loss of value may be asked: it came damaged, seen in a picture, and nobody asked before."""
        is_damaged = self.check is not None and self.check.found == Found.DAMAGED and bool(self.photos)
        return is_damaged and all(loss.state == PartRequestState.REFUSED for loss in self.losses)


def arrivals_of(back: Return) -> list[Arrived]:
    """The objects of a return with what was seen of them, in three queries however many."""
    rows = back.lines.select_related("line__item__category", "check_in").order_by("pk")
    rows = rows.prefetch_related("check_in__photos__stored", "check_in__losses")
    found = []
    for row in rows:
        check = getattr(row, "check_in", None)
        photos = sorted(check.photos.all(), key=lambda one: one.pk) if check else []
        found.append(
            Arrived(row.line, check, photos, sorted(check.losses.all(), key=lambda one: one.pk) if check else [])
        )
    return found
