"""The embedded carrier: it behaves like a real one, without a contract, so that everything can be tried.

What happens to a parcel is computed from its number and the clock alone: the same question has the same answer, on any
machine. Words in the receiver's address choose its fate (docs/carriers.md): `perdue`, `retard`, `refus`, `inconnue`,
`panne`. Its relay points stand in every commune of the reference data.
"""

import datetime
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.network.queries.places import communes_of
from rebond.warehouse.carriers.contract import (
    AddressRefused,
    CredentialsRefused,
    Event,
    Kind,
    Label,
    Listed,
    Point,
    PointRefused,
    Proof,
    Rate,
    Secret,
    ServiceDown,
    ShipmentRefused,
    Step,
    Wanted,
    WeightRefused,
)
from rebond.warehouse.carriers.papers import draw_label

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
MOST_G = 30_000
STEPS_OF_PRICE = {"relay": ((500, 390), (1_000, 450), (3_000, 650), (10_000, 1_090), (30_000, 1_890))}
HOME_PRICE = ((500, 590), (1_000, 790), (3_000, 1_050), (10_000, 1_690), (30_000, 2_890))
SHOPS = ("Tabac du Pont", "Épicerie de la Gare", "Presse du Marché", "Librairie du Coin", "Fleurs et Compagnie")
FATES = {"perdue": "L", "retard": "T", "refus": "X"}
# Hours after the label, by fate, then by how it is handed over.
BEGINS = ((Step.ANNOUNCED, 0), (Step.TAKEN, 6), (Step.MOVING, 20))
AFTER: dict[tuple[str, str], tuple[tuple[Step, int], ...]] = {
    ("D", "R"): ((Step.AT_POINT, 44), (Step.DELIVERED, 70)),
    ("D", "H"): ((Step.OUT, 40), (Step.DELIVERED, 44)),
    ("T", "R"): ((Step.DELAYED, 40), (Step.AT_POINT, 8 * 24), (Step.DELIVERED, 9 * 24)),
    ("T", "H"): ((Step.DELAYED, 40), (Step.MISSED, 8 * 24), (Step.DELIVERED, 9 * 24)),
    ("X", "R"): ((Step.AT_POINT, 44), (Step.REFUSED, 16 * 24), (Step.RETURNING, 17 * 24), (Step.RETURNED, 19 * 24)),
    ("X", "H"): ((Step.REFUSED, 44), (Step.RETURNING, 60), (Step.RETURNED, 110)),
    ("L", "R"): ((Step.LOST, 10 * 24),),
    ("L", "H"): ((Step.LOST, 10 * 24),),
}
TAKEN_AFTER = datetime.timedelta(hours=6)


def _base36(number: int, width: int) -> str:
    return "".join(DIGITS[number // 36**place % 36] for place in range(width - 1, -1, -1))


def _check(text: str) -> str:
    return DIGITS[sum((n + 1) * DIGITS.index(sign) for n, sign in enumerate(text)) % 36]


def make_number(wanted: Wanted, now: datetime.datetime) -> str:
    """13 signs: when, how it is handed over, its fate, four of its reference, a check sign."""
    words = _plain(wanted.receiver.address)
    fate = next((letter for word, letter in FATES.items() if word in words), "D")
    minutes = int((now - EPOCH).total_seconds() // 60)
    own = int.from_bytes(hashlib.sha256(wanted.reference.encode()).digest()[:8])
    text = f"T{_base36(minutes, 5)}{'R' if wanted.mode == 'relay' else 'H'}{fate}{_base36(own, 4)}"
    return text + _check(text)


def read_number(number: str) -> tuple[datetime.datetime, str, str]:
    """When it was made, how it is handed over, its fate. Raise ShipmentRefused for a number that is not ours."""
    is_ours = len(number) == 13 and number[0] == "T" and all(sign in DIGITS for sign in number)
    if not is_ours or _check(number[:-1]) != number[-1] or (number[7], number[6]) not in AFTER:
        raise ShipmentRefused(gettext_lazy("The carrier does not know this number."))
    return EPOCH + datetime.timedelta(minutes=int(number[1:6], 36)), number[6], number[7]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()


class TrialCarrier:
    """`secrets["key"]`: anything opens; `wrong` is refused, `panne` is a carrier that does not answer."""

    kind = Kind(
        key="test",
        label=gettext_lazy("Trial carrier"),
        words=gettext_lazy(
            "Invented: labels that nobody carries, parcels that move by the clock. To learn and to show."
        ),
        modes=frozenset({"relay", "home"}),
        secrets=(
            Secret("key", gettext_lazy("Key"), gettext_lazy("Any word; “wrong” is refused, “panne” never answers.")),
            Secret(
                "webhook",
                gettext_lazy("Secret of its messages"),
                gettext_lazy("What signs the messages that it sends by itself. Empty: it sends none."),
                is_required=False,
            ),
        ),
        has_tracking=True,
        has_points=True,
    )

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._key = secrets.get("key", "")

    def _open(self) -> None:
        if self._key == "panne":
            raise ServiceDown("trial")
        if self._key in {"", "wrong"}:
            raise CredentialsRefused

    def check(self) -> str:
        self._open()
        return _("It answers, and knows your key.")

    def rates(self, wanted: Wanted) -> list[Rate]:
        self._open()
        steps = STEPS_OF_PRICE.get(wanted.mode, HOME_PRICE)
        return [Rate(wanted.mode, up_to, cents) for up_to, cents in steps if up_to >= wanted.grams]

    def points(self, postal_code: str) -> list[Point]:
        self._open()
        communes = communes_of(postal_code)
        if not communes:
            raise AddressRefused("postal_code", gettext_lazy("This postal code does not exist."))
        made = []
        for n in range(min(len(SHOPS), 1 + communes[0].population // 4_000)):
            street = f"{3 + 8 * n} rue de la République"
            code, town = f"{communes[0].code}{n}", communes[0].name
            made.append(Point(code, SHOPS[n], street, postal_code, town, "Lun.–sam. 8 h – 19 h"))
        return made

    def label(self, wanted: Wanted, now: datetime.datetime) -> Label:
        self._open()
        words = _plain(wanted.receiver.address)
        if "panne" in words:
            raise ServiceDown("trial")
        _check_address(wanted)
        if wanted.grams > MOST_G:
            raise WeightRefused(MOST_G)
        if wanted.mode == "relay" and (not wanted.point or wanted.point.endswith("X")):
            raise PointRefused
        number = make_number(wanted, now)
        way = _("Pick-up point") if wanted.mode == "relay" else _("Home delivery")
        pdf, zpl = draw_label(self.kind, wanted, number, way=way, point=wanted.point)
        return Label(number, pdf, zpl, self.rates(wanted)[0].cents)

    def cancel(self, number: str, now: datetime.datetime) -> None:
        self._open()
        made_at, _hand, _fate = read_number(number)
        if now >= made_at + TAKEN_AFTER:
            raise ShipmentRefused(gettext_lazy("The carrier has this parcel already: its label cannot be cancelled."))

    def tracking(self, number: str, now: datetime.datetime) -> list[Event]:
        self._open()
        made_at, hand, fate = read_number(number)
        told = []
        for step, hours in (*BEGINS, *AFTER[fate, hand]):
            at = made_at + datetime.timedelta(hours=hours)
            if at <= now:
                told.append(Event(f"{number}-{step}", step, at, str(step.label)))
        return told

    def proof(self, number: str, now: datetime.datetime) -> Proof | None:
        done = [event for event in self.tracking(number, now) if event.step == Step.DELIVERED]
        if not done:
            return None
        day = timezone.localtime(done[0].at)
        return Proof(done[0].at, [_("Handed over against a signature"), f"{day:%d/%m/%Y %H:%M}", number])

    def manifest(self, parcels: Sequence[Listed], day: datetime.date) -> bytes:
        return b""


def _check_address(wanted: Wanted) -> None:
    """What every carrier asks of an address. Raise AddressRefused."""
    to = wanted.receiver
    if not to.name.strip():
        raise AddressRefused("name", gettext_lazy("The carrier needs the name of who receives it."))
    if not to.address.strip() or "inconnue" in _plain(to.address):
        raise AddressRefused(
            "address", gettext_lazy("The carrier does not find this street. Check the number and the name.")
        )
    if not communes_of(to.postal_code):
        raise AddressRefused("postal_code", gettext_lazy("This postal code does not exist."))
    if not to.city.strip():
        raise AddressRefused("city", gettext_lazy("The carrier needs the town."))
