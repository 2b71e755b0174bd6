"""Ways without a carrier's computer: our own round, a counter, a stamp, a cooperative that is given a list.

They are kinds like the others: a label of our own, a number where somebody follows it, no door to knock at.
"""

import datetime
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.core.exports import Column, csv_lines
from rebond.core.ids import repeated_id
from rebond.warehouse.carriers.contract import (
    AddressRefused,
    Event,
    Kind,
    Label,
    Listed,
    Point,
    Proof,
    Rate,
    Secret,
    Wanted,
    WeightRefused,
)
from rebond.warehouse.carriers.papers import draw_label


class HandCarrier:
    """What the four have in common. Nothing answers: the parcel is followed by who carries it, or by nobody."""

    kind: Kind
    most_g = 100_000
    has_number = True

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets

    def check(self) -> str:
        return _("Nothing to connect to: it is ready.")

    def rates(self, wanted: Wanted) -> list[Rate]:
        return []

    def points(self, postal_code: str) -> list[Point]:
        return []

    def label(self, wanted: Wanted, now: datetime.datetime) -> Label:
        if wanted.mode != "pickup" and not (wanted.receiver.address.strip() and wanted.receiver.postal_code.strip()):
            raise AddressRefused("address", gettext_lazy("Somebody has to find it: write the whole address."))
        if wanted.grams > self.most_g:
            raise WeightRefused(self.most_g)
        number = repeated_id(self.kind.key, wanted.reference, now.isoformat())[:10].upper() if self.has_number else ""
        pdf, zpl = draw_label(self.kind, wanted, number)
        return Label(number, pdf, zpl)

    def cancel(self, number: str, now: datetime.datetime) -> None:
        return None

    def tracking(self, number: str, now: datetime.datetime) -> list[Event]:
        return []

    def proof(self, number: str, now: datetime.datetime) -> Proof | None:
        return None

    def manifest(self, parcels: Sequence[Listed], day: datetime.date) -> bytes:
        return b""


class OwnDelivery(HandCarrier):
    kind = Kind(
        key="own",
        label=gettext_lazy("Our own round"),
        words=gettext_lazy("You bring it yourselves: by van, by cargo bike, on foot."),
        modes=frozenset({"local", "home"}),
        is_by_hand=True,
    )


class Collection(HandCarrier):
    kind = Kind(
        key="collection",
        label=gettext_lazy("Collected at our place"),
        words=gettext_lazy("The buyer comes: the label tells the parcel on the shelf."),
        modes=frozenset({"pickup"}),
        is_by_hand=True,
    )


class StampedLetter(HandCarrier):
    """Two kilograms at most and three centimetres thick: what the post takes in a letter box."""

    kind = Kind(
        key="letter",
        label=gettext_lazy("Stamped letter"),
        words=gettext_lazy("A stamp and a letter box: 2 kg and 3 cm thick at most, nobody follows it."),
        modes=frozenset({"home"}),
        is_by_hand=True,
    )
    most_g = 2_000
    has_number = False


class Cooperative(HandCarrier):
    """A cargo-bike cooperative: it gets the list of a day as CSV, and tells what happened by signed messages."""

    kind = Kind(
        key="plain",
        label=gettext_lazy("Delivery cooperative"),
        words=gettext_lazy("Cargo bikes near you: they get the list of the day, and may tell us what happened."),
        modes=frozenset({"home", "local"}),
        secrets=(
            Secret(
                "webhook",
                gettext_lazy("Secret of its messages"),
                gettext_lazy("What signs the messages that it sends by itself. Empty: it sends none."),
                is_required=False,
            ),
        ),
        is_by_hand=True,
        tells_receivers=True,
    )

    def manifest(self, parcels: Sequence[Listed], day: datetime.date) -> bytes:
        """A line a parcel: whom it is for, where, how heavy. A text that a spreadsheet would run is written as text."""
        columns = [Column("day", lambda _one: day, "date"), *LISTED]
        return b"".join(csv_lines(parcels, columns))


# Titles are read by machines: they do not change with the reader's language.
LISTED = [
    Column("number", "number"),
    Column("order", "order"),
    Column("name", "receiver.name"),
    Column("address", "receiver.address"),
    Column("postal_code", "receiver.postal_code"),
    Column("city", "receiver.city"),
    Column("phone", "receiver.phone"),
    Column("grams", "grams", "number"),
]
