"""Colissimo, with the organisation's own contract: labels, pick-up points, and La Poste's tracking.

- Labels: web service "Affranchissement" (SLS, REST), `generateLabel` 2.0, and `getLabel` 3.1 for the Zebra copy. The
  answer is multipart: `jsonInfos`, then `label`. Written after its OpenAPI document and "Colissimo Shipping Web
  Service" (August 2021); real exchanges are recorded in `akretion/roulier` and `rem42/scraper-colissimo`.
- Points: web service "Point Retrait" 2.0 (REST), `findRDVPointRetraitAcheminement` near a postal code and
  `findPointRetraitAcheminementByID` ("Delivery Options Web Service", September 2021; recorded in `akretion/roulier`).
- It tells no price and has no word to cancel: only parcels that are handed over are billed (its own help pages).
- Its deposit slip is a PDF, where the contract has room for a CSV: our own paper of the day is signed instead.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.network.queries.places import communes_of
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
from rebond.warehouse.carriers.la_poste import track, try_key
from rebond.warehouse.carriers.wire import (
    PARIS,
    Answer,
    is_mobile,
    label_lines,
    label_text,
    phone_digits,
    read_json,
    say_hours,
    send,
)

LABELS = "/sls-ws/SlsServiceWSRest/2.0/generateLabel"
COPIES = "/sls-ws/SlsServiceWSRest/3.1/getLabel"
POINTS = "/pointretrait-ws-cxf/rest/v2/pointretrait/findRDVPointRetraitAcheminement"
PLACE = "/pointretrait-ws-cxf/rest/v2/pointretrait/findPointRetraitAcheminementByID"
SAYS_SOMETHING = frozenset({200, 400, 401, 403, 422})
MOST_G = 30_000
LINE = 35  # signs of a line of an address
COPY_SECONDS = 3.0  # the PDF is there: nobody waits long for its Zebra copy
DAYS = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")
# Messages of SLS, by what they speak of ("Affranchissement", list of errors).
CREDENTIALS = frozenset({"30000", "30007", "30008"})
DOWN = frozenset({"40015", "40018"})
WEIGHT = frozenset({"30300", "30301"})
FIELDS = {
    "30200": "name", "30202": "name", "30089": "name", "30204": "address", "30206": "postal_code",
    "30207": "postal_code", "30208": "city", "30210": "postal_code", "30211": "postal_code", "30212": "postal_code",
    "30213": "postal_code", "30220": "phone", "30221": "phone", "30222": "email", "30223": "email",
}  # fmt: skip
SENDER = frozenset({"30018", "30022", "30043", "30045", "30046", "30047", "30065", "30085", "30100", "30102", "30103",
                    "30104", "30106", "30107", "30108", "30109"})  # fmt: skip
CHECK = gettext_lazy("Colissimo does not accept this: check it.")
POINT = ("304", "309")  # beginnings
NOT_BOUGHT = frozenset({"30009", "30700"})
# Messages of "Point Retrait".
POINT_CREDENTIALS = frozenset({"101", "102", "201", "202"})
POINT_FIELDS = frozenset({"104", "105", "125", "143", "144", "145"})
POINT_NONE = frozenset({"107", "124", "300", "301"})


class Colissimo:
    """`access` says what `secret` is: a connection key, or the contract's password. `okapi` opens the tracking."""

    kind = Kind(
        key="colissimo",
        label="Colissimo",
        words=gettext_lazy("At home, or at post offices, shops and lockers, with your own contract."),
        modes=frozenset({"home", "relay"}),
        secrets=(
            Secret("contract", gettext_lazy("Contract number"), gettext_lazy("Six digits."), is_hidden=False),
            Secret(
                "access",
                gettext_lazy("What opens it"),
                gettext_lazy("The key is made in your Colissimo Box; with it, labels come for Zebra printers too."),
                is_hidden=False,
                choices=(
                    ("key", gettext_lazy("Connection key (clé de connexion)")),
                    ("password", gettext_lazy("Password of the contract")),
                ),
            ),
            Secret("secret", gettext_lazy("This key, or this password")),
            Secret(
                "product",
                gettext_lazy("Delivery at home"),
                is_hidden=False,
                choices=(
                    ("DOM", pgettext_lazy("delivery", "Without signature")),
                    ("DOS", pgettext_lazy("delivery", "Against signature")),
                ),
            ),
            Secret(
                "okapi",
                gettext_lazy("Key of La Poste’s tracking (X-Okapi-Key)"),
                gettext_lazy("Free: made at developer.laposte.fr, by subscribing to “Suivi”."),
            ),
        ),
        has_tracking=True,
        has_points=True,
        days=3,
    )

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._has_key = secrets.get("access") != "password"
        self._product = "DOS" if secrets.get("product") == "DOS" else "DOM"

    def check(self) -> str:
        self.points("75001")
        try_key(self._secret("okapi"))
        return _("It answers, and knows your contract and your tracking key.")

    def rates(self, wanted: Wanted) -> list[Rate]:
        return []

    def points(self, postal_code: str) -> list[Point]:
        code = postal_code.strip()[:5]
        communes = communes_of(code)
        if not communes:
            raise AddressRefused("postal_code", gettext_lazy("This postal code does not exist."))
        asked = {
            "zipCode": code,
            "city": label_text(communes[0].name),
            "countryCode": "FR",
            "filterRelay": "1",  # shops and lockers too, not post offices alone
            "shippingDate": f"{timezone.localdate(timezone=PARIS):%d/%m/%Y}",
            "lang": "FR",
            "optionInter": "0",
        }
        rows = self._ask_points(POINTS, asked).get("listePointRetraitAcheminement") or []
        return [_point(row) for row in rows if isinstance(row, dict) and row.get("identifiant")]

    def label(self, wanted: Wanted, now: datetime.datetime) -> Label:
        if wanted.grams > MOST_G:
            raise WeightRefused(MOST_G)
        asked = self._shipment(wanted, self._place(wanted, now) if wanted.mode == "relay" else None, now)
        answer = self._ask(LABELS, asked if self._has_key else self._named() | asked)
        parts = _parts(answer)
        number = _number(answer, parts)
        pdf = parts.get("label", b"")
        if not pdf.startswith(b"%PDF-"):
            raise ServiceDown("label is no PDF")
        return Label(number, pdf, self._zpl(number))

    def cancel(self, number: str, now: datetime.datetime) -> None:
        """The service has no word for it: a label that is never handed over is never billed."""

    def tracking(self, number: str, now: datetime.datetime) -> list[Event]:
        return track(number, self._secret("okapi"))

    def proof(self, number: str, now: datetime.datetime) -> Proof | None:
        return None

    def manifest(self, parcels: Sequence[Listed], day: datetime.date) -> bytes:
        return b""

    def _secret(self, key: str) -> str:
        return self._secrets.get(key, "")

    def _named(self) -> dict[str, Any]:
        return {"contractNumber": self._secret("contract"), "password": self._secret("secret")}

    def _ask_points(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What "Point Retrait" answers; {} where it knows no point."""
        opens = {"accountNumber": self._secret("contract")}
        opens["apiKey" if self._has_key else "password"] = self._secret("secret")
        url = f"{settings.COLISSIMO_API_URL}{path}"
        answer = send("POST", url, expected=SAYS_SOMETHING, json=opens | asked)
        found = _told(answer, answer.body)
        code = str(found.get("errorCode", ""))
        if code in POINT_CREDENTIALS or answer.status in {401, 403}:
            raise CredentialsRefused
        if code in POINT_FIELDS:
            raise AddressRefused("postal_code", gettext_lazy("Colissimo does not know this postal code."))
        if code in POINT_NONE:
            return {}
        if code != "0":
            raise ServiceDown(code or f"HTTP {answer.status}")
        return found

    def _place(self, wanted: Wanted, now: datetime.datetime) -> Point:
        """The pick-up point as it knows it: the label says its address, not the buyer's."""
        if not wanted.point:
            raise PointRefused
        if not is_mobile(phone_digits(wanted.receiver.phone)):
            words = gettext_lazy("Colissimo writes to this telephone when the parcel is there: give a mobile number.")
            raise AddressRefused("phone", words)
        day = f"{now.astimezone(PARIS):%d/%m/%Y}"
        asked = {"id": wanted.point, "date": day, "filterRelay": "1", "langue": "FR"}
        row = self._ask_points(PLACE, asked).get("pointRetraitAcheminement")
        if not isinstance(row, dict) or not row.get("identifiant"):
            raise PointRefused
        return _point(row)

    def _ask(self, path: str, asked: dict[str, Any], **options: Any) -> Answer:
        headers = {"apiKey": self._secret("secret")} if self._has_key else {}
        url = f"{settings.COLISSIMO_API_URL}{path}"
        return send("POST", url, expected=SAYS_SOMETHING, json=asked, headers=headers, **options)

    def _zpl(self, number: str) -> bytes:
        """The same label for Zebra printers; b"" where the service gives none: the PDF is the label."""
        if not self._has_key:
            return b""
        asked = {"parcelNumber": number, "outputPrintingType": "ZPL_10x15_203dpi"}
        try:
            parts = _parts(self._ask(COPIES, asked, seconds=COPY_SECONDS))
        except CarrierError:
            return b""
        zpl = parts.get("label", b"").lstrip(b"\xef\xbb\xbf")
        return zpl if b"^XA" in zpl and b"^XZ" in zpl else b""

    def _shipment(self, wanted: Wanted, point: Point | None, now: datetime.datetime) -> dict[str, Any]:
        """What `generateLabel` is asked; an empty field is left out, as its documentation asks."""
        product = "HD" if point is not None else self._product
        service = {"productCode": product, "depositDate": now.astimezone(PARIS).date().isoformat()}
        parcel: dict[str, Any] = {"weight": max(1, -(-wanted.grams // 10)) / 100}  # kilograms, two figures, upwards
        to = _address(wanted.receiver)
        if point is not None:
            service["commercialName"] = label_text(wanted.sender.name)[:LINE]
            parcel["pickupLocationId"] = point.code
            to = _address(replace(_at(point), phone=wanted.receiver.phone, email=wanted.receiver.email), company=True)
            to |= _person(wanted.receiver.name)
        reference = label_text(wanted.reference)[:15]
        sender = {"senderParcelRef": reference, "address": _address(wanted.sender, company=True)}
        addressee = {"addresseeParcelRef": reference, "address": to}
        return {
            "outputFormat": {"x": 0, "y": 0, "outputPrintingType": "PDF_10x15_300dpi"},
            "letter": {
                "service": service | {"orderNumber": label_text(wanted.reference)[:30]},
                "parcel": parcel,
                "sender": sender,
                "addressee": addressee,
            },
        }


def _address(address: Address, *, company: bool = False) -> dict[str, str]:
    """The street is `line2`, what is more of it before and after, in the order of reading. Raise AddressRefused."""
    lines = label_lines(address.address, LINE)
    if len(lines) > 4:
        raise AddressRefused("address", gettext_lazy("It is too long for the label: four lines of 35 signs at most."))
    first = 2 if len(lines) < 3 else 4 - len(lines)
    phone = phone_digits(address.phone)
    values = ({"companyName": label_text(address.name)[:LINE]} if company else _person(address.name)) | {
        **{f"line{first + n}": line for n, line in enumerate(lines)},
        "countryCode": "FR",
        "city": label_text(address.city)[:LINE],
        "zipCode": address.postal_code.strip(),
        "mobileNumber" if is_mobile(phone) else "phoneNumber": phone,
        "email": address.email.strip()[:80],
        "language": "FR",
    }
    return {key: value for key, value in values.items() if value}


def _person(name: str) -> dict[str, str]:
    """It asks for both, and we keep one: the first word, and the rest."""
    first, _gap, last = label_text(name).partition(" ")
    return {"firstName": first[:LINE], "lastName": last[:LINE]} if last else {"lastName": first[:LINE]}


def _parts(answer: Answer) -> dict[str, bytes]:
    """By their Content-ID; an answer that is plain JSON is `jsonInfos`. Raise ServiceDown for anything else."""
    if "multipart/" not in answer.kind:
        return {"jsonInfos": answer.body}
    boundary = answer.kind.partition("boundary=")[2].partition(";")[0].strip().strip('"')
    if not boundary:
        raise ServiceDown("no boundary")
    found = {}
    for piece in answer.body.split(f"--{boundary}".encode())[1:]:
        head, _gap, body = piece.partition(b"\r\n\r\n")
        for line in head.decode("ascii", "replace").splitlines():
            name, _colon, value = line.partition(":")
            if name.strip().lower() == "content-id":
                found[value.strip().strip("<>")] = body.removesuffix(b"\r\n")
    return found


def _number(answer: Answer, parts: Mapping[str, bytes]) -> str:
    """The parcel's; what the service refuses is raised."""
    found = _told(answer, parts.get("jsonInfos", b""))
    messages = [row for row in found.get("messages") or [] if isinstance(row, dict) and row.get("type") == "ERROR"]
    if messages:
        raise _refusal(str(messages[0].get("id", "")), str(messages[0].get("messageContent", "")))
    if answer.status in {401, 403}:
        raise CredentialsRefused
    if answer.status != 200:
        raise _refusal(f"HTTP {answer.status}", str(found.get("error", "")))
    made = found.get("labelV2Response")
    number = str(made.get("parcelNumber") or "") if isinstance(made, dict) else ""
    if not number.isalnum():
        raise ServiceDown("label without a number")
    return number


def _told(answer: Answer, body: bytes) -> dict[str, Any]:
    """The JSON of an answer; a refusal of the door may have none."""
    try:
        found = read_json(body)
    except ServiceDown:
        if answer.status == 200:
            raise
        found = {}
    return found if isinstance(found, dict) else {}


def _refusal(code: str, said: str) -> CarrierError:
    """What a message means for the person at the desk."""
    if code in CREDENTIALS:
        return CredentialsRefused()
    if code in DOWN:
        return ServiceDown(code)
    if code in WEIGHT:
        return WeightRefused(MOST_G)
    if code in FIELDS:
        field = FIELDS[code]
        words = gettext_lazy("Colissimo does not accept this mail address.") if field == "email" else CHECK
        return AddressRefused(field, words)
    return PointRefused() if code.startswith(POINT) else ShipmentRefused(_words(code, said))


def _words(code: str, said: str) -> Promise | str:
    if code in SENDER:
        return gettext_lazy("Colissimo does not accept the address of your main site: complete it.")
    if code in NOT_BOUGHT:
        return gettext_lazy("Your Colissimo contract does not have this way of delivery: ask for it.")
    return _("Colissimo refused (code %(code)s). %(said)s") % {"code": code, "said": said[:150]}


def _at(point: Point) -> Address:
    return Address(point.name, point.address, point.postal_code, point.city)


def _point(row: Mapping[str, Any]) -> Point:
    lines = [str(row.get(name) or "").strip().title() for name in ("adresse1", "adresse2", "adresse3")]
    spans = {n: str(row.get(f"horairesOuverture{day}") or "") for n, day in enumerate(DAYS)}
    return Point(
        code=str(row["identifiant"]),
        name=str(row.get("nom") or "").title(),
        address=", ".join(line for line in lines if line),
        postal_code=str(row.get("codePostal") or ""),
        city=str(row.get("localite") or "").title(),
        hours=say_hours(spans),
    )
