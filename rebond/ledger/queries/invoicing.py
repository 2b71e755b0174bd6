"""What an invoice is made of: the issuer as it is that day, what is missing of it, lines and VAT of a sale."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from rebond.ledger.enums import InvoiceHeld, InvoiceKind
from rebond.ledger.invoicing import Document, Line, Party, Tax, Words, vat_number_of
from rebond.ledger.models import BilledSale, Invoice, InvoiceMandate, Sale, SaleLine
from rebond.ledger.splitting import given_back, share_out
from rebond.ledger.taxing import (
    CATEGORIES,
    WITH_NUMBER,
    by_rate,
    nets_of,
    part_given_back,
    rate_for,
    split_shipping,
    vat_in,
)
from rebond.network.models import Organisation
from rebond.network.queries.vat import regime_for


@dataclass(frozen=True, slots=True)
class Issuer:
    """The seller as printed, under which regime, by which mandate; `held` says what is missing (rules.md F7)."""

    party: Party
    regime: str
    mandate: InvoiceMandate | None
    held: tuple[str, ...]


def mandate_between(seller: Organisation, operator: Organisation) -> InvoiceMandate | None:
    """The mandate in force by which `operator` makes the invoices of `seller`."""
    return InvoiceMandate.objects.filter(seller=seller, operator=operator, ended_at__isnull=True).first()


def party_of(organisation: Organisation, regime: str) -> Party:
    """An organisation with the address of its seat (its main place, else the first with an address)."""
    site = organisation.sites.exclude(address="").order_by("-is_main", "pk").first()
    return Party(
        name=organisation.legal_name or organisation.name,
        address=site.address if site else "",
        postal_code=site.postal_code if site else "",
        city=site.city if site else "",
        siren=organisation.siren,
        vat_number=vat_number_of(organisation.siren) if regime in WITH_NUMBER else "",
        email=organisation.email,
        phone=organisation.phone,
        code=organisation.public_id,
    )


def issuer_of(seller: Organisation, operator: Organisation, day: datetime.date) -> Issuer:
    """What an invoice of that day says of the seller."""
    regime = regime_for(seller, day) or ""
    party, mandate = party_of(seller, regime), mandate_between(seller, operator)
    missing = (
        (InvoiceHeld.NO_MANDATE, mandate is None and seller.pk != operator.pk),
        (InvoiceHeld.NO_REGIME, not regime),
        (InvoiceHeld.NO_SIREN, not party.siren),
        (InvoiceHeld.NO_ADDRESS, not party.address),
    )
    return Issuer(party, regime, mandate, tuple(key.value for key, is_missing in missing if is_missing))


def made_by(seller: Organisation, operator: Organisation) -> str:
    """The law's words where the operator makes the seller's invoice (rules.md F7): French in every language."""
    if seller.pk == operator.pk:
        return ""
    names = [organisation.legal_name or organisation.name for organisation in (operator, seller)]
    return f"Facture établie par {names[0]} au nom et pour le compte de {names[1]}"


def invoice_of(sale: Sale) -> Invoice | None:
    """The invoice of a sale that counts: the one that no other replaces."""
    rows = Invoice.objects.filter(sale=sale, kind=InvoiceKind.INVOICE, replaced_by__isnull=True)
    found: Invoice | None = rows.order_by("-pk").first()
    return found


@dataclass(frozen=True, slots=True)
class Rated:
    """A part of a line of the sale under one rate."""

    row: SaleLine
    cents: int
    bp: int


def rated_lines(sale: Sale, regime: str, left: dict[str, int] | None = None) -> list[Rated]:
    """The lines of a sale by rate; shipping is cut by the rates of what it carries. `left`: cents by key of line."""
    rows = list(sale.lines.order_by("number"))
    cents = {row.key: row.cents if left is None else left.get(row.key, 0) for row in rows}
    found: list[Rated] = []
    goods: dict[int, int] = defaultdict(int)
    for row in rows:
        if not row.is_shipping and cents[row.key]:
            bp = rate_for(regime, row.category, sale.on)
            goods[bp] += cents[row.key]
            found.append(Rated(row, cents[row.key], bp))
    for row in rows:
        if row.is_shipping and cents[row.key]:
            carried = goods or {rate_for(regime, "", sale.on): 1}
            found += [Rated(row, part, bp) for bp, part in split_shipping(cents[row.key], carried).items()]
    return found


def lines_of(rated: list[Rated], billing: BilledSale) -> list[Line]:
    """The lines as printed, with what the shop said of each."""
    nets = nets_of([(part.cents, part.bp) for part in rated])
    said = [Words(**billing.words.get(part.row.key, {})) for part in rated]
    return [_line(part, net, words) for part, net, words in zip(rated, nets, said, strict=True)]


def _line(part: Rated, net: int, words: Words) -> Line:
    is_whole = part.cents == part.row.cents and not part.row.is_shipping  # of what is left, no reduction is told
    before = words.before_cents if is_whole and words.before_cents > part.cents else 0
    return Line(
        key=part.row.key,
        label=_("Delivery") if part.row.is_shipping else words.label or part.row.label or part.row.key,
        code=words.code,
        quantity=words.quantity,
        cents=part.cents,
        net_cents=net,
        vat_bp=part.bp,
        before_cents=before,
        before_net_cents=before - vat_in(before, part.bp) if before else 0,
        is_shipping=part.row.is_shipping,
    )


def taxes_of(lines: list[Line], regime: str) -> tuple[Tax, ...]:
    """The VAT for each rate of the lines."""
    category = CATEGORIES[regime][0]
    rates = by_rate([(line.cents, line.net_cents, line.vat_bp) for line in lines])
    return tuple(Tax(category=category, vat_bp=bp, net_cents=net, vat_cents=vat) for bp, (net, vat) in rates.items())


def credited_of(invoice: Invoice) -> dict[tuple[str, int], int]:
    """Cents that credit notes have given back of an invoice, by (key of line, rate)."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for note in invoice.credit_notes.order_by("pk"):
        for line in note.document.lines:
            found[line.key, line.vat_bp] += line.cents
    return found


def lines_given_back(document: Document, credited: dict[tuple[str, int], int], wanted: dict[str, int]) -> list[Line]:
    """The lines of a credit note that gives back `wanted` cents by key, after `credited`.

    What many credit notes give back of an invoice adds up to it: each line, and the VAT of each rate.
    """
    parts: list[tuple[Line, int]] = []
    for key, cents in wanted.items():
        rows = [line for line in document.lines if line.key == key]
        before = sum(credited.get((row.key, row.vat_bp), 0) for row in rows)
        backs = part_given_back([row.cents for row in rows], before, before + cents)
        parts += [(row, back) for row, back in zip(rows, backs, strict=True) if back]
    nets: dict[int, int] = {}
    for tax in document.taxes:
        numbers = [n for n, (row, _back) in enumerate(parts) if row.vat_bp == tax.vat_bp]
        prices = [parts[n][1] for n in numbers]
        before = sum(cents for (_key, bp), cents in credited.items() if bp == tax.vat_bp)
        vat = given_back(tax.vat_cents, tax.net_cents + tax.vat_cents, before, before + sum(prices))
        nets |= dict(zip(numbers, share_out(vat, prices), strict=True)) if prices else {}
    return [
        replace(row, cents=back, net_cents=back - nets[n], quantity=1, before_cents=0, before_net_cents=0)
        for n, (row, back) in enumerate(parts)
    ]
