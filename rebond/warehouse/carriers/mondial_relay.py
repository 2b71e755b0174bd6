"""Mondial Relay by its public web service (SOAP, "Web Service" v5.7 of October 2020): points, labels, tracking.

Each request is signed by the MD5 of its values and of the private key, as the service asks: that is its own rule, no
secret of ours depends on it. Its texts are capitals without accents. A label is a PDF that it keeps at an address it
gives; we fetch it at once. It tells no price, cancels nothing and gives no proof: those are asked of its own site.
"""

import datetime
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.warehouse.carriers.contract import (
    Address,
    AddressRefused,
    CarrierError,
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
from rebond.warehouse.carriers.wire import PARIS, ask_soap, fields_xml, phone_digits, plain, rows_of, send, tag, text

NAMESPACE = "http://www.mondialrelay.fr/webservice/"
SERVICE = "/Web_Services.asmx"
MOST_G = 30_000
DAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")
# Answers (STAT) of the documentation, by what they speak of.
CREDENTIALS = frozenset({"1", "2", "3", "5", "7", "8", "95", "96", "97"})
DOWN = frozenset({"90", "92", "98", "99"})
POINT = frozenset({"11", "14", "70", "93"})
FIELDS = {"9": "city", "18": "city", "55": "city", "19": "postal_code", "40": "postal_code", "56": "postal_code",
          "17": "address", "51": "address", "53": "address", "54": "address", "50": "name", "58": "phone"}  # fmt: skip
SENDER = frozenset({"30", "31", "33", "34", "35", "36", "37", "38", "39"})
TRACKED = frozenset({"0", "80", "81", "82", "83"})
# Beginnings and pieces of what its tracking says, the first that fits.
WORDS = (
    ("PERDU", Step.LOST),
    ("RETOUR LIVRE", Step.RETURNED),
    ("RETOURNE A L'EXPEDITEUR", Step.RETURNED),
    ("RETOUR", Step.RETURNING),
    ("REFUS", Step.REFUSED),
    ("NON RECLAME", Step.REFUSED),
    ("LIVRE", Step.DELIVERED),
    ("DISPONIBLE", Step.AT_POINT),
    ("ABSEN", Step.MISSED),
    ("EN LIVRAISON", Step.OUT),
    ("EN COURS DE LIVRAISON", Step.OUT),
    ("RETARD", Step.DELAYED),
    ("RECEPTION DES DONNEES", Step.ANNOUNCED),
    ("PRISE EN CHARGE", Step.TAKEN),
    ("PRIS EN CHARGE", Step.TAKEN),
)


def capitals(words: str, most: int) -> str:
    """As the service wants its texts: capitals, no accents, letters, figures and `'.,-/_` only."""
    said = plain(words).upper()
    return re.sub(r" +", " ", re.sub(r"[^A-Z0-9_\-'., /]", " ", said)).strip()[:most].strip()


def signature(values: Sequence[str], key: str) -> str:
    """MD5 of all values and the key, in capitals (documentation, "MD5 Hash")."""
    return hashlib.md5("".join([*values, key]).encode(), usedforsecurity=False).hexdigest().upper()


class MondialRelay:
    """`brand` is the eight signs of the *enseigne*, `key` its private key."""

    kind = Kind(
        key="mondial_relay",
        label="Mondial Relay",
        words=gettext_lazy("Pick-up points and lockers all over France, with your own contract."),
        modes=frozenset({"relay"}),
        secrets=(
            Secret("brand", gettext_lazy("Brand code (enseigne)"), gettext_lazy("Eight signs."), is_hidden=False),
            Secret("key", gettext_lazy("Private key")),
        ),
        has_tracking=True,
        has_points=True,
        days=5,
    )

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._brand, self._key = secrets.get("brand", ""), secrets.get("key", "")

    def check(self) -> str:
        self.points("75001")
        return _("It answers, and knows your brand code and your key.")

    def rates(self, wanted: Wanted) -> list[Rate]:
        return []

    def points(self, postal_code: str) -> list[Point]:
        values = {"Enseigne": self._brand, "Pays": "FR", "CP": postal_code.strip()[:5], "NombreResultats": "20"}
        found = self._ask("WSI4_PointRelais_Recherche", values)
        self._refuse(text(found, "STAT"), {"0"})
        return [_point(row) for row in rows_of(found, "PointRelais_Details") if text(row, "Num")]

    def label(self, wanted: Wanted, now: datetime.datetime) -> Label:
        if wanted.grams > MOST_G:
            raise WeightRefused(MOST_G)
        if not wanted.point:
            raise PointRefused
        values = self._shipment(wanted)
        found = self._ask("WSI2_CreationEtiquette", values)
        self._refuse(text(found, "STAT"), {"0"})
        number, path = text(found, "ExpeditionNum"), text(found, "URL_Etiquette")
        if not number.isdecimal() or not path.startswith("/"):
            raise ServiceDown("label without a number")
        return Label(number, self._fetch(path))

    def cancel(self, number: str, now: datetime.datetime) -> None:
        """The service has no word for it: a label that is never handed over is never billed."""

    def tracking(self, number: str, now: datetime.datetime) -> list[Event]:
        values = {"Enseigne": self._brand, "Expedition": number, "Langue": "FR"}
        found = self._ask("WSI2_TracingColisDetaille", values)
        stat = text(found, "STAT")
        if stat == "94":  # not in its machines yet: the label was just made
            return []
        self._refuse(stat, TRACKED)
        rows = rows_of(found, "ret_WSI2_sub_TracingColisDetaille")
        return [event for row in rows if (event := _event(number, row)) is not None]

    def proof(self, number: str, now: datetime.datetime) -> Proof | None:
        return None

    def manifest(self, parcels: Sequence[Listed], day: datetime.date) -> bytes:
        return b""

    def _shipment(self, wanted: Wanted) -> dict[str, str]:
        values = {
            "Enseigne": self._brand,
            "ModeCol": "REL",
            "ModeLiv": "24R",
            "NDossier": re.sub(r"[^A-Z0-9_\-]", "", wanted.reference.upper())[:15],
        }
        values |= _end("Expe", wanted.sender) | _end("Dest", wanted.receiver)
        point = wanted.point.upper().removeprefix("FR-")
        return values | {
            "Poids": str(max(wanted.grams, 15)),
            "NbColis": "1",
            "CRT_Valeur": "0",
            "LIV_Rel_Pays": "FR",
            "LIV_Rel": point.zfill(6) if point.isdecimal() else point,
        }

    def _ask(self, name: str, values: dict[str, str]) -> Any:
        """The result element. Raise ServiceDown where nothing that can be read came back."""
        signed = values | {"Security": signature(list(values.values()), self._key)}
        inside = f'<{name} xmlns="{NAMESPACE}">{fields_xml(signed)}</{name}>'
        whole = ask_soap(f"{settings.MONDIAL_RELAY_API_URL}{SERVICE}", inside, action=f"{NAMESPACE}{name}")
        found = next((row for row in whole.iter() if tag(row) == f"{name}Result"), None)
        if found is None:
            raise ServiceDown("no result")
        return found

    def _fetch(self, path: str) -> bytes:
        made = send("GET", f"{settings.MONDIAL_RELAY_LABELS_URL}{path}").body
        if not made.startswith(b"%PDF-"):
            raise ServiceDown("label is no PDF")
        return made

    def _refuse(self, stat: str, right: set[str] | frozenset[str]) -> None:
        if stat not in right:
            raise _refusal(stat)


def _refusal(stat: str) -> CarrierError:
    """What a STAT means for the person at the desk (documentation, "Return codes")."""
    if stat in CREDENTIALS:
        return CredentialsRefused()
    if stat in DOWN or not stat:
        return ServiceDown(stat)
    if stat in FIELDS:
        return AddressRefused(FIELDS[stat], gettext_lazy("Mondial Relay does not accept this: check it."))
    if stat in SENDER:
        words = gettext_lazy("Mondial Relay does not accept the address of your main site: complete it.")
        return ShipmentRefused(words)
    return _of_the_parcel(stat)


def _of_the_parcel(stat: str) -> CarrierError:
    if stat in POINT:
        return PointRefused()
    if stat == "20":
        return WeightRefused(MOST_G)
    return ShipmentRefused(_("Mondial Relay refused (code %(code)s).") % {"code": stat})


def _end(side: str, address: Address) -> dict[str, str]:
    """The fields of one side, in the order of the documentation: empty ones are left out, and out of the signature."""
    values = {
        "Langage": "FR",
        "Ad1": capitals(address.name, 32),
        "Ad3": capitals(address.address, 32),
        "Ad4": capitals(address.address, 64)[32:].strip(),
        "Ville": capitals(address.city, 26),
        "CP": address.postal_code.strip(),
        "Pays": "FR",
        "Tel1": phone_digits(address.phone),
        "Mail": address.email.strip()[:70],
    }
    return {f"{side}_{key}": value for key, value in values.items() if value}


def _point(row: Any) -> Point:
    lines = [text(row, name) for name in ("LgAdr3", "LgAdr4")]
    return Point(
        code=text(row, "Num"),
        name=text(row, "LgAdr1").title(),
        address=", ".join(line.title() for line in lines if line),
        postal_code=text(row, "CP"),
        city=text(row, "Ville").title(),
        hours=_hours(row),
    )


def _hours(row: Any) -> str:
    """`Lun. 9:00–12:30, 14:00–19:00 ; …`: four times a day, 0000 where there is none."""
    told = []
    for day in DAYS:
        found = next((one for one in row if tag(one) == f"Horaires_{day}"), None)
        times = [(one.text or "").strip() for one in found] if found is not None else []
        spans = [
            f"{begin[:2]}:{begin[2:]}–{end[:2]}:{end[2:]}"
            for begin, end in zip(times[::2], times[1::2], strict=False)
            if len(begin) == 4 and len(end) == 4 and end != "0000"
        ]
        if spans:
            told.append(f"{day[:3]}. {', '.join(spans)}")
    return " ; ".join(told)[:300]


def _event(number: str, row: Any) -> Event | None:
    """None for the empty rows that the service adds. Its own texts are the only codes it gives."""
    words, day, hour = (text(row, name) for name in ("Libelle", "Date", "Heure"))
    try:
        at = datetime.datetime.strptime(f"{day} {hour or '00:00'}", "%d/%m/%y %H:%M").replace(tzinfo=PARIS)
    except ValueError:
        return None
    said = capitals(words, 200)
    step = next((step for piece, step in WORDS if piece in said), Step.MOVING)
    key = hashlib.sha256(f"{number} {day} {hour} {said}".encode()).hexdigest()[:24]
    return Event(key, step, at, words.capitalize(), text(row, "Emplacement").title())
