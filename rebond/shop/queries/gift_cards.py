"""Gift cards: who sells them, a code as it is typed, a card by its code or its order (decision 37)."""

import datetime
import hashlib
import re
import time

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Lower
from django.utils import timezone

from rebond.core.codes import ALPHABET
from rebond.network.models import Organisation
from rebond.shop.models import Dispute, GiftCard, GiftIssuer, GiftSpend, Order
from rebond.shop.money_enums import OPEN_DISPUTES, GiftCardState, GiftIssuerState, GiftSpendState
from rebond.shop.queries.delays import withdrawal_end
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.vouchers import KEPT_CENTS

CODE_LENGTH = 16  # 30 signs each: 78 bits, so that a copy of the hashes finds none of them
SECONDS = 30
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")
_kept: list[tuple[float, GiftIssuer | None, bool]] = []


def _facts() -> tuple[float, GiftIssuer | None, bool]:
    now = time.monotonic()
    if not _kept or _kept[0][0] < now:
        issuers = list(GiftIssuer.objects.select_related("organisation").order_by("-pk"))
        selling = next((row for row in issuers if row.state == GiftIssuerState.ACTIVE), None)
        _kept[:] = [(now + SECONDS, selling, bool(issuers))]
    return _kept[0]


def issuer_in_force() -> GiftIssuer | None:
    """Who sells cards now; None: nobody. Asked by every page, kept half a minute."""
    return _facts()[1]


def is_sold() -> bool:
    """Whether this site sells gift cards."""
    return issuer_in_force() is not None


def are_known() -> bool:
    """Whether cards may exist: an issuer that sells no more still owes what it sold. Kept half a minute."""
    return _facts()[2]


def forget_issuer() -> None:
    """Read it again: it was named or ended in this process. Others see it half a minute later."""
    _kept.clear()


def selling_issuer() -> GiftIssuer | None:
    """As `issuer_in_force`, from the table."""
    return GiftIssuer.objects.filter(state=GiftIssuerState.ACTIVE).select_related("organisation").first()


def parse_card(text: str) -> str:
    """The code typed as `text`, without spaces nor hyphens; "" where it cannot be one."""
    squeezed = re.sub(r"[\s\-–.]+", "", text).upper()
    return squeezed if _CODE.fullmatch(squeezed) else ""


def display_card(code: str) -> str:
    """`ABCD-EFGH-JKMN-PQRT`, as it is mailed and typed."""
    return "-".join(re.findall("....", code))


def hash_of(code: str) -> str:
    """What is kept of a code: drawn from 2^78, it is found again by nobody who has only this."""
    return hashlib.sha256(f"rebond gift card 1 {code}".encode()).hexdigest()


def find_card(text: str) -> GiftCard | None:
    """The card of a code as it was typed, whatever its state; None for any other."""
    code = parse_card(text)
    if not code:
        return None
    return GiftCard.objects.filter(code_hash=hash_of(code)).select_related("issuer__organisation", "order").first()


def card_of(order: Order) -> GiftCard | None:
    """The card that this order buys."""
    return GiftCard.objects.filter(order=order).select_related("issuer__organisation", "order").first()


def back_until(card: GiftCard) -> datetime.date | None:
    """The last day to withdraw from its purchase (L221-18: 14 days); None before it is paid."""
    return withdrawal_end(timezone.localdate(card.sold_at)) if card.sold_at is not None else None


def is_contested(card: GiftCard) -> bool:
    """Whether the payer's bank may take its payment back, or took more than the card covered."""
    return card.loss_cents > 0 or Dispute.objects.filter(payment__order=card.order_id, state__in=OPEN_DISPUTES).exists()


def is_loss_final(card: GiftCard) -> bool:
    """Whether banks have decided, and some of what they took is not covered."""
    opened = Dispute.objects.filter(payment__order=card.order_id, state__in=OPEN_DISPUTES)
    return card.loss_cents > 0 and not opened.exists()


def may_go_back(card: GiftCard, day: datetime.date) -> bool:
    """Whether its payer may still withdraw: nothing of it was used, and the delay runs."""
    until = back_until(card)
    is_whole = card.balance_cents == card.amount_cents
    if not is_whole or until is None or day > until:
        return False
    return card.state == GiftCardState.LIVE or (card.state == GiftCardState.BLOCKED and not is_contested(card))


def to_send(day: datetime.date) -> "QuerySet[GiftCard]":
    """Sold, not mailed yet, and their day has come; the oldest first."""
    rows = GiftCard.objects.filter(state=GiftCardState.LIVE, sent_at=None).exclude(send_on__gt=day)
    return rows.order_by("send_on", "pk")


def cards_of(operator: Organisation, words: str = "") -> "QuerySet[GiftCard]":
    """Those of an issuer that were sold, the newest first; `words`: a card's or an order's number, or a whole address.

    The address of who paid, or of whom the card was sent to.
    """
    rows = GiftCard.objects.filter(issuer__organisation=operator).exclude(state=GiftCardState.WAITING)
    if asked := words.strip().lower():
        paid = Order.objects.alias(low=Lower("email")).filter(low=asked).values("pk")
        named = Q(public_id=asked) | Q(order__public_id=asked) | Q(order__in=paid) | Q(low=asked)
        rows = rows.alias(low=Lower("recipient_email")).filter(named)
    return rows.select_related("order").order_by("-pk")


def is_over(card: GiftCard, day: datetime.date | None = None) -> bool:
    """Whether its last day is over: what it holds is still owed, and buys nothing."""
    return card.expires_on is not None and card.expires_on < (day or timezone.localdate())


def usable_cards(day: datetime.date) -> "QuerySet[GiftCard]":
    """Those that may pay something that day."""
    return GiftCard.objects.filter(state=GiftCardState.LIVE, expires_on__gte=day)


def spendable(card: GiftCard, keeper: Keeper) -> int:
    """What it may pay in this basket: with what an order of the same basket holds, which a new one ends."""
    return card.balance_cents + sum(row.cents for row in held_by(card, keeper))


def held_by(card: GiftCard, keeper: Keeper) -> "QuerySet[GiftSpend]":
    """What orders of this basket, that wait for a card's payment, hold of it."""
    mine = {"order__basket__user": keeper.user, "order__basket__visitor": keeper.visitor}
    return GiftSpend.objects.filter(card=card, state=GiftSpendState.HELD, order__pay_by=None, **mine).order_by("pk")


def card_cents(balance: int, total: int, gift_cents: int = 0) -> int:
    """What a card pays of an order: all that it can of the objects and their delivery, never a gift to a project.

    What is left is nothing, or one euro at least: no provider takes less.
    """
    most = max(min(balance, total - gift_cents), 0)
    rest = total - most
    return most if not 0 < rest < KEPT_CENTS else max(most - (KEPT_CENTS - rest), 0)


def spend_of(order: Order) -> GiftSpend | None:
    """What a card pays of this order; no query where nobody ever issued cards."""
    if not are_known():
        return None
    rows = GiftSpend.objects.filter(order=order).exclude(state=GiftSpendState.BACK)
    return rows.select_related("card__issuer__organisation").first()


def pays_with_blocked_card(order: Order) -> bool:
    """Whether what goes back on the card of this order waits there: it is blocked."""
    return GiftSpend.objects.filter(order=order, card__state=GiftCardState.BLOCKED).exists()


def spends_of(card: GiftCard) -> "QuerySet[GiftSpend]":
    """What it paid, or holds for an order, the newest first."""
    rows = GiftSpend.objects.filter(card=card).exclude(state=GiftSpendState.BACK)
    return rows.select_related("order").order_by("-pk")


def owed_by(operator: Organisation) -> int:
    """What an issuer's cards hold, in cents."""
    rows = GiftCard.objects.filter(issuer__organisation=operator).order_by()
    return int(rows.aggregate(n=Sum("balance_cents"))["n"] or 0)
