"""What happened on some days, for the sums of the two public figures: read once for each finished day."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched

from django.db.models import Min
from django.utils import timezone

from rebond.catalogue.queries import categories
from rebond.core.dates import midnight
from rebond.shop.enums import Outcome
from rebond.shop.models import OrderLine, QualityDay, Rating, SellerOrder, Settlement, Withdrawal

DAY = datetime.timedelta(days=1)
BATCH = 500
# Claims whose decision counts as a request: refused ones too, else a seller would mend its figure by refusing.
ASKED = frozenset({Outcome.REFUND, Outcome.GESTURE, Outcome.RETURN, Outcome.REFUSED})


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about one seller's order on a day: `score` of an answer, `reason` of a request, else a delivery."""

    part: int
    seller: int
    day: datetime.date
    score: int | None = None
    reason: str = ""
    line: int | None = None  # the object concerned, where one is named


def first_day() -> datetime.date | None:
    """The day of the first delivery; None before."""
    found = SellerOrder.objects.aggregate(at=Min("delivered_at"))["at"]
    return timezone.localdate(found) if found is not None else None


def last_written() -> datetime.date | None:
    """The last day that has sums."""
    return QualityDay.objects.order_by("-day").values_list("day", flat=True).first()


def facts_between(start: datetime.date, end: datetime.date) -> list[Fact]:
    """Deliveries, answers and first requests of these days, end included."""
    span = (midnight(start), midnight(end + DAY))
    parts = SellerOrder.objects.filter(delivered_at__gte=span[0], delivered_at__lt=span[1]).order_by("pk")
    rows = [
        Fact(pk, seller, timezone.localdate(at))
        for pk, seller, at in parts.values_list("pk", "seller_id", "delivered_at")
    ]
    ratings = Rating.objects.filter(answered_at__gte=span[0], answered_at__lt=span[1]).order_by("pk")
    for part, seller, at, score in ratings.values_list("part_id", "seller_id", "answered_at", "score"):
        rows.append(Fact(part, seller, timezone.localdate(at), score=score))
    return rows + _requests(*span)


def _requests(start: datetime.datetime, end: datetime.datetime) -> list[Fact]:
    """The first request of each seller order: a withdrawal, or a claim that was decided, whatever the decision."""
    withdrawals = Withdrawal.objects.filter(declared_at__gte=start, declared_at__lt=end)
    found = [
        (at, Fact(part, seller, timezone.localdate(at), reason=f"w.{reason}", line=line))
        for part, seller, at, reason, line in withdrawals.values_list(
            "part_id", "part__seller_id", "declared_at", "reason", "lines__line_id"
        )
    ]
    decided = Settlement.objects.filter(decided_at__gte=start, decided_at__lt=end, outcome__in=ASKED)
    found += [
        (at, Fact(part, seller, timezone.localdate(at), reason=f"c.{reason}", line=line))
        for part, seller, at, reason, line in decided.values_list(
            "conversation__part_id", "conversation__part__seller_id", "decided_at", "reason", "line_id"
        )
    ]
    first: dict[int, Fact] = {}
    for _at, fact in sorted(found, key=lambda pair: (pair[0], pair[1].part, pair[1].line or 0)):
        first.setdefault(fact.part, fact)
    before = _asked_before(first, start)
    return [fact for part, fact in first.items() if part not in before]


def _asked_before(parts: Iterable[int], start: datetime.datetime) -> set[int]:
    """Those of `parts` whose first request came before."""
    found: set[int] = set()
    for batch in batched(parts, BATCH):
        found |= set(Withdrawal.objects.filter(part__in=batch, declared_at__lt=start).values_list("part_id", flat=True))
        rows = Settlement.objects.filter(conversation__part__in=batch, decided_at__lt=start, outcome__in=ASKED)
        found |= set(rows.values_list("conversation__part_id", flat=True))
    return found


def places_of(facts: Sequence[Fact]) -> dict[tuple[int, int | None], tuple[int | None, str]]:
    """(part, line) → place and universe of the object concerned; of the order's first one where none is named."""
    found: dict[tuple[int, int | None], tuple[int | None, str]] = {}
    for batch in batched(sorted({fact.part for fact in facts}), BATCH):
        lines = OrderLine.objects.filter(part__in=batch).order_by("part_id", "pk")
        for pk, part, site, category in lines.values_list("pk", "part_id", "item__site_id", "item__category_id"):
            where = (site, categories.ancestors_of(categories.get(category))[0].key if category else "")
            found.setdefault((part, None), where)
            found[part, pk] = where
    return found
