"""The price of carrying a parcel, from the tables of an agreement: weight, size, zone. Never express (rules.md A2).

What goes into one parcel is stacked: its length and its width are the largest of the objects', its height is the sum
of their smallest sides. An object whose measures are not known counts by its weight alone.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rebond.core.prepared import PreparedIn
from rebond.network.models import Agreement, CarriageStep
from rebond.network.queries.agreements import signed_on

OVERSEAS = ("97", "98")


@dataclass(frozen=True, slots=True)
class Load:
    """What is carried: grams, and the three sides in millimetres, the longest first (0 is not known)."""

    weight_g: int
    sides: tuple[int, int, int] = (0, 0, 0)


def stack(loads: Iterable[Load]) -> Load:
    """One parcel of several objects."""
    rows = list(loads)
    length, width = (max((row.sides[n] for row in rows), default=0) for n in (0, 1))
    height = sum(row.sides[2] for row in rows)
    longest, middle, smallest = sorted((length, width, height), reverse=True)
    return Load(sum(row.weight_g for row in rows), (longest, middle, smallest))


@dataclass(frozen=True, slots=True)
class Table:
    """One carrier's prices: `steps` are (grams, cents), the lightest first."""

    mode: str
    carrier: str
    steps: tuple[tuple[int, int], ...]
    zone: tuple[str, ...] = ()
    max_length_mm: int | None = None
    max_sum_mm: int | None = None

    def price(self, load: Load) -> int | None:
        """In cents; None for a parcel that the carrier does not take."""
        if self.max_length_mm is not None and load.sides[0] > self.max_length_mm:
            return None
        if self.max_sum_mm is not None and sum(load.sides) > self.max_sum_mm:
            return None
        return next((cents for up_to, cents in self.steps if load.weight_g <= up_to), None)

    @property
    def max_g(self) -> int:
        return self.steps[-1][0] if self.steps else 0

    def serves(self, postal_code: str) -> bool:
        """Whether the carrier goes there; a code that is not known yet is served."""
        if not postal_code:
            return True
        if self.zone:
            return postal_code.startswith(self.zone)
        return not postal_code.startswith(OVERSEAS)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one agreement: its tables, else the one price of a way (`flat`, by way, in cents)."""

    flat: Mapping[str, int]
    tables: tuple[Table, ...] = ()

    def of(self, mode: str) -> list[Table]:
        return [table for table in self.tables if table.mode == mode]

    def best(
        self, mode: str, load: Load, postal_code: str = "", among: Collection[str] | None = None
    ) -> tuple[int, str] | None:
        """The lowest price of a way and its carrier ("" for a flat price); None where nobody carries it there.

        `among` leaves the carriers of that name only, and no flat price.
        """
        tables = [table for table in self.of(mode) if among is None or table.carrier in among]
        if not self.of(mode) and among is None:
            is_far = postal_code.startswith(OVERSEAS)
            return (self.flat[mode], "") if mode in self.flat and not is_far else None
        found = [(table.price(load), table.carrier) for table in tables if table.serves(postal_code)]
        return min(((cents, carrier) for cents, carrier in found if cents is not None), default=None)

    def names(self, mode: str, postal_code: str) -> bool:
        """Whether a table of this way has a zone with this postal code in it: going everywhere names none."""
        return any(table.zone and postal_code.startswith(table.zone) for table in self.of(mode))

    def limit_g(self, mode: str) -> int | None:
        """The heaviest parcel of a way; None where there is no table."""
        return max((table.max_g for table in self.of(mode)), default=None)


NO_TARIFF = Tariff({})


def flat_of(agreement: Agreement) -> dict[str, int]:
    """The agreement's own prices, by way: what it asks of any parcel where no table says better."""
    prices: dict[str, Any] = agreement.shipping
    return {key.removesuffix("_cents"): cents for key, cents in prices.items() if cents is not None}


def _tables(steps: Iterable[CarriageStep]) -> dict[int, list[Table]]:
    """By agreement."""
    rows: dict[int, list[CarriageStep]] = {}
    for step in steps:
        rows.setdefault(step.carriage_id, []).append(step)
    found: dict[int, list[Table]] = {}
    for many in rows.values():
        of = many[0].carriage
        table = Table(
            mode=of.mode,
            carrier=of.carrier,
            steps=tuple((step.up_to_g, step.cents) for step in many),
            zone=tuple(of.zone),
            max_length_mm=of.max_length_mm,
            max_sum_mm=of.max_sum_mm,
        )
        found.setdefault(of.agreement_id, []).append(table)
    return found


_AGREEMENTS: PreparedIn[Agreement] = PreparedIn(
    lambda ids, day: signed_on(day).filter(organisation__in=ids).order_by("starts_on", "pk"), datetime.date(1900, 1, 1)
)
_STEPS: PreparedIn[CarriageStep] = PreparedIn(
    lambda ids: (
        CarriageStep.objects.filter(carriage__agreement__in=ids)
        .select_related("carriage")
        .order_by("carriage_id", "up_to_g")
    )
)


def tariffs_for(organisation_ids: Iterable[int], day: datetime.date) -> dict[int, Tariff]:
    """The prices in force that day, by organisation, in two queries; those without an agreement are absent."""
    newest = {row.organisation_id: row for row in _AGREEMENTS.run(organisation_ids, day)}
    tables = _tables(_STEPS.run(row.pk for row in newest.values()))
    return {key: Tariff(flat_of(row), tuple(tables.get(row.pk, ()))) for key, row in newest.items()}
