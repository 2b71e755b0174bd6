"""What an invoice says, once and for ten years: plain values, kept as they were printed (rules.md F7).

Amounts are integer cents. The price paid by the buyer holds the VAT; docs/algorithms/invoices.md has the roundings.
"""

import datetime
from dataclasses import asdict, dataclass, fields
from typing import Any

from rebond.core.signs import seen_all

INVOICE, CREDIT_NOTE = "invoice", "credit_note"
# What a professional must read (Code de commerce L441-9): all is paid when the invoice is made.
TO_PROFESSIONALS = (
    ("PMT", "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 €"),
    ("PMD", "Pénalités de retard : trois fois le taux de l’intérêt légal"),
    ("AAB", "Pas d’escompte pour paiement anticipé"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A seller or a buyer as printed. `vat_number` only where the regime has one."""

    name: str
    address: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "FR"
    siren: str = ""
    vat_number: str = ""
    email: str = ""
    phone: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the shop says of a line beside its price: `before_cents` is its price before a reduction."""

    label: str = ""
    code: str = ""
    quantity: int = 1
    before_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`cents` with VAT = `net_cents` without + its share of the VAT; before a reduction: the two `before_`."""

    key: str
    label: str
    code: str = ""
    quantity: int = 1
    cents: int
    net_cents: int
    vat_bp: int = 0
    before_cents: int = 0
    before_net_cents: int = 0
    is_shipping: bool = False

    @property
    def reduction_net_cents(self) -> int:
        return self.before_net_cents - self.net_cents if self.before_cents else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """The VAT of one rate. `category` is the code of EN 16931: S, E or O."""

    category: str
    vat_bp: int
    net_cents: int
    vat_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An invoice or a credit note. `mention` and `made_by` are the law's words, in French whatever the language."""

    kind: str
    number: str
    issued_on: datetime.date
    paid_on: datetime.date
    seller: Party
    buyer: Party
    delivery: Party | None
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    regime: str
    mention: str
    made_by: str
    order: str
    reason: str = ""
    corrects: str = ""
    corrects_on: datetime.date | None = None
    language: str = "fr"
    voucher_cents: int = 0  # of the total, what the operator paid in the buyer's place
    voucher_by: str = ""
    paid_how: str = ""  # of a service: a key of PaidHow; "" was paid on the shop
    due_on: datetime.date | None = None  # of a service paid by transfer
    iban: str = ""  # where it is, or was, paid by transfer
    card_cents: int = 0  # of the total, what a gift card paid: a means of payment
    paid_by: str = ""  # of a sale: a key of PaidBy; "" on papers of before it was kept: online
    is_correction: bool = False  # a credit note that makes way for a new invoice: no money moves

    @property
    def total_cents(self) -> int:
        return sum(line.cents for line in self.lines)

    @property
    def net_cents(self) -> int:
        return sum(tax.net_cents for tax in self.taxes)

    @property
    def vat_cents(self) -> int:
        return sum(tax.vat_cents for tax in self.taxes)

    @property
    def is_credit_note(self) -> bool:
        return self.kind == CREDIT_NOTE

    @property
    def is_to_pay(self) -> bool:
        """Whether something is left to pay when it is issued."""
        return self.due_on is not None and not self.is_credit_note

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold: days as `2026-11-26`."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


def document_from(data: dict[str, Any]) -> Document:
    """The opposite of `as_json`. Signs that no paper and no XML can hold, kept in the data, are left out."""
    data = seen_all(data)
    days = {key: datetime.date.fromisoformat(data[key]) for key in _DAYS if data.get(key)}
    values: dict[str, Any] = {key: data[key] for key in _TEXTS} | days
    return Document(
        **values,
        seller=Party(**data["seller"]),
        buyer=Party(**data["buyer"]),
        delivery=Party(**data["delivery"]) if data.get("delivery") else None,
        lines=tuple(Line(**line) for line in data["lines"]),
        taxes=tuple(Tax(**tax) for tax in data["taxes"]),
        voucher_cents=data.get("voucher_cents", 0),
        voucher_by=data.get("voucher_by", ""),
        paid_how=data.get("paid_how", ""),
        iban=data.get("iban", ""),
        card_cents=data.get("card_cents", 0),
        paid_by=data.get("paid_by", ""),
        is_correction=data.get("is_correction", False),
    )


_TEXTS = ("kind", "number", "regime", "mention", "made_by", "order", "reason", "corrects", "language")
_DAYS = ("issued_on", "paid_on", "corrects_on", "due_on")
_PARTY = frozenset(field.name for field in fields(Party))


def party_from(data: dict[str, Any]) -> Party:
    """A party as another room told it; what it does not know is left out."""
    return Party(**{key: str(value) for key, value in data.items() if key in _PARTY})


def vat_number_of(siren: str) -> str:
    """The French VAT number of a SIREN (CGI annex III, art. R 58-ter): its key is computed; "" without one."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}" if len(siren) == 9 and siren.isdigit() else ""
