"""What the rooms above tell the books: plain values. A subject is (kind, public id, printed label), as in the journal.

The same key is the same event: told again it has one effect, told with other amounts it is refused (EventDiffers).
All amounts are cents of euros, taxes included.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from rebond.ledger.enums import SaleKind
from rebond.network.models import Organisation

SHIPPING_KEY = "shipping"


def shipping_key(by: Organisation | None = None) -> str:
    """The key of a sale's line of delivery: the seller's own, or what `by` carries and has (decision 56)."""
    return SHIPPING_KEY if by is None else f"{SHIPPING_KEY}:{by.public_id}"


def is_shipping(key: str) -> bool:
    """Whether a line of a sale is delivery, whoever has it."""
    return key.partition(":")[0] == SHIPPING_KEY


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about, as it will be printed."""

    kind: str
    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """One object of a sale. `key` is unique in the sale; `category` is the catalogue's path (`home/chairs`).

    `cents` is the seller's price; the operator pays `voucher_cents` of it in the buyer's place.
    """

    key: str
    cents: int
    voucher_cents: int = 0
    label: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """Delivery that another organisation than the seller carries and has: the operator, or whose site it leaves."""

    by: Organisation
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleEvent:
    """One seller's part of a paid order: `key` is the seller order's public id.

    `operator` None: the one of the agreement in force, else the network's own. The seller has `shipping_cents`, others
    what they `carried`, each once. `gift_cents` of the total were paid with gift cards of `issuer`.
    """

    key: str
    seller: Organisation
    subject: Subject
    lines: tuple[SoldLine, ...]
    shipping_cents: int = 0
    carried: tuple[Carried, ...] = ()
    kind: str = SaleKind.ONLINE
    gift_cents: int = 0
    issuer: Organisation | None = None
    operator: Organisation | None = None

    @property
    def total_cents(self) -> int:
        return sum(line.cents for line in self.lines) + self.shipping_cents + sum(one.cents for one in self.carried)

    @property
    def voucher_cents(self) -> int:
        """Of the total, what the operator pays in the buyer's place: a voucher of the network."""
        return sum(line.voucher_cents for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundEvent:
    """`cents` by key of line (what another carried: `shipping_key`), the seller's own `shipping_cents` beside them.

    `gift_cents` of it go back to the gift card. All of it goes back to the buyer: what a voucher of the network paid
    of these lines comes back beside it.
    """

    key: str
    sale_key: str
    cents: dict[str, int] = field(default_factory=dict)
    shipping_cents: int = 0
    gift_cents: int = 0
    reason: str = ""
    subject: Subject | None = None

    @property
    def wanted(self) -> dict[str, int]:
        """Cents by key of line, the shipping among them, without zeros."""
        shipping = {SHIPPING_KEY: self.shipping_cents} if self.shipping_cents else {}
        return {key: cents for key, cents in self.cents.items() if cents} | shipping


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountEvent:
    """One amount between two accounts: a gesture, a surcharge, a round-up, a gift card, a fee of the provider.

    `owner` bears it (gesture, surcharge: a seller, or the operator) or receives it (round-up: the fund; gift card:
    its issuer); None is the operator.
    """

    key: str
    cents: int
    subject: Subject
    owner: Organisation | None = None
    reason: str = ""
    operator: Organisation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeEvent:
    """A buyer's bank takes `cents` of a sale back, and decides later."""

    key: str
    sale_key: str
    cents: int
    subject: Subject
    reason: str = ""


def digest_of(event: Any) -> str:
    """Fingerprint of what an event says in keys and amounts; labels and reasons may change between two tellings."""
    told = {f.name: getattr(event, f.name) for f in fields(event) if f.name != "reason"}
    if "carried" in told:
        told["shipping_by"] = told.pop("carried") or None  # as it was told when nobody else carried
    return hashlib.sha256(json.dumps(told, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Organisation):
        return value.public_id
    if isinstance(value, Subject):
        return [value.kind, value.id]
    if isinstance(value, Carried):
        return [value.by.public_id, value.cents]
    said = asdict(value)
    said.pop("label", None)
    if not said.get("voucher_cents"):
        said.pop("voucher_cents", None)  # as it was told before there were vouchers
    return said
