"""What round-ups brought to the organisations that receive them, and what of it may be paid out."""

import datetime

from django.db.models import QuerySet, Sum

from rebond.ledger.enums import AccountKind, EntryKind, Held
from rebond.ledger.models import Account, Balance, Payout, PayoutHold, Posting
from rebond.ledger.providers import payable_among
from rebond.ledger.queries.payouts import Due, Terms
from rebond.network.models import Organisation

GIFT_WAITS = datetime.timedelta(days=45)  # an order that is given back whole takes its gift with it: most do before


def gift_accounts(operator: Organisation) -> QuerySet[Account]:
    """The accounts of round-ups in the operator's books, by the receiver's name."""
    rows: QuerySet[Account] = Account.objects.filter(operator=operator, kind=AccountKind.ROUND_UP)
    return rows.select_related("owner", "operator", "balance").order_by("owner__name", "pk")


def gift_due(account: Account, day: datetime.date) -> Due:
    """What is owed to a receiver of round-ups, less the gifts of the last 45 days, which may still go back.

    A gift that goes back later than that is carried: the next payout is so much less.
    """
    lately = Posting.objects.filter(account=account, on__gt=day - GIFT_WAITS, cents__lt=0)
    waiting = lately.filter(entry__kind=EntryKind.ROUND_UP).aggregate(n=Sum("cents"))["n"] or 0
    reasons = [
        (Held.NO_SIREN, not account.owner.siren),
        (Held.NO_ACCOUNT, account.owner_id not in payable_among([account.owner_id])),
        (Held.BY_HAND, PayoutHold.objects.filter(account=account, lifted_on__isnull=True).exists()),
    ]
    return Due(
        account=account,
        owed_cents=Balance.objects.get(account=account).owed_cents,
        waiting_cents=-int(waiting),
        terms=Terms(min_cents=1),
        next_on=day,
        is_open=Payout.objects.open().filter(account=account).exists(),
        held=[reason.value for reason, is_so in reasons if is_so],
    )
