"""A payout by Stripe: a transfer from the operator's account there to the seller's, then from there to its bank.

Registered as the ledger's provider `stripe` (decision 20): asked again with the same payout, it answers the same, even
after Stripe forgot the keys. What fails on the way comes back to the operator's account, and is owed again: only where
it is certain that nothing left. A look that Stripe refuses tells nothing, and is taken again.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.ledger.actions.payout import fail_payout, settle_payout
from rebond.ledger.enums import PayoutState
from rebond.ledger.models import Payout
from rebond.ledger.providers import Answer
from rebond.shop import stripe_api, tasks
from rebond.shop.enums import MessageNote
from rebond.shop.errors import ProviderAwayError, ProviderError, ProviderRefusedError
from rebond.shop.models import ProviderMessage, ProviderTransfer, SellerAccount
from rebond.shop.money_enums import TransferState

ONE_DAY = datetime.timedelta(days=1)


def pay_out(payout: Any) -> Answer:
    """Transfer, then payout; where the bank's part is refused, the transfer comes back. Raise ProviderAwayError."""
    try:
        transfer = ProviderTransfer.objects.filter(payout=payout).first() or _transferred_before(payout)
        transfer = transfer or _transfer(payout)
    except ProviderRefusedError as error:
        return Answer(refusal=str(error))
    if transfer is None:
        return Answer(refusal=_("The seller’s account at the payment provider is not complete."))
    if transfer.state != TransferState.MADE:
        return Answer(refusal=_("The transfer came back."))
    sent = _sent_before(payout, transfer)
    if sent is None:
        try:
            sent = _send(payout, transfer)
        except ProviderRefusedError as error:
            sent = _sent_before(payout, transfer)  # refused now, and asked by another process that was not
            if sent is None:
                bring_back(transfer=transfer)
                return Answer(refusal=str(error))
    return Answer(reference=sent["id"], is_paid=sent.get("status") == "paid")


def _certain[Found](look: Callable[[], Found]) -> Found:
    """What Stripe shows; a look that it refuses is no answer: raise ProviderAwayError, so that it is taken again."""
    try:
        return look()
    except ProviderRefusedError as error:
        raise ProviderAwayError(str(error)) from error


def _group(payout: Payout) -> str:
    return f"payout-{payout.public_id}"


def _transferred_before(payout: Payout) -> ProviderTransfer | None:
    """The one that Stripe has under the payout's group, whoever was killed before it was kept here."""
    made = next(iter(_certain(lambda: stripe_api.transfers_of(_group(payout)))), None)
    return None if made is None else _kept(payout, made, "")


def _transfer(payout: Payout) -> ProviderTransfer | None:
    """None where the seller's account may not be paid."""
    account = SellerAccount.objects.filter(organisation=payout.account.owner).first()
    if account is None or not account.may_be_paid:
        return None
    params = {
        "amount": payout.cents,
        "currency": stripe_api.CURRENCY,
        "transfer_group": _group(payout),
        "destination": account.account_id,
        "metadata": {"rebond_payout": payout.public_id},
    }
    made = stripe_api.create_transfer(params, key=f"transfer-{payout.public_id}")
    return _kept(payout, made, account.account_id)


def _kept(payout: Payout, made: dict[str, Any], account_id: str) -> ProviderTransfer:
    row, _is_new = ProviderTransfer.objects.get_or_create(
        payout=payout,
        defaults={
            "transfer_id": made["id"],
            "account_id": str(made.get("destination") or account_id),
            "cents": payout.cents,
        },
    )
    return row


def _send(payout: Payout, transfer: ProviderTransfer) -> dict[str, Any]:
    params = {
        "amount": payout.cents,
        "currency": stripe_api.CURRENCY,
        "metadata": {"rebond_payout": payout.public_id, "rebond_transfer": transfer.transfer_id},
    }
    return stripe_api.create_payout(params, account=transfer.account_id, key=f"payout-{payout.public_id}")


def _sent_before(payout: Payout, transfer: ProviderTransfer) -> dict[str, Any] | None:
    """The payout that a killed process asked for, where Stripe made it. Raise ProviderAwayError where it won't say."""
    day = datetime.datetime.combine(payout.asked_on - ONE_DAY, datetime.time.min, tzinfo=datetime.UTC)

    def look() -> dict[str, Any] | None:
        for row in stripe_api.payouts_of(transfer.account_id, int(day.timestamp())):
            if (row.get("metadata") or {}).get("rebond_payout") == payout.public_id:
                return row
        return None

    return _certain(look)


def bring_back(*, transfer: ProviderTransfer) -> None:
    """Say that it has to come back, then ask; what Stripe refuses now (the bank has not given it back yet) is asked
    again each hour.
    """
    rows = ProviderTransfer.objects.filter(pk=transfer.pk, state=TransferState.MADE)
    rows.update(state=TransferState.RETURNING)
    take_back(transfer_id=transfer.pk)


def take_back(*, transfer_id: int, now: datetime.datetime | None = None) -> str:
    """Bring what is left of a transfer back from the seller's account, once; its state after.

    A key for each hour: Stripe gives a refusal again under the same key. What came back without being kept here (a
    process was killed) is seen first. Two at once bring back once: a transfer cannot be reversed beyond its amount.
    """
    transfer = ProviderTransfer.objects.get(pk=transfer_id)
    if transfer.state != TransferState.RETURNING:
        return transfer.state
    hour = (now or datetime.datetime.now(datetime.UTC)).strftime("%Y%m%d%H")
    try:
        if transfer.left_cents and not _is_back(transfer):
            stripe_api.reverse_transfer(transfer.transfer_id, key=f"back-{transfer.transfer_id}-{hour}")
    except ProviderError:
        return transfer.state
    rows = ProviderTransfer.objects.filter(pk=transfer.pk, state=TransferState.RETURNING)
    rows.update(state=TransferState.RETURNED, reversed_cents=transfer.cents)
    return TransferState.RETURNED


def _is_back(transfer: ProviderTransfer) -> bool:
    """Whether nothing of it is on the seller's account any more, by Stripe's word. Raise ProviderError."""
    there = stripe_api.get_transfer(transfer.transfer_id)
    return bool(there.get("reversed")) or int(there.get("amount_reversed") or 0) >= transfer.cents


def resume_returns(*, now: datetime.datetime | None = None) -> int:
    """Transfers that still have to come back, a hundred at most; how many did."""
    keys = ProviderTransfer.objects.filter(state=TransferState.RETURNING).order_by("pk").values_list("pk", flat=True)
    return sum(take_back(transfer_id=key, now=now) == TransferState.RETURNED for key in list(keys[:100]))


def handle_payout(message: ProviderMessage, reference: str, now: datetime.datetime) -> str:
    """`payout.paid`, `payout.failed`, `payout.canceled` of a seller's account. Raise WrongState: it is tried again."""
    payout = Payout.objects.filter(public_id=reference).select_related("account__operator", "account__owner").first()
    if payout is None or payout.cents != message.body.get("amount"):
        return MessageNote.NO_MATCH
    transfer = ProviderTransfer.objects.filter(payout=payout).first()
    if transfer is None:
        raise ProviderAwayError("the answer to this payout was not kept yet")
    if transfer.account_id != message.account:
        return MessageNote.NO_MATCH
    if payout.state == PayoutState.FAILED:  # it came back: nothing that is told after changes that
        return MessageNote.NOTHING
    if message.kind == "payout.paid":
        settle_payout(payout=payout, now=now)
        return ""
    lock_row(transfer)  # a part of it may be coming back now: it is counted, or comes after
    said = str(message.body.get("failure_message") or message.body.get("failure_code") or message.kind)
    fail_payout(payout=payout, reason=said[:300], now=now)
    rows = ProviderTransfer.objects.filter(pk=transfer.pk, state=TransferState.MADE)
    if rows.update(state=TransferState.RETURNING):
        tasks.take_back_transfer.enqueue(transfer.pk)
    return ""
