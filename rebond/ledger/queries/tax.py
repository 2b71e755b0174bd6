"""Who is declared to the tax office for a year, what of, and what is missing for it (rules.md F5)."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import ExtractQuarter
from django.utils import timezone

from rebond.core.dates import midnight
from rebond.ledger.dac7 import Declared, Platform
from rebond.ledger.enums import AccountKind, TaxMissing
from rebond.ledger.invoicing import vat_number_of
from rebond.ledger.models import Account, FeeLine, Sale, SaleLine, SoldCount, TaxFile
from rebond.ledger.queries.invoicing import party_of
from rebond.ledger.splitting import half_up
from rebond.ledger.taxing import WITH_NUMBER
from rebond.network.enums import AttributeKind, LegalForm
from rebond.network.models import Organisation, OrganisationAttribute, Site
from rebond.network.queries.vat import regime_for

# A seller with fewer sales than this and no more than this in a year is not declared.
MANY_SALES = 30
SMALL_CENTS = 200_000
REFRESHED_EVERY = datetime.timedelta(days=3 * 365 + 1)  # 36 months
HELD_AFTER = datetime.timedelta(days=60)


def is_small(sales: int, cents: int) -> bool:
    """Fewer than 30 sales **and** 2 000 € at most in the year: the seller is not declared (rules.md F5, vector 22)."""
    return sales < MANY_SALES and cents <= SMALL_CENTS


def _zeros() -> list[int]:
    return [0, 0, 0, 0]


@dataclass(slots=True)
class SoldYear:
    """A seller's year by quarter: sales that stand, their price less what was given back, the fees left of it.

    A sale belongs to the quarter in which it was paid, whenever part of it is given back; one given back whole is none.
    """

    sales: list[int] = field(default_factory=_zeros)
    gross: list[int] = field(default_factory=_zeros)
    fees: list[int] = field(default_factory=_zeros)

    @property
    def cents(self) -> list[int]:
        """The consideration of the directive: what comes to the seller, net of fees; never below zero."""
        return [max(gross - fees, 0) for gross, fees in zip(self.gross, self.fees, strict=True)]

    @property
    def is_small(self) -> bool:
        return is_small(sum(self.sales), sum(self.cents))


def years_sold(operator: Organisation, year: int) -> dict[int, SoldYear]:
    """What each seller sold in a year in the operator's books, by the seller's key. Five queries for any number.

    Who only carried another's sale (decision 56) did one operation: the delivery that stands.
    """
    found: dict[int, SoldYear] = defaultdict(SoldYear)
    sales = Sale.objects.filter(operator=operator, on__range=(datetime.date(year, 1, 1), datetime.date(year, 12, 31)))
    standing = sales.filter(refunded_cents__lt=F("total_cents")).order_by().annotate(q=ExtractQuarter("on"))
    for seller, quarter, number in standing.values_list("seller_id", "q").annotate(n=Count("pk")):
        found[seller].sales[quarter - 1] = number
    for carrier, quarter, number in _carried(sales):
        found[carrier].sales[quarter - 1] += number
    lines = SaleLine.objects.filter(sale__in=sales, account__kind=AccountKind.SELLER).order_by()
    lines = lines.annotate(q=ExtractQuarter("sale__on"))
    left = Sum(F("cents") - F("refunded_cents"))
    for owner, quarter, cents in lines.values_list("account__owner_id", "q").annotate(left=left):
        found[owner].gross[quarter - 1] = cents
    fees = FeeLine.objects.filter(line__sale__in=sales, payer__kind=AccountKind.SELLER).order_by()
    fees = fees.annotate(q=ExtractQuarter("line__sale__on"))
    for owner, quarter, total in fees.values_list("payer__owner_id", "q").annotate(total=Sum("cents")):
        found[owner].fees[quarter - 1] = total
    back = fees.filter(is_refunded=True, line__refunded_cents__gt=0).order_by("pk")
    names = ("payer__owner_id", "q", "cents", "line__refunded_cents", "line__cents")
    for owner, quarter, cents, refunded, price in back.values_list(*names).iterator(chunk_size=2_000):
        found[owner].fees[quarter - 1] -= half_up(cents, refunded, price)
    return dict(found)


def _carried(sales: "QuerySet[Sale]") -> Iterable[tuple[int, int, int]]:
    """(who carried, quarter, number) of the sales of others whose delivery it has, where it was not given back whole.

    Each has one such line in a sale.
    """
    kept = delivered_by_others().filter(sale__in=sales, refunded_cents__lt=F("cents"))
    rows = kept.annotate(q=ExtractQuarter("sale__on"))
    return rows.values_list("account__owner_id", "q").annotate(n=Count("pk"))


def delivered_by_others() -> "QuerySet[SaleLine]":
    """The lines of delivery that another organisation than their sale's seller has (decision 56)."""
    rows = SaleLine.objects.filter(is_shipping=True, account__kind=AccountKind.SELLER)
    return rows.exclude(sale__seller=F("account__owner")).order_by()


def sellers_since(day: datetime.date) -> set[int]:
    """Keys of the organisations that sold, or carried what another sold, since a day."""
    sold = Sale.objects.filter(on__gte=day).order_by().values_list("seller_id", flat=True).distinct()
    carried = delivered_by_others().filter(sale__on__gte=day).values_list("account__owner_id", flat=True).distinct()
    return {*sold, *carried}


@dataclass(frozen=True, slots=True)
class Counted:
    """A year as it was counted last, and when."""

    at: datetime.datetime
    sold: dict[int, SoldYear]


def last_count(operator: Organisation, year: int) -> Counted | None:
    """What the last count of the year found; None where nobody counted it yet. One query for any number of sales."""
    row = SoldCount.objects.filter(operator=operator, year=year).first()
    return Counted(row.counted_at, {int(key): SoldYear(*lists) for key, lists in row.sold.items()}) if row else None


def public_bodies(sellers: Iterable[int], day: datetime.date) -> set[int]:
    """Those that are never declared: public bodies (listed companies do not sell here)."""
    rows = OrganisationAttribute.objects.filter(kind=AttributeKind.LEGAL_FORM, value=LegalForm.PUBLIC_BODY)
    return set(rows.in_force(day).filter(organisation__in=sellers).values_list("organisation_id", flat=True))


def missing_of(file: TaxFile | None, today: datetime.date | None = None) -> list[str]:
    """Keys of TaxMissing: what a seller's data lack, or that they are to be confirmed (36 months)."""
    if file is None or file.given_at is None:
        return [TaxMissing.NOT_GIVEN.value]
    today = today or timezone.localdate()
    lacks = (
        (TaxMissing.NAME, not file.legal_name),
        (TaxMissing.ADDRESS, not (file.address and file.city)),
        (TaxMissing.NUMBER, not file.tax_number),
        (TaxMissing.ACCOUNT, not file.iban_end),
        (TaxMissing.TOO_OLD, timezone.localdate(file.given_at) + REFRESHED_EVERY <= today),
    )
    return [key.value for key, is_missing in lacks if is_missing]


def missing_words(keys: Iterable[str]) -> list[str]:
    """The keys in words."""
    return [str(TaxMissing(key).label) for key in keys]


def held_for_tax(owners: Iterable[int], day: datetime.date) -> set[int]:
    """Organisations whose payouts wait: two reminders went unanswered and sixty days have passed (rules.md F5)."""
    rows = TaxFile.objects.filter(organisation_id__in=owners, reminded_again_at__isnull=False)
    asked = rows.filter(asked_at__lt=midnight(day - HELD_AFTER + datetime.timedelta(days=1)))
    return set(asked.order_by("pk").values_list("organisation_id", flat=True))


@dataclass(slots=True)
class TaxRow:
    """A seller of the year at the desk."""

    seller: Organisation
    sold: SoldYear
    file: TaxFile | None
    is_public: bool
    missing: list[str]

    @property
    def sales(self) -> int:
        return sum(self.sold.sales)

    @property
    def cents(self) -> int:
        return sum(self.sold.cents)

    @property
    def fees(self) -> int:
        return sum(self.sold.fees)

    @property
    def is_declared(self) -> bool:
        return not self.is_public and not self.sold.is_small

    @property
    def is_verified(self) -> bool:
        return self.file is not None and self.file.verified_at is not None


def rows_of(
    operator: Organisation, year: int, *, today: datetime.date | None = None, counted: Counted | None = None
) -> list[TaxRow]:
    """The sellers of a year, those that are declared first, then the largest. A handful of queries.

    What they sold is that of `counted`, else counted now: seconds for 100,000 sales.
    """
    sold = years_sold(operator, year) if counted is None else counted.sold
    public = public_bodies(sold, datetime.date(year, 12, 31))
    files = {row.organisation_id: row for row in TaxFile.objects.filter(organisation__in=sold).order_by("pk")}
    sellers = Organisation.objects.filter(pk__in=sold).order_by("pk")
    rows = [
        TaxRow(seller, sold[seller.pk], file := files.get(seller.pk), seller.pk in public, missing_of(file, today))
        for seller in sellers
    ]
    return sorted(rows, key=lambda row: (not row.is_declared, -row.cents, row.seller.pk))


def seats_of(sellers: Iterable[Organisation]) -> dict[int, Site]:
    """The seat of each: its main place, else the first with an address."""
    rows = Site.objects.filter(organisation__in=sellers).exclude(address="").order_by("is_main", "-pk")
    return {site.organisation_id: site for site in rows}


def known_of(organisation: Organisation) -> dict[str, Any]:
    """What the network already knows of an organisation, to begin its tax data with."""
    regime = regime_for(organisation, timezone.localdate()) or ""
    party = party_of(organisation, regime)
    return {
        "legal_name": party.name,
        "address": party.address,
        "postal_code": party.postal_code,
        "city": party.city,
        "country": party.country,
        "tax_number": party.siren,
        "register_number": party.siren,
        "vat_number": party.vat_number,
    }


def declared_of(row: TaxRow, seat: Site | None) -> Declared:
    """What is said of a seller: its own data, else what the network knows."""
    file, seller = row.file if row.file is not None and row.file.given_at else None, row.seller
    address = (file.address, file.postal_code, file.city) if file else _place(seat)
    return Declared(
        name=(file.legal_name if file else "") or seller.legal_name or seller.name,
        address=address[0],
        postal_code=address[1],
        city=address[2],
        country=file.country if file else "FR",
        tax_number=(file.tax_number if file else "") or seller.siren,
        register_number=(file.register_number if file else "") or seller.siren,
        vat_number=file.vat_number if file else "",
        establishments=tuple(file.establishments) if file else (),
        account_holder=file.account_holder if file else "",
        iban_end=file.iban_end if file else "",
        sales=tuple(row.sold.sales),
        cents=tuple(row.sold.cents),
        fees=tuple(row.sold.fees),
    )


def _place(seat: Site | None) -> tuple[str, str, str]:
    return (seat.address, seat.postal_code, seat.city) if seat else ("", "", "")


def platform_of(operator: Organisation, *, is_known: bool) -> Platform:
    """The operator as the declaration names it."""
    regime = regime_for(operator, timezone.localdate()) or ""
    party = party_of(operator, regime)
    return Platform(
        name=party.name,
        trade_name=operator.name,
        address=party.address,
        postal_code=party.postal_code,
        city=party.city,
        siren=party.siren,
        vat_number=vat_number_of(party.siren) if regime in WITH_NUMBER else "",
        is_known=is_known,
    )


def asked_of(organisation: Organisation) -> TaxFile | None:
    """The organisation's tax data, where they were asked for and not given since: giving them ends the asking.

    Those that are confirmed again after 36 months were given before (rules.md F5).
    """
    return TaxFile.objects.filter(organisation=organisation, asked_at__isnull=False).first()


def to_verify(operator: Organisation) -> "QuerySet[TaxFile]":
    """Tax data given by sellers of the operator's books and not verified."""
    owners = Account.objects.filter(operator=operator, kind=AccountKind.SELLER).order_by().values("owner")
    return TaxFile.objects.filter(organisation__in=owners, given_at__isnull=False, verified_at__isnull=True)
