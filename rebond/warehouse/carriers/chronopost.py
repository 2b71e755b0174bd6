"""Chronopost, with the organisation's own contract: labels, pick-up points, tracking, proof, cancelled labels (SOAP).

- `ShippingServiceWS`: `shippingMultiParcelV4` with a reservation, papers by `getReservedSkybillWithTypeAndMode`.
- `PointRelaisServiceWS`: `recherchePointChronopostInter`, `rechercheDetailPointChronopostInter`.
- `TrackingServiceWS`: `trackSkybillV2`, `cancelSkybill`.

Written after their WSDL and "Web Services" VL3.25.10.10, and after exchanges recorded in `scopen-coop/ChronopostWS`
(V4, reservation, cancel), `karrioapi/karrio` (tracking, refusals) and `plhery/universal-parcel-scraper` (codes as they
come). **It bills a label when it is made**: where its paper does not come, the label is cancelled before anybody asks
again. We read no price of it.
"""

import base64
import binascii
import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.network.queries.places import communes_of
from rebond.warehouse.carriers.chronopost_scans import proof_of, track
from rebond.warehouse.carriers.chronopost_soap import CREDENTIALS, MOST_G, POINTS, SHIPPING, TRACKING, ask, words_of
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
    Wanted,
    WeightRefused,
)
from rebond.warehouse.carriers.wire import (
    PARIS,
    fields_xml,
    is_mobile,
    label_lines,
    label_text,
    phone_digits,
    rows_of,
    say_hours,
    text,
)

LINE = 38  # signs of a line of an address


class Chronopost:
    """`account` has eight figures, `password` six ("Chronotrace")."""

    kind = Kind(
        key="chronopost",
        label="Chronopost",
        words=gettext_lazy("The next day at home or at a pick-up point, with your own contract."),
        modes=frozenset({"home", "relay"}),
        secrets=(
            Secret("account", gettext_lazy("Account number"), gettext_lazy("Eight figures."), is_hidden=False),
            Secret(
                "password", gettext_lazy("Password of its web services"), gettext_lazy("Six figures, by its support.")
            ),
            Secret(
                "sub",
                gettext_lazy("Sub-account"),
                gettext_lazy("Only where Chronopost gave you one."),
                is_hidden=False,
                is_required=False,
            ),
            Secret(
                "home",
                gettext_lazy("Delivery at home"),
                is_hidden=False,
                choices=(("01", "Chrono 13"), ("02", "Chrono 10"), ("16", "Chrono 18")),
            ),
            Secret(
                "relay",
                gettext_lazy("Delivery at a pick-up point"),
                is_hidden=False,
                choices=(("86", "Chrono Relais 13"), ("5X", "2Shop Direct")),
            ),
        ),
        has_tracking=True,
        has_points=True,
        days=2,
    )

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._opens = {"accountNumber": secrets.get("account", ""), "password": secrets.get("password", "")}

    def check(self) -> str:
        self.points("75001")
        return _("It answers, and knows your account and your password.")

    def rates(self, wanted: Wanted) -> list[Rate]:
        return []

    def points(self, postal_code: str) -> list[Point]:
        code = postal_code.strip()[:5]
        communes = communes_of(code)
        if not communes:
            raise AddressRefused("postal_code", gettext_lazy("This postal code does not exist."))
        asked = self._opens | {
            "address": "",
            "zipCode": code,
            "city": label_text(communes[0].name),
            "countryCode": "FR",
            "type": "P",
            "productCode": self._chosen("relay"),
            "service": "L",
            "weight": "",
            "shippingDate": f"{timezone.localdate(timezone=PARIS):%d/%m/%Y}",
            "maxPointChronopost": "20",
            "maxDistanceSearch": "20",
            "holidayTolerant": "1",
            "language": "FR",
            "version": "2.0",
        }
        found = ask(POINTS, "recherchePointChronopostInter", fields_xml(asked))
        return [_point(row) for row in _open_points(found)]

    def label(self, wanted: Wanted, now: datetime.datetime) -> Label:
        if wanted.grams > MOST_G[wanted.mode]:
            raise WeightRefused(MOST_G[wanted.mode])
        point = self._place(wanted) if wanted.mode == "relay" else None
        found = ask(SHIPPING, "shippingMultiParcelV4", self._shipment(wanted, point, now))
        made = next(iter(rows_of(found, "resultMultiParcelValue")), None)
        number, reserved = text(made, "skybillNumber") if made is not None else "", text(found, "reservationNumber")
        if not number.isalnum() or not reserved.isalnum():
            raise ServiceDown("label without a number")
        try:
            pdf = _paper(reserved, "THE", b"%PDF-")
        except CarrierError as lost:
            raise self._give_up(number, now, lost) from None
        try:
            zpl = _paper(reserved, "Z2D", b"^XA")
        except CarrierError:  # the PDF is the label
            zpl = b""
        return Label(number, pdf, zpl)

    def cancel(self, number: str, now: datetime.datetime) -> None:
        asked = self._opens | {"language": "fr_FR", "skybillNumber": number}
        found = ask(TRACKING, "cancelSkybill", fields_xml(asked), refuse=False)
        code = text(found, "errorCode")
        if code == "0":
            return
        if code == "1":
            raise ServiceDown(code)
        words: dict[str, Promise | str] = {
            "2": gettext_lazy("Chronopost does not find this label yet: try again in an hour."),
            "3": gettext_lazy("The carrier has this parcel already: its label cannot be cancelled."),
        }
        raise ShipmentRefused(words.get(code) or words_of(code, text(found, "errorMessage")))

    def tracking(self, number: str, now: datetime.datetime) -> list[Event]:
        return track(number)

    def proof(self, number: str, now: datetime.datetime) -> Proof | None:
        return proof_of(number)

    def manifest(self, parcels: Sequence[Listed], day: datetime.date) -> bytes:
        return b""

    def _chosen(self, key: str) -> str:
        choices = next(one.choices for one in self.kind.secrets if one.key == key)
        value = self._secrets.get(key, "")
        return value if value in dict(choices) else choices[0][0]

    def _place(self, wanted: Wanted) -> Point:
        """The pick-up point as Chronopost knows it: the label says its address. Raise PointRefused."""
        if not wanted.point:
            raise PointRefused
        if not is_mobile(phone_digits(wanted.receiver.phone)):
            words = gettext_lazy("Chronopost writes to this telephone when the parcel is there: give a mobile number.")
            raise AddressRefused("phone", words)
        asked = self._opens | {"identifiant": wanted.point, "countryCode": "FR", "language": "FR", "version": "2.0"}
        found = ask(POINTS, "rechercheDetailPointChronopostInter", fields_xml(asked), refuse=False)
        code = text(found, "errorCode")
        if code in CREDENTIALS:
            raise CredentialsRefused
        rows = _open_points(found) if code == "0" else []
        if not rows:
            raise PointRefused
        return _point(rows[0])

    def _give_up(self, number: str, now: datetime.datetime, lost: CarrierError) -> CarrierError:
        """The label is billed and nobody can print it: cancel it, then it may be asked again; else a person decides."""
        try:
            self.cancel(number, now)
        except CarrierError:
            words = _(
                "Chronopost made the label %(number)s and did not give it: cancel it on its site, then try again."
            )
            return ShipmentRefused(words % {"number": number})
        return ServiceDown(f"label {number} without its paper: {lost}")

    def _shipment(self, wanted: Wanted, point: Point | None, now: datetime.datetime) -> str:
        """The inside of `shippingMultiParcelV4`, in the order of its schema."""
        day = now.astimezone(PARIS)
        reference = label_text(wanted.reference)[:35]
        receiver = replace(wanted.receiver, email=wanted.receiver.email or wanted.sender.email)  # it wants one
        kilos = max(1, -(-wanted.grams // 10)) / 100  # two figures, upwards
        parts = {
            "headerValue": {
                "accountNumber": self._opens["accountNumber"],
                "idEmit": "CHRFR",
                "subAccount": self._secrets.get("sub", ""),
            },
            "shipperValue": _end("shipper", wanted.sender, civility="E"),
            "customerValue": _end("customer", wanted.sender, civility="E"),
            "recipientValue": _end("recipient", receiver, point=point),
            "refValue": {"recipientRef": reference, "shipperRef": reference}
            | ({"idRelais": point.code} if point is not None else {}),
            "skybillValue": {
                "bulkNumber": "1",
                "evtCode": "DC",
                "objectType": "MAR",
                "productCode": self._chosen(wanted.mode),
                "service": "0",
                "shipDate": f"{day:%Y-%m-%d}T00:00:00",
                "shipHour": f"{day:%H}",
                "skybillRank": "1",
                "weight": f"{kilos:.2f}",
                "weightUnit": "KGM",
                "height": "1",  # what its own modules send where nobody measured: its machines do
                "length": "1",
                "width": "1",
            },
            "skybillParamsValue": {"mode": "THE|Z2D", "withReservation": "1"},
        }
        inside = "".join(f"<{name}>{fields_xml(values)}</{name}>" for name, values in parts.items())
        last = {"password": self._opens["password"], "modeRetour": "2", "numberOfParcel": "1"}
        return inside + fields_xml(last)


def _end(side: str, address: Address, *, civility: str = "", point: Point | None = None) -> dict[str, str]:
    """One side, in the order of the schema, empty fields left out; at a point, its address. Raise AddressRefused."""
    lines = label_lines(point.address if point is not None else address.address, LINE)
    if len(lines) > 2:
        raise AddressRefused("address", gettext_lazy("It is too long for the label: two lines of 38 signs at most."))
    name, phone = label_text(address.name)[:100], phone_digits(address.phone)
    values = {
        "Adress1": lines[0] if lines else "",
        "Adress2": lines[1] if len(lines) > 1 else "",
        "City": label_text(point.city if point is not None else address.city)[:50],
        "Civility": civility,
        "ContactName": name,
        "Country": "FR",
        "CountryName": "FRANCE",
        "Email": address.email.strip()[:80],
        "MobilePhone": phone if is_mobile(phone) else "",
        "Name": label_text(point.name)[:100] if point is not None else name,
        "Name2": name if point is not None else "",
        "Phone": phone,
        "PreAlert": "0",
        "ZipCode": point.postal_code if point is not None else address.postal_code.strip(),
        "Type": "2" if side == "recipient" else "",  # a person
    }
    return {f"{side}{key}": value for key, value in values.items() if value}


def _paper(reserved: str, mode: str, holds: bytes) -> bytes:
    """A label that is reserved. Raise ServiceDown where what came is not one."""
    asked = fields_xml({"reservationNumber": reserved, "mode": mode})
    found = ask(SHIPPING, "getReservedSkybillWithTypeAndMode", asked)
    try:
        paper = base64.b64decode(text(found, "skybill"))
    except (binascii.Error, ValueError):
        raise ServiceDown("label is not base64") from None
    if holds not in paper[:2_000]:
        raise ServiceDown(f"label is no {mode}")
    return paper


def _open_points(found: Any) -> list[Any]:
    rows = rows_of(found, "listePointRelais")
    return [row for row in rows if text(row, "identifiant") and text(row, "actif") != "false"]


def _point(row: Any) -> Point:
    lines = [text(row, name).title() for name in ("adresse1", "adresse2", "adresse3")]
    spans: dict[int, str] = {}
    for day in row:
        if text(day, "jour").isdecimal():
            spans[int(text(day, "jour")) - 1] = text(day, "horairesAsString")
    return Point(
        code=text(row, "identifiant"),
        name=text(row, "nom").title(),
        address=", ".join(line for line in lines if line),
        postal_code=text(row, "codePostal"),
        city=text(row, "localite").title(),
        hours=say_hours(spans),
    )
