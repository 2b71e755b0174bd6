"""The yearly declaration of platforms as the tax office reads it: XML `DPI`, French schema v1.1 (rules.md F5, DAC7).

Amounts are whole euros there (the schema says so): each quarter is rounded by itself, half a euro up. What people read
(the letter, the spreadsheet) keeps the cents.
"""

import datetime
import hashlib
import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rebond.core.signs import seen

DPI, STF = "urn:oecd:ties:dpi", "urn:oecd:ties:dpistf"
SCHEMA = Path(__file__).parent / "schemas" / "DPIXML_v1.1-fr1.xsd"
QUARTERS = (1, 2, 3, 4)
# What each message holds (DPI401…403), and what each of its parts is (OECD0…3); ten more in a trial.
MESSAGES = {"new": "DPI401", "correction": "DPI402", "nothing": "DPI403"}
RESENT, NEW, CORRECTED, WITHDRAWN = 0, 1, 2, 3
SEAT, HOME_STATE, IBAN = "OECD304", "RPONEX1", "IBAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One seller's year: what the law wants of who it is, and of what it sold. Cents, net of the fees, by quarter."""

    name: str
    address: str
    postal_code: str
    city: str
    country: str
    tax_number: str
    register_number: str
    vat_number: str
    establishments: tuple[str, ...]
    account_holder: str
    iban_end: str
    sales: tuple[int, ...]
    cents: tuple[int, ...]
    fees: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold."""
        return asdict(self)


def declared_from(data: dict[str, Any]) -> Declared:
    """The opposite of `as_json`."""
    lists = {name: tuple(data[name]) for name in ("establishments", "sales", "cents", "fees")}
    return Declared(**(data | lists))


def digest_of(declared: Declared, iban: str) -> str:
    """Changes with anything that the file says of the seller."""
    said = json.dumps([declared.as_json(), iban], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A seller in a message. `reference` is the document's own; `corrects` the one that it replaces."""

    declared: Declared
    iban: str
    indicator: int
    reference: str
    corrects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The operator who declares."""

    name: str
    trade_name: str
    address: str
    postal_code: str
    city: str
    siren: str
    vat_number: str
    is_known: bool = False  # declared before, this year
    country: str = "FR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A file to be."""

    platform: Platform
    year: int
    number: int
    kind: str
    parts: Sequence[Part]
    at: datetime.datetime  # local
    is_trial: bool = False

    @property
    def reference(self) -> str:
        trial = "t1_" if self.is_trial else ""
        return f"OP_{self.year}_{self.platform.siren}_{trial}d{self.number}"

    @property
    def filename(self) -> str:
        """As the tax office wants it, before its encryption."""
        return f"DPIDAC7_{self.year}_{self.platform.siren}_{self.number:03}_{self.at:%Y%m%d%H%M%S}.xml"


def reference_of(siren: str, year: int, seller: str, version: int) -> str:
    """The reference of a seller's part: unique for ever, the same seller's next version points at it."""
    return f"OP_{year}_{siren}_{seller}_v{version}"


def xml_of(message: Message) -> bytes:
    """The file, checked against the schema of the tax office. Raise ValueError with what it lacks."""
    ET.register_namespace("dpi", DPI)
    ET.register_namespace("stf", STF)
    root = ET.Element(f"{{{DPI}}}DPI_OECD", version="1.0")
    spec = _add(root, "MessageSpec")
    for name, text in (
        ("TransmittingCountry", "FR"),
        ("ReceivingCountry", "FR"),
        ("MessageType", "DPI"),
        ("MessageRefId", message.reference),
        ("MessageTypeIndic", MESSAGES[message.kind]),
        ("ReportingPeriod", f"{message.year}-12-31"),
        ("Timestamp", f"{message.at:%Y-%m-%dT%H:%M:%S}"),
    ):
        _add(spec, name, text)
    body = _add(root, "DPIBody")
    _platform(body, message)
    for part in message.parts:
        _seller(body, part, is_trial=message.is_trial)
    ET.indent(root)
    made: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    check(made)
    return made


def check(made: bytes) -> None:
    """Raise ValueError where the file is not what the tax office takes."""
    from lxml import etree  # noqa: PLC0415 -- only files need this library

    schema = _schema()
    if not schema.validate(etree.fromstring(made, etree.XMLParser(resolve_entities=False, no_network=True))):
        raise ValueError("; ".join(f"line {error.line}: {error.message}" for error in schema.error_log)[:500])


@cache
def _schema() -> Any:
    from lxml import etree  # noqa: PLC0415 -- only files need this library

    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def _add(parent: ET.Element, name: str, text: str = "", *, space: str = DPI, **attributes: str) -> ET.Element:
    found = ET.SubElement(parent, f"{{{space}}}{name}", attributes)
    if text:
        found.text = seen(" ".join(text.split()))[:200]
    return found


def _platform(body: ET.Element, message: Message) -> None:
    """Sent again as it was where this year's declaration named it before."""
    platform = message.platform
    found = _add(body, "PlatformOperator")
    _add(found, "ResCountryCode", platform.country)
    _add(found, "TIN", platform.siren, issuedBy=platform.country)
    _add(found, "IN", platform.siren, issuedBy=platform.country, INType="BRN")
    if platform.vat_number:
        _add(found, "VAT", platform.vat_number)
    _add(found, "Name", platform.name)
    _add(found, "PlatformBusinessName", platform.trade_name)
    _address(found, platform.address, platform.postal_code, platform.city, platform.country)
    _add(found, "Nexus", HOME_STATE)
    _add(found, "AssumedReporting", "false")
    indicator = RESENT if platform.is_known else NEW
    _doc(found, indicator, f"OP_{message.year}_{platform.siren}_v1", is_trial=message.is_trial)


def _seller(body: ET.Element, part: Part, *, is_trial: bool) -> None:
    said = part.declared
    seller = _add(body, "ReportableSeller")
    standard = _add(_add(_add(seller, "Identity"), "EntitySeller"), "Standard")
    who = _add(standard, "EntSellerID")
    _add(who, "ResCountryCode", said.country)
    _add(who, "TIN", said.tax_number, issuedBy=said.country)
    if said.register_number:
        _add(who, "IN", said.register_number, issuedBy=said.country, INType="BRN")
    if said.vat_number:
        _add(who, "VAT", said.vat_number)
    _add(who, "Name", said.name)
    _address(who, said.address, said.postal_code, said.city, said.country)
    if part.iban:
        account = _add(standard, "FinancialIdentifier")
        _add(account, "Identifier", part.iban, AccountNumberType=IBAN)
        if said.account_holder:
            _add(account, "AccountHolderName", said.account_holder)
    if said.establishments:
        places = _add(standard, "PermanentEstablishments")
        for code in said.establishments:
            _add(places, "PermanentEstablishment", code)
    goods = _add(_add(seller, "RelevantActivities"), "SaleOfGoods")
    _quarters(goods, "Consideration", "Cons", said.cents)
    numbers = _add(goods, "NumberOfActivities")
    for n in QUARTERS:
        _add(numbers, f"NumbQ{n}", str(said.sales[n - 1]))
    _quarters(goods, "Fees", "Fees", said.fees)
    _quarters(goods, "Taxes", "Taxes", (0, 0, 0, 0))  # nothing is withheld for the tax office
    _doc(seller, part.indicator, part.reference, part.corrects, is_trial=is_trial)


def _address(parent: ET.Element, street: str, postal_code: str, city: str, country: str) -> None:
    found = _add(parent, "Address", legalAddressType=SEAT)
    _add(found, "CountryCode", country)
    fixed = _add(found, "AddressFix")
    for name, text in (("Street", street), ("PostCode", postal_code)):
        if text:
            _add(fixed, name, text)
    _add(fixed, "City", city)


def _quarters(parent: ET.Element, name: str, prefix: str, cents: Sequence[int]) -> None:
    found = _add(parent, name)
    for n in QUARTERS:
        _add(found, f"{prefix}Q{n}", str(euros(cents[n - 1])), currCode="EUR")


def euros(cents: int) -> int:
    """Whole euros, half a euro up; nothing below zero."""
    return max(cents + 50, 0) // 100


def _doc(parent: ET.Element, indicator: int, reference: str, corrects: str = "", *, is_trial: bool) -> None:
    found = _add(parent, "DocSpec")
    _add(found, "DocTypeIndic", f"OECD{indicator + 10 * is_trial}", space=STF)
    _add(found, "DocRefId", reference, space=STF)
    if corrects:
        _add(found, "CorrDocRefId", corrects, space=STF)
