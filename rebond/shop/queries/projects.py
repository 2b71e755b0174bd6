"""Projects that buyers round up for: what each received, and what its receiver is still owed."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from rebond.core.prepared import Prepared
from rebond.ledger.enums import AccountKind, PayoutState
from rebond.ledger.models import Account, Payout
from rebond.ledger.queries.fees import operator_of
from rebond.shop.models import RoundUp, SolidarityProject
from rebond.shop.money_enums import RoundUpState

PROPOSED = 6  # beside a basket, one more would not be read


def proposed_projects(day: datetime.date | None = None) -> list[SolidarityProject]:
    """Those that are open, the oldest first: one query."""
    return _PROPOSED.run(day or timezone.localdate())


_PROPOSED: Prepared[SolidarityProject] = Prepared(
    lambda day: SolidarityProject.objects.open(day).select_related("receiver").order_by("pk")[:PROPOSED],
    datetime.date(1900, 1, 1),
)


def projects_with_gifts() -> QuerySet[SolidarityProject]:
    """The newest first, each with the `cents` and the `number` of what was given; what went back apart."""
    given = Q(gifts__state=RoundUpState.GIVEN)
    rows: QuerySet[SolidarityProject] = SolidarityProject.objects.select_related("receiver").order_by("-pk")
    return rows.annotate(cents=Sum("gifts__cents", filter=given, default=0), number=Count("gifts", filter=given))


def gifts_of(project: SolidarityProject) -> tuple[int, int]:
    """Cents and number of what was given to one project."""
    rows = RoundUp.objects.filter(project=project, state=RoundUpState.GIVEN).order_by()
    found = rows.aggregate(cents=Sum("cents", default=0), number=Count("pk"))
    return found["cents"], found["number"]


@dataclass(frozen=True, slots=True)
class Receiver:
    """The account of a project's receiver in the books, and what was paid out to it."""

    account: Account | None
    paid_cents: int


def receiver_of(project: SolidarityProject) -> Receiver:
    """All its projects together: an organisation is paid once for all of them."""
    operator = operator_of(None)
    rows = Account.objects.filter(operator=operator, owner=project.receiver, kind=AccountKind.ROUND_UP)
    account: Account | None = rows.select_related("owner", "operator", "balance").first()
    if account is None:
        return Receiver(None, 0)
    made = Payout.objects.filter(account=account, state=PayoutState.PAID).order_by()
    return Receiver(account, int(made.aggregate(n=Sum("cents", default=0))["n"]))
