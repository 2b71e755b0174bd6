"""A paid sale enters the books: the price, who has it, what is taken from it, each to the cent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.bulk import insert_objects, insert_one
from rebond.core.locks import lock_rows
from rebond.core.prepared import Prepared
from rebond.ledger.actions.posting import Move, Told, Wanted, books_of, claim_key, open_accounts, write_entry
from rebond.ledger.enums import AccountKind, EntryKind, Part
from rebond.ledger.errors import BadAmount, LedgerError, UnknownSale
from rebond.ledger.events import SHIPPING_KEY, SaleEvent, SoldLine, digest_of, is_shipping, shipping_key
from rebond.ledger.models import Account, Balance, Claim, Entry, FeeLine, Sale, SaleLine
from rebond.ledger.queries.fees import Fee, Priced, agreement_of, fees_for, operator_of, rules_of, service_vat
from rebond.network.models import Agreement, Organisation

# Whose account a fee goes to, by its part; the others are services of the operator.
FEE_ACCOUNTS = {Part.SOLIDARITY: AccountKind.SOLIDARITY}
type Accounts = dict[tuple[int, str], Account]


def _check(sale: SaleEvent) -> None:
    """Raise BadAmount or LedgerError where the event cannot be true."""
    keys = [line.key for line in sale.lines]
    if not sale.lines or any(line.cents <= 0 for line in sale.lines) or sale.shipping_cents < 0:
        raise BadAmount
    if any(not 0 <= line.voucher_cents < line.cents for line in sale.lines):
        raise BadAmount
    if len(set(keys)) != len(keys) or any(is_shipping(key) for key in keys):
        raise LedgerError(f"the lines of {sale.key} do not have keys of their own")
    carriers = [one.by.pk for one in sale.carried]
    if len(set(carriers)) != len(carriers) or sale.seller.pk in carriers or any(c.cents <= 0 for c in sale.carried):
        raise LedgerError(f"the delivery of {sale.key} is not told once for each who carries it")
    if not 0 <= sale.gift_cents <= sale.total_cents - sale.voucher_cents or (sale.gift_cents and sale.issuer is None):
        raise LedgerError(f"the gift card of {sale.key} has no issuer, or pays more than the sale")


@dataclass(frozen=True, slots=True)
class _Ready:
    """A sale of which everything is known before anything is posted."""

    sale: SaleEvent
    digest: str
    claim: Claim
    agreement: Agreement | None
    operator: Organisation
    fees: Sequence[Fee]


@transaction.atomic
def post_sale(*, sale: SaleEvent, by: Any = None, now: datetime | None = None) -> Sale:
    """Post one seller's part of a paid order, and freeze its fee lines. Told again, it has one effect.

    Debit: what the provider holds, the gift cards used, what a voucher of the network pays. Credit: the seller (or who
    carries, for the delivery).
    From the seller: each fee, to its payee and to the VAT. Raise BadAmount, EventDiffers, NoOperator.
    """
    return post_sales(sales=[sale], by=by, now=now)[0]


@transaction.atomic
def post_sales(*, sales: Sequence[SaleEvent], by: Any = None, now: datetime | None = None) -> list[Sale]:
    """Post the parts of one order as `post_sale` does each.

    All their accounts are opened and the balances locked first, in the order of their keys: two orders with the same
    sellers or the same fund wait for one another, whatever the order of their parts, and never block.
    """
    found: list[Sale | None] = []
    ready: list[tuple[int, _Ready]] = []
    for number, sale in enumerate(sales):
        _check(sale)
        digest = digest_of(sale)
        claim, known = claim_key(key=f"sale:{sale.key}", digest=digest)
        found.append(Sale.objects.get(entry=known) if known is not None else None)
        if known is None:
            ready.append((number, _prepare(sale, digest, claim, now)))
    accounts = _open(row for _number, row in ready)
    for number, row in ready:
        found[number] = _post(row, accounts[row.operator.pk], by, now)
    return [row for row in found if row is not None]


def _prepare(sale: SaleEvent, digest: str, claim: Claim, now: datetime | None) -> _Ready:
    day = timezone.localdate(now)
    agreement = agreement_of(sale.seller, day, sale.operator)
    operator = books_of(sale.operator or operator_of(agreement))
    fees = fees_for(
        [Priced(line.cents, line.category, is_shipping(line.key)) for line in _lines(sale)],
        rules=rules_of(operator, day),
        agreement=agreement,
        sale_kind=sale.kind,
        vat_bp=service_vat(operator, day),
    )
    return _Ready(sale, digest, claim, agreement, operator, fees)


def _open(rows: Iterable[_Ready]) -> dict[int, Accounts]:
    """The accounts that the sales touch, by operator; where several sales do, their balances are locked."""
    known = list(rows)
    operators = {row.operator.pk: row.operator for row in known}
    found: dict[int, Accounts] = {}
    for key in sorted(operators):
        wanted = [w for row in known if row.operator.pk == key for w in _wanted(row.sale, row.operator, row.fees)]
        found[key] = open_accounts(operator=operators[key], wanted=wanted)
    if len(known) > 1:
        lock_rows(Balance.objects.filter(account__in=[a.pk for accounts in found.values() for a in accounts.values()]))
    return found


def _post(row: _Ready, accounts: Accounts, by: Any, now: datetime | None) -> Sale:
    sale, lines = row.sale, _lines(row.sale)
    told = Told(row.operator, EntryKind.SALE, sale.subject, row.digest, by, now=now)
    entry = write_entry(claim=row.claim, told=told, moves=_moves(sale, row.operator, lines, row.fees, accounts))
    return _freeze(sale, entry, row.agreement, lines, row.fees, accounts)


def _lines(sale: SaleEvent) -> list[SoldLine]:
    """The objects, then the shipping: the seller's own, then what each other carries."""
    shipping = [SoldLine(key=SHIPPING_KEY, cents=sale.shipping_cents)] if sale.shipping_cents else []
    return [*sale.lines, *shipping, *(SoldLine(key=shipping_key(one.by), cents=one.cents) for one in sale.carried)]


def _receiver(sale: SaleEvent, line: SoldLine, operator: Organisation) -> Wanted:
    """Who has a line's price: the seller, or whoever carries for it; who sells too has it with its own sales."""
    by = next((one.by for one in sale.carried if shipping_key(one.by) == line.key), None)
    if by is None:
        return sale.seller, AccountKind.SELLER
    return by, AccountKind.SHIPPING if by.pk == operator.pk else AccountKind.SELLER


def _part(line: SoldLine) -> Part:
    return Part.SHIPPING if is_shipping(line.key) else Part.GOODS


def _payee(fee: Fee, operator: Organisation) -> Wanted:
    return fee.terms.payee or operator, FEE_ACCOUNTS.get(Part(fee.terms.part), AccountKind.COMMISSION)


def _wanted(sale: SaleEvent, operator: Organisation, fees: Sequence[Fee]) -> list[Wanted]:
    """The accounts that the sale touches."""
    wanted: list[Wanted] = [(operator, AccountKind.PROVIDER), (sale.seller, AccountKind.SELLER)]
    wanted += [_receiver(sale, line, operator) for line in _lines(sale)] + [_payee(fee, operator) for fee in fees]
    if any(fee.vat_cents for fee in fees):
        wanted.append((operator, AccountKind.VAT))
    if sale.gift_cents and sale.issuer is not None:
        wanted.append((sale.issuer, AccountKind.GIFT_CARD))
    if sale.voucher_cents:
        wanted.append((operator, AccountKind.VOUCHER))
    return wanted


def _find(accounts: Accounts, wanted: Wanted) -> Account:
    owner, kind = wanted
    return accounts[owner.pk, str(kind)]


def _moves(
    sale: SaleEvent, operator: Organisation, lines: Sequence[SoldLine], fees: Sequence[Fee], accounts: Accounts
) -> list[Move]:
    moves = [Move(_find(accounts, _receiver(sale, line, operator)), _part(line), -line.cents) for line in lines]
    paid = sale.total_cents - sale.gift_cents - sale.voucher_cents
    moves.append(Move(_find(accounts, (operator, AccountKind.PROVIDER)), Part.GOODS, paid))
    if sale.gift_cents and sale.issuer is not None:
        moves.append(Move(_find(accounts, (sale.issuer, AccountKind.GIFT_CARD)), Part.GIFT_CARD, sale.gift_cents))
    if sale.voucher_cents:
        moves.append(Move(_find(accounts, (operator, AccountKind.VOUCHER)), Part.VOUCHER, sale.voucher_cents))
    seller = _find(accounts, (sale.seller, AccountKind.SELLER))
    for fee in fees:
        moves.append(Move(seller, fee.terms.part, fee.cents))
        moves.append(Move(_find(accounts, _payee(fee, operator)), fee.terms.part, fee.vat_cents - fee.cents))
        if fee.vat_cents:
            moves.append(Move(_find(accounts, (operator, AccountKind.VAT)), fee.terms.part, -fee.vat_cents))
    return moves


_KEYS: Prepared[tuple[int, int]] = Prepared(
    lambda sale: SaleLine.objects.filter(sale=sale).order_by("number").values_list("number", "pk"), -1
)


def _freeze(
    sale: SaleEvent,
    entry: Entry,
    agreement: Agreement | None,
    lines: Sequence[SoldLine],
    fees: Sequence[Fee],
    accounts: Accounts,
) -> Sale:
    """Keep the lines and what was taken from each, with the rule it came from."""
    row = Sale(
        key=sale.key,
        entry=entry,
        operator=entry.operator,
        seller=sale.seller,
        agreement=agreement,
        kind=sale.kind,
        on=entry.on,
        total_cents=sale.total_cents,
        gift_cents=sale.gift_cents,
        issuer=sale.issuer if sale.gift_cents else None,
        voucher_cents=sale.voucher_cents,
    )
    insert_one(row)
    receivers = [_find(accounts, _receiver(sale, line, entry.operator)) for line in lines]
    insert_objects([_sale_line(row, n, line, receivers[n]) for n, line in enumerate(lines)])
    keys = dict(_KEYS.run(row.pk))
    seller = _find(accounts, (sale.seller, AccountKind.SELLER))
    insert_objects(
        [
            _fee_line(keys[fee.line], n, fee, seller, _find(accounts, _payee(fee, entry.operator)))
            for n, fee in enumerate(fees)
        ]
    )
    return row


def _sale_line(row: Sale, number: int, line: SoldLine, account: Account) -> SaleLine:
    return SaleLine(
        sale=row,
        number=number,
        key=line.key,
        label=line.label[:200],
        category=line.category,
        is_shipping=is_shipping(line.key),
        account=account,
        cents=line.cents,
        voucher_cents=line.voucher_cents,
    )


def _fee_line(line: int, number: int, fee: Fee, payer: Account, payee: Account) -> FeeLine:
    return FeeLine(
        line_id=line,
        number=number,
        part=fee.terms.part,
        rule=fee.terms.rule,
        rule_label=fee.terms.label,
        base=fee.terms.base,
        base_cents=fee.base_cents,
        rate_bp=fee.terms.rate_bp,
        fixed_cents=fee.fixed_cents,
        cents=fee.cents,
        vat_bp=fee.terms.vat_bp,
        vat_cents=fee.vat_cents,
        is_refunded=fee.terms.is_refunded,
        payer=payer,
        payee=payee,
    )


@transaction.atomic
def set_payable(*, sale_key: str, on: date | None) -> None:
    """Say from which day the money of a sale may be paid out: after the withdrawal delay (rules.md F2).

    Told again it changes the day (a parcel that arrives later); None: nobody can say yet. Raise UnknownSale.
    """
    if not Sale.objects.filter(key=sale_key).update(payable_on=on):
        raise UnknownSale
