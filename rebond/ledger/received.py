"""An electronic invoice somebody sent: Factur-X, CII or UBL, read without trusting it (EN 16931; rules.md F7).

The file is checked before it is read: its size, what it really is, nothing in it that could run, no entity of an XML.
Amounts are decimals as written; nothing is computed but what tells whether they add up.
"""

import datetime
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from rebond.core.pdf_check import PdfRefused, check_pdf
from rebond.ledger.errors import FileNotInvoice

MAX_BYTES = 10_000_000
MAX_XML = 5_000_000
CREDIT_NOTES = frozenset({"381", "396", "261", "262", "296"})
PDF, XML = "application/pdf", "application/xml"
ZERO = Decimal(0)


@dataclass(slots=True, kw_only=True)
class Who:
    name: str = ""
    address: str = ""
    country: str = ""
    number: str = ""  # SIREN or what it has
    vat_number: str = ""


@dataclass(slots=True, kw_only=True)
class Row:
    name: str
    quantity: str = ""
    price: str = ""
    rate: str = ""
    net: str = ""


@dataclass(slots=True, kw_only=True)
class Rate:
    category: str
    rate: str
    base: str
    vat: str
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Received:
    """What the file says; `wrong` are keys of `WRONG` of what does not add up."""

    syntax: str
    content_type: str
    profile: str = ""
    number: str = ""
    type_code: str = ""
    issued_on: str = ""
    due_on: str = ""
    currency: str = ""
    seller: Who = field(default_factory=Who)
    buyer: Who = field(default_factory=Who)
    iban: str = ""
    notes: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    totals: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_credit_note(self) -> bool:
        return self.type_code in CREDIT_NOTES

    def total(self, name: str) -> Decimal:
        """A sum as a number; zero where the file does not give it."""
        return _number(self.totals.get(name, "")) or ZERO

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_invoice(content: bytes) -> Received:
    """Read a file; raise FileNotInvoice with a sentence where it is none, or where something in it could run."""
    if not content:
        raise FileNotInvoice("empty")
    if len(content) > MAX_BYTES:
        raise FileNotInvoice("too_big")
    if content.startswith(b"%PDF-"):
        return _read_xml(_xml_of_pdf(content), PDF)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_xml(content, XML)
    raise FileNotInvoice("no_invoice")


def _xml_of_pdf(content: bytes) -> bytes:
    """The XML that a Factur-X paper carries."""
    from facturx import get_xml_from_pdf  # noqa: PLC0415 -- only files need this library

    try:
        check_pdf(content)
        xml = get_xml_from_pdf(BytesIO(content), check_xsd=False)[1]
    except PdfRefused as refused:
        raise FileNotInvoice(refused.reason) from refused
    except Exception as broken:  # the library raises all sorts on a broken file
        raise FileNotInvoice("broken") from broken
    if not xml:
        raise FileNotInvoice("only_paper")
    return bytes(xml)


def _read_xml(content: bytes, content_type: str) -> Received:
    if len(content) > MAX_XML:
        raise FileNotInvoice("too_big")
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as refused:
        raise FileNotInvoice("active") from refused
    except (ParseError, ValueError, LookupError) as broken:
        raise FileNotInvoice("broken") from broken
    name = _local(root)
    if name == "CrossIndustryInvoice":
        from rebond.ledger.received_cii import read_cii  # noqa: PLC0415 -- the readers use what is here

        found = read_cii(root, content_type)
    elif name in {"Invoice", "CreditNote"} and "oasis:names:specification:ubl" in root.tag:
        from rebond.ledger.received_ubl import read_ubl  # noqa: PLC0415 -- as above

        found = read_ubl(root, content_type)
    else:
        raise FileNotInvoice("no_invoice")
    if not found.number or not found.seller.name:
        raise FileNotInvoice("no_invoice")
    found.wrong = check_sums(found)
    return found


def check_sums(said: Received) -> list[str]:
    """Keys of what does not add up, to the cent. Profiles without lines are not blamed for having none."""
    lines = sum((_number(row.net) or ZERO for row in said.rows), ZERO)
    vat = sum((_number(rate.vat) or ZERO for rate in said.rates), ZERO)
    base = sum((_number(rate.base) or ZERO for rate in said.rates), ZERO)
    has = said.totals.__contains__
    net = said.total("lines") - said.total("allowances") + said.total("charges")
    left = said.total("total") - said.total("prepaid") + said.total("rounding")
    is_whole = has("lines") or has("prepaid")  # the smallest profile says what is due, not what was paid before
    checks = (
        ("lines", bool(said.rows) and has("lines") and lines != said.total("lines")),
        ("net", has("lines") and has("net") and net != said.total("net")),
        ("base", bool(said.rates) and has("net") and base != said.total("net")),
        ("vat", bool(said.rates) and has("vat") and vat != said.total("vat")),
        ("total", has("net") and has("total") and said.total("net") + said.total("vat") != said.total("total")),
        ("due", has("due") and is_whole and left != said.total("due")),
    )
    return [key for key, is_wrong in checks if is_wrong]


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip()) if text and len(text) < 40 else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def amount(text: str) -> Decimal:
    """A sum for the list; zero where the file gives none that is a number."""
    found = _number(text) or ZERO
    return found.quantize(Decimal("0.01")) if abs(found) < Decimal(10) ** 15 else ZERO


def day_in(text: str) -> str:
    """`20261127` or `2026-11-27` as `2026-11-27`; "" for anything else."""
    digits = text.strip().replace("-", "")[:8]
    try:
        return datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return ""


def _local(node: Element) -> str:
    return node.tag.rsplit("}", 1)[-1]


class Node:
    """An element found by local names, whatever the prefixes; a missing one is empty and has nothing below."""

    def __init__(self, element: Element | None) -> None:
        self.element = element

    def all(self, path: str) -> Iterator["Node"]:
        """Every element at `a/b/c` below this one."""
        found = [] if self.element is None else [self.element]
        for name in path.split("/"):
            found = [child for node in found for child in node if _local(child) == name]
        yield from map(Node, found)

    def one(self, path: str) -> "Node":
        return next(self.all(path), Node(None))

    def text(self, path: str = "") -> str:
        """Its words on one line, 500 signs at most."""
        node = self.one(path) if path else self
        found = (node.element.text or "") if node.element is not None else ""
        return " ".join(found.split())[:500]

    def attribute(self, name: str) -> str:
        return (self.element.get(name) or "")[:80] if self.element is not None else ""
