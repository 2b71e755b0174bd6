"""What a seller owes after refunds and lost disputes, taken back from its account at Stripe by reversing transfers.

Only what the seller's account there still holds can come back: Stripe refuses the rest, which stays a debt that the
next sales pay (decision 20). Asked, then called, then posted. A process that is killed is followed: what Stripe has
under the reversal's name is looked for before anything is asked, since it forgets keys after a day.
"""

import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.ledger.actions.straight import post_taken_back
from rebond.ledger.enums import AccountKind
from rebond.ledger.events import AmountEvent, Subject
from rebond.ledger.models import Balance
from rebond.shop import stripe_api
from rebond.shop.errors import ProviderAwayError, ProviderError, ProviderRefusedError
from rebond.shop.models import ProviderTransfer, TransferReversal
from rebond.shop.money_enums import ReversalState, TransferState
from rebond.shop.stripe_api import NAME

AT_ONCE = 1_000
AGAIN_AFTER = datetime.timedelta(days=7)  # since Stripe refused


def take_back_debts(*, now: datetime.datetime | None = None) -> int:
    """Ask back what sellers owe, from their latest transfers; how many came back. Each is asked once a week at most."""
    if settings.PAYOUT_PROVIDER != NAME:
        return 0
    now = now or timezone.now()
    for balance in Balance.objects.filter(account__kind=AccountKind.SELLER, cents__gt=0).order_by("-cents")[:AT_ONCE]:
        _ask(balance, now)
    rows = TransferReversal.objects.filter(state=ReversalState.ASKED).order_by("pk")
    return sum(_make(number=pk, now=now) for pk in list(rows.values_list("pk", flat=True)[:AT_ONCE]))


def _ask(balance: Balance, now: datetime.datetime) -> None:
    """One at a time for a seller."""
    mine = TransferReversal.objects.filter(transfer__payout__account=balance.account_id)
    recent = mine.filter(state=ReversalState.REFUSED, ended_at__gt=now - AGAIN_AFTER)
    if mine.filter(state=ReversalState.ASKED).exists() or recent.exists():
        return
    rows = ProviderTransfer.objects.filter(payout__account=balance.account_id, state=TransferState.MADE)
    transfer = rows.filter(cents__gt=F("reversed_cents")).order_by("-pk").first()
    if transfer is None:
        return
    try:
        with transaction.atomic():
            TransferReversal.objects.create(
                transfer=transfer, cents=min(balance.cents, transfer.left_cents), asked_at=now
            )
    except IntegrityError:  # another process asked it
        return


def _make(*, number: int, now: datetime.datetime) -> bool:
    """Ask Stripe under the reversal's own key, where it has not made it yet, then keep the answer.

    The books move once, with the answer.
    """
    row = TransferReversal.objects.select_related("transfer").get(pk=number)
    names = {"rebond_reversal": row.public_id}
    key = f"reversal-{row.public_id}"
    try:
        made = _made_before(row)
    except ProviderError:  # no answer: it is looked for again
        return False
    try:
        made = made or stripe_api.reverse_transfer(row.transfer.transfer_id, cents=row.cents, names=names, key=key)
    except ProviderRefusedError as refused:
        rows = TransferReversal.objects.filter(pk=row.pk, state=ReversalState.ASKED)
        rows.update(state=ReversalState.REFUSED, reason=str(refused)[:300], ended_at=now)
        return False
    except ProviderAwayError:
        return False
    return _keep(row, str(made["id"]), now)


def _made_before(row: TransferReversal) -> dict[str, Any] | None:
    """The reversal that a killed process asked for, where Stripe made it. Raise ProviderError."""
    for there in stripe_api.reversals_of(row.transfer.transfer_id):
        if (there.get("metadata") or {}).get("rebond_reversal") == row.public_id:
            return there
    return None


@transaction.atomic
def _keep(row: TransferReversal, reference: str, now: datetime.datetime) -> bool:
    transfer = lock_row(row.transfer)
    rows = TransferReversal.objects.filter(pk=row.pk, state=ReversalState.ASKED)
    if not rows.update(state=ReversalState.MADE, reference=reference[:80], ended_at=now):
        return False
    if transfer.state != TransferState.MADE:  # all of it comes back: the failed payout says so in the books
        return True
    ProviderTransfer.objects.filter(pk=transfer.pk).update(reversed_cents=F("reversed_cents") + row.cents)
    payout = transfer.payout
    subject = Subject("ledger.payout", payout.public_id, payout.public_id.upper())
    post_taken_back(payout=payout, event=AmountEvent(key=row.public_id, cents=row.cents, subject=subject), now=now)
    return True
