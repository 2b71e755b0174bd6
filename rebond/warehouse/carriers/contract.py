"""What a carrier does for us, whoever it is: prices, pick-up points, labels, tracking (commerce.md 6, point 14).

Weights are grams, money is cents all taxes included, moments know their zone. A connector speaks to its carrier and to
nothing of ours: who calls it holds no lock, and may be told to come back (`ServiceDown`).
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CarrierError(Exception):
    """Base of what a carrier refuses. `str()` is a sentence for the person at the desk."""

    message: Promise | str = _("The carrier refused this parcel.")

    def __str__(self) -> str:
        return str(self.message)


class AddressRefused(CarrierError):  # noqa: N818 -- named by what happened
    """`field` is one of `Address`; the message says what to write."""

    def __init__(self, field: str, message: Promise | str) -> None:
        super().__init__(field, message)
        self.field, self.message = field, message


class WeightRefused(CarrierError):  # noqa: N818 -- named by what happened
    """`limit_g` is the heaviest that the carrier takes."""

    def __init__(self, limit_g: int) -> None:
        super().__init__(limit_g)
        self.limit_g = limit_g

    def __str__(self) -> str:
        return str(_("This carrier takes %(kg)s kg at most. Make two parcels, or choose another one.")) % {
            "kg": f"{self.limit_g / 1000:g}".replace(".", ",")
        }


class PointRefused(CarrierError):  # noqa: N818 -- named by what happened
    message = _("This pick-up point takes no parcel any more. Choose another one with the buyer.")


class ShipmentRefused(CarrierError):  # noqa: N818 -- named by what happened
    """Anything else; the message is the carrier's, in our words."""

    def __init__(self, message: Promise | str) -> None:
        super().__init__(message)
        self.message = message


class CredentialsRefused(CarrierError):  # noqa: N818 -- named by what happened
    message = _("The carrier does not know these credentials. Whoever runs your organisation checks them.")


class ServiceDown(CarrierError):  # noqa: N818 -- named by what happened
    """It does not answer, or answers what nobody understands: try again later. The message is for the health page."""

    message = _("The carrier does not answer.")

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Address:
    """In France. `name` is who sends or receives."""

    name: str
    address: str
    postal_code: str
    city: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parcel that wants a label. `reference` is ours: the same one twice is one parcel. `point`: of a relay."""

    reference: str
    mode: str
    grams: int
    sender: Address
    receiver: Address
    point: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A parcel of a list that is handed over. `receiver` is None but for a kind that asks it (`tells_receivers`)."""

    number: str
    order: str
    grams: int
    receiver: Address | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """`number` follows the parcel ("" where nothing does); `cents` what the carrier asks, None unknown."""

    number: str
    pdf: bytes
    zpl: bytes = b""
    cents: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """Up to `up_to_g` grams, `cents`."""

    mode: str
    up_to_g: int
    cents: int


@dataclass(frozen=True, slots=True)
class Point:
    """Where the carrier hands a parcel over."""

    code: str
    name: str
    address: str
    postal_code: str
    city: str
    hours: str = ""


class Step(models.TextChoices):
    """What happened to a parcel on its way."""

    ANNOUNCED = "announced", pgettext_lazy("tracking", "Label printed")
    TAKEN = "taken", pgettext_lazy("tracking", "Handed to the carrier")
    MOVING = "moving", pgettext_lazy("tracking", "On its way")
    DELAYED = "delayed", pgettext_lazy("tracking", "Delayed by the carrier")
    AT_POINT = "at_point", pgettext_lazy("tracking", "Waiting at the pick-up point")
    OUT = "out", pgettext_lazy("tracking", "Being delivered today")
    MISSED = "missed", pgettext_lazy("tracking", "Nobody was there")
    DELIVERED = "delivered", pgettext_lazy("tracking", "Delivered")
    REFUSED = "refused", pgettext_lazy("tracking", "Refused or never collected")
    RETURNING = "returning", pgettext_lazy("tracking", "On its way back to the sender")
    RETURNED = "returned", pgettext_lazy("tracking", "Back at the sender")
    LOST = "lost", pgettext_lazy("tracking", "Lost by the carrier")


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is the carrier's own, or made of what it says: the same event has the same one, whenever it is told."""

    id: str
    step: Step
    at: datetime.datetime
    words: str = ""  # the carrier's
    place: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a parcel was handed over: lines to read, as the carrier says them."""

    at: datetime.datetime
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Secret:
    """One credential of an account, asked on its form. `is_hidden`: never shown again once saved.

    `choices` (value, label): one of these and nothing else, the first where nobody chose.
    """

    key: str
    label: Promise | str
    help: Promise | str = ""
    is_hidden: bool = True
    is_required: bool = True
    choices: Sequence[tuple[str, Promise | str]] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a carrier before anybody has an account. `has_tracking`: it is asked where parcels are."""

    key: str
    label: Promise | str
    words: Promise | str
    modes: frozenset[str]
    secrets: Sequence[Secret] = field(default_factory=tuple)
    has_tracking: bool = False
    has_points: bool = False
    is_by_hand: bool = False  # nothing leaves our server: the parcel is followed by whoever carries it
    tells_receivers: bool = False  # its list says whom each parcel is for: they stay sealed as long as the label
    days: int = 4  # what the carrier usually takes: three more, and the parcel is late


class Carrier(Protocol):
    """Every method may raise CredentialsRefused and ServiceDown."""

    kind: Kind

    def __init__(self, secrets: Mapping[str, str]) -> None: ...

    def check(self) -> str:
        """Whether the credentials open the door: a sentence. Raise CredentialsRefused, ServiceDown."""
        ...

    def rates(self, wanted: Wanted) -> list[Rate]:
        """What it would cost, cheapest first; empty where the carrier tells no price."""
        ...

    def points(self, postal_code: str) -> list[Point]:
        """Pick-up points near a postal code, nearest first; empty where it has none. Raise AddressRefused."""
        ...

    def label(self, wanted: Wanted, now: datetime.datetime) -> Label:
        """A number and a paper. Raise AddressRefused, WeightRefused, PointRefused, ShipmentRefused."""
        ...

    def cancel(self, number: str, now: datetime.datetime) -> None:
        """The label is not used. Raise ShipmentRefused where it is too late."""
        ...

    def tracking(self, number: str, now: datetime.datetime) -> list[Event]:
        """All that happened so far, in any order."""
        ...

    def proof(self, number: str, now: datetime.datetime) -> Proof | None:
        """Of the hand-over; None before it, and where the carrier gives none."""
        ...

    def manifest(self, parcels: Sequence[Listed], day: datetime.date) -> bytes:
        """What the carrier wants to be given with the parcels of a day, as CSV; empty where our own paper is enough."""
        ...


def as_dict(wanted: Wanted) -> dict[str, Any]:
    """What `from_dict` reads: kept sealed while a label waits."""
    return {
        "reference": wanted.reference,
        "mode": wanted.mode,
        "grams": wanted.grams,
        "point": wanted.point,
        **{
            side: {name: getattr(getattr(wanted, side), name) for name in Address.__slots__}
            for side in ("sender", "receiver")
        },
    }


def from_dict(data: dict[str, Any]) -> Wanted:
    ends = {side: Address(**data[side]) for side in ("sender", "receiver")}
    return Wanted(**{**data, **ends})
