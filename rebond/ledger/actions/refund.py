"""What is given back of a sale: the price, and the exact share of every fee that was taken from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rebond.core.bulk import insert_values
from rebond.core.locks import lock_row, lock_rows
from rebond.ledger import tasks
from rebond.ledger.actions.posting import Move, Told, account_of, claim_key, write_entry
from rebond.ledger.enums import AccountKind, EntryKind, Part
from rebond.ledger.errors import BadAmount, LedgerError, TooMuch, UnknownSale
from rebond.ledger.events import SHIPPING_KEY, DisputeEvent, RefundEvent, Subject, digest_of
from rebond.ledger.models import Balance, BilledSale, Entry, FeeLine, Posting, RefundLine, Sale, SaleLine
from rebond.ledger.splitting import given_back, share_out


@dataclass(frozen=True, slots=True)
class Back:
    """`cents` of one line go back to the buyer now, and `voucher_cents` of it to the operator that paid them."""

    line: SaleLine
    cents: int

    @property
    def voucher_cents(self) -> int:
        """The share of the voucher of the network: the line given back whole brings all of it back (decision 35)."""
        line = self.line
        if not line.voucher_cents:
            return 0
        before = line.buyer_back_cents
        return given_back(line.voucher_cents, line.buyer_cents, before, before + self.cents)

    @property
    def whole(self) -> int:
        """Of the seller's price."""
        return self.cents + self.voucher_cents


def _load(sale_key: str) -> Sale:
    """The sale, locked: what is left of it cannot change under us. Raise UnknownSale."""
    row = Sale.objects.filter(key=sale_key).select_related("operator", "entry", "issuer").first()
    if row is None:
        raise UnknownSale
    fresh = lock_row(row)
    fresh.operator, fresh.entry, fresh.issuer = row.operator, row.entry, row.issuer
    return fresh


@transaction.atomic
def post_refund(*, refund: RefundEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """Give back some cents of some lines, with the share of each fee; told again it has one effect.

    Partial refunds in any order never pass a line's price, and a full refund brings each fee that is given back to
    zero. Raise UnknownSale, BadAmount, TooMuch, EventDiffers.
    """
    wanted = refund.wanted
    if not wanted or any(cents <= 0 for cents in wanted.values()):
        raise BadAmount
    digest = digest_of(refund)
    claim, known = claim_key(key=f"refund:{refund.key}", digest=digest)
    if known is not None:
        return known
    sale = _load(refund.sale_key)
    lines = {line.key: line for line in sale.lines.select_related("account").order_by("number")}
    if wanted.keys() - lines.keys():
        raise UnknownSale
    backs = [Back(line, wanted[key]) for key, line in lines.items() if key in wanted]
    total = sum(back.cents for back in backs)
    gift = refund.gift_cents
    if not 0 <= gift <= total or gift > sale.gift_cents - sale.gift_refunded_cents:
        raise TooMuch
    if total > sale.left_cents:
        raise TooMuch
    moves = _moves(sale, backs) + _to_buyer(sale, total, gift)
    subject = refund.subject or _subject(sale)
    told = Told(sale.operator, EntryKind.REFUND, subject, digest, by, refund.reason, now=now)
    entry = write_entry(claim=claim, told=told, moves=moves)
    _note(sale, entry, backs, gift=gift)
    return entry


def _subject(sale: Sale) -> Subject:
    return Subject(sale.entry.subject_kind, sale.entry.subject_id, sale.entry.subject_label)


def _to_buyer(sale: Sale, total: int, gift: int) -> list[Move]:
    """Through the provider by the same means, and back on the gift card."""
    provider = account_of(operator=sale.operator, owner=sale.operator, kind=AccountKind.PROVIDER)
    moves = [Move(provider, Part.GOODS, gift - total)]
    if gift and sale.issuer is not None:
        card = account_of(operator=sale.operator, owner=sale.issuer, kind=AccountKind.GIFT_CARD)
        moves.append(Move(card, Part.GIFT_CARD, -gift))
    return moves


def _moves(sale: Sale, backs: Iterable[Back]) -> list[Move]:
    """The price from whoever had it, and each fee from its payee to the seller, by the share of the line.

    What the operator paid of it in the buyer's place comes back to it.
    """
    by_line = {back.line.pk: back for back in backs}
    moves = [Move(back.line.account, back.line.part, back.whole) for back in by_line.values()]
    if voucher := sum(back.voucher_cents for back in by_line.values()):
        paid_by = account_of(operator=sale.operator, owner=sale.operator, kind=AccountKind.VOUCHER)
        moves.append(Move(paid_by, Part.VOUCHER, -voucher))
    fees = FeeLine.objects.filter(line__in=by_line, is_refunded=True)
    vat: Any = None
    for fee in fees.select_related("payer", "payee__operator").order_by("line_id", "number"):
        back = by_line[fee.line_id]
        before, price = back.line.refunded_cents, back.line.cents
        whole = given_back(fee.cents, price, before, before + back.whole)
        tax = given_back(fee.vat_cents, price, before, before + back.whole)
        moves += [Move(fee.payer, fee.part, -whole), Move(fee.payee, fee.part, whole - tax)]
        if tax:
            operator = fee.payee.operator
            vat = vat or account_of(operator=operator, owner=operator, kind=AccountKind.VAT)
            moves.append(Move(vat, fee.part, tax))
    return moves


def _note(sale: Sale, entry: Entry, backs: list[Back], *, gift: int = 0, disputed: int = 0) -> None:
    """Move the counters, each only where it stays within its limit; raise TooMuch."""
    for back in backs:
        rows = SaleLine.objects.filter(
            pk=back.line.pk,
            cents__gte=F("refunded_cents") + back.whole,
            voucher_cents__gte=F("voucher_refunded_cents") + back.voucher_cents,
        )
        if not rows.update(
            refunded_cents=F("refunded_cents") + back.whole,
            voucher_refunded_cents=F("voucher_refunded_cents") + back.voucher_cents,
        ):
            raise TooMuch
    total = sum(back.whole for back in backs)
    Sale.objects.filter(pk=sale.pk).update(
        refunded_cents=F("refunded_cents") + total,
        gift_refunded_cents=F("gift_refunded_cents") + gift,
        voucher_refunded_cents=F("voucher_refunded_cents") + sum(back.voucher_cents for back in backs),
        disputed_cents=F("disputed_cents") - disputed,
    )
    values = ((entry.pk, b.line.pk, b.whole, b.voucher_cents) for b in backs)
    insert_values(RefundLine, ("entry_id", "line_id", "cents", "voucher_cents"), values)
    if BilledSale.objects.filter(sale=sale).exists():
        tasks.issue_one_credit_note.enqueue(entry.pk)


def lock_sales(keys: Iterable[str]) -> None:
    """Lock the kept balances that the entries of these sales moved, by key, before several entries move them again.

    Two acts on the same sellers then wait for one another, whatever the order of their sales, and never block.
    """
    entries = Sale.objects.filter(key__in=list(keys)).order_by().values("entry_id")
    accounts = Posting.objects.filter(entry_id__in=entries).order_by().values("account_id")
    lock_rows(Balance.objects.filter(account_id__in=accounts))


@transaction.atomic
def open_dispute(*, dispute: DisputeEvent, by: Any = None, now: datetime | None = None) -> Entry:
    """A buyer's bank takes money back: it leaves the provider, and the sale's payout waits. Raise as `post_refund`."""
    if dispute.cents <= 0:
        raise BadAmount
    digest = digest_of(dispute)
    claim, known = claim_key(key=f"dispute:{dispute.key}", digest=digest)
    if known is not None:
        return known
    sale = _load(dispute.sale_key)
    if dispute.cents > sale.left_cents:
        raise TooMuch
    held, provider = _sides(sale)
    moves = [Move(held, Part.DISPUTE, dispute.cents), Move(provider, Part.DISPUTE, -dispute.cents)]
    told = Told(sale.operator, EntryKind.DISPUTE, dispute.subject, digest, by, dispute.reason, now=now)
    entry = write_entry(claim=claim, told=told, moves=moves)
    Sale.objects.filter(pk=sale.pk).update(disputed_cents=F("disputed_cents") + dispute.cents)
    return entry


def _sides(sale: Sale) -> tuple[Any, Any]:
    operator = sale.operator
    return (
        account_of(operator=operator, owner=operator, kind=AccountKind.DISPUTED),
        account_of(operator=operator, owner=operator, kind=AccountKind.PROVIDER),
    )


@transaction.atomic
def close_dispute(*, dispute: DisputeEvent, is_won: bool, by: Any = None, now: datetime | None = None) -> Entry:
    """The bank decided on a dispute that was opened with these very amounts. Raise UnknownSale, EventDiffers.

    Won: the money is back at the provider. Lost: it is given back like a refund, from the lines in proportion of
    what is left of them. Told again, it has one effect; told the other way afterwards, it is refused.
    """
    _claim, opened = claim_key(key=f"dispute:{dispute.key}", digest=digest_of(dispute))
    if opened is None:
        raise UnknownSale
    digest = "won" if is_won else "lost"
    claim, known = claim_key(key=f"dispute-end:{dispute.key}", digest=digest)
    if known is not None:
        return known
    sale = _load(dispute.sale_key)
    held, provider = _sides(sale)
    freed = Move(held, Part.DISPUTE, -dispute.cents)
    kind = EntryKind.DISPUTE_WON if is_won else EntryKind.DISPUTE_LOST
    told = Told(sale.operator, kind, dispute.subject, digest, by, dispute.reason, now=now)
    if is_won:
        entry = write_entry(claim=claim, told=told, moves=[freed, Move(provider, Part.DISPUTE, dispute.cents)])
        Sale.objects.filter(pk=sale.pk).update(disputed_cents=F("disputed_cents") - dispute.cents)
        return entry
    backs = _spread(sale, dispute.cents)
    entry = write_entry(claim=claim, told=told, moves=[*_moves(sale, backs), freed])
    _note(sale, entry, backs, disputed=dispute.cents)
    return entry


def _spread(sale: Sale, cents: int) -> list[Back]:
    """`cents` over what is left of what the buyer paid of each line, by the largest remainder."""
    lines = list(sale.lines.select_related("account").order_by("number"))
    left = [line.buyer_left_cents for line in lines]
    return [Back(line, part) for line, part in zip(lines, share_out(cents, left), strict=True) if part]


@transaction.atomic
def refund_whole_sale(*, sale_key: str, key: str, reason: str, by: Any = None, now: datetime | None = None) -> Entry:
    """Give back all that is left of a sale (a cancellation): gift card first in its share. Raise as `post_refund`."""
    known: Entry | None = Entry.objects.filter(claim__key=f"refund:{key}").first()
    if known is not None:
        return known
    sale = _load(sale_key)
    if sale.disputed_cents:
        raise LedgerError(_("The buyer’s bank holds a part of this sale: wait for its decision."))
    cents = {line.key: line.buyer_left_cents for line in sale.lines.order_by("number")}
    shipping = cents.pop(SHIPPING_KEY, 0)
    event = RefundEvent(
        key=key,
        sale_key=sale_key,
        cents=cents,
        shipping_cents=shipping,
        gift_cents=sale.gift_cents - sale.gift_refunded_cents,
        reason=reason,
    )
    return post_refund(refund=event, by=by, now=now)
