"""How connectors speak to carriers' computers: bounded in time and in size, no redirect followed, XML without entities.

What cannot be read is a carrier that does not answer: ServiceDown is raised, and nothing else but CredentialsRefused.
"""

import json
import re
import textwrap
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import httpx
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from rebond.warehouse.carriers.contract import CredentialsRefused, ServiceDown

PARIS = ZoneInfo("Europe/Paris")
SECONDS = 8.0
MOST_BYTES = 4_000_000
OK = frozenset({200})
DAYS = ("Lun", "Mar", "Mer", "Jeu", "Ven", "Sam", "Dim")
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` is its Content-Type, whole."""

    status: int
    kind: str
    body: bytes


def send(method: str, url: str, *, expected: Collection[int] = OK, seconds: float = SECONDS, **options: Any) -> Answer:
    """One request. `expected`: the statuses whose body says something. A header that cannot be sent is a bad secret."""
    try:
        with httpx.stream(method, url, timeout=seconds, follow_redirects=False, **options) as answer:
            if answer.status_code not in expected:
                raise ServiceDown(f"HTTP {answer.status_code}")
            found = b""
            for piece in answer.iter_bytes():
                found += piece
                if len(found) > MOST_BYTES:
                    raise ServiceDown("too long")
            return Answer(answer.status_code, answer.headers.get("content-type", ""), found)
    except UnicodeEncodeError:
        raise CredentialsRefused from None
    except (httpx.HTTPError, httpx.InvalidURL) as failed:
        raise ServiceDown(type(failed).__name__) from None


def read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ServiceDown("not JSON") from None


def read_xml(body: bytes) -> Any:
    try:
        return ElementTree.fromstring(body)
    except (ElementTree.ParseError, DefusedXmlException, ValueError):
        raise ServiceDown("not XML") from None


def ask_soap(url: str, inside: str, *, action: str = "", expected: Collection[int] = OK) -> Any:
    """The envelope that came back for this inside of a body, as an element (SOAP 1.1)."""
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{inside}'
        "</soap:Body></soap:Envelope>"
    )
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
    return read_xml(send("POST", url, expected=expected, content=body.encode(), headers=headers).body)


def fields_xml(values: dict[str, str]) -> str:
    """Elements in the order given."""
    return "".join(f"<{key}>{escape(value)}</{key}>" for key, value in values.items())


def tag(row: Any) -> str:
    """Without its namespace."""
    return str(row.tag).rpartition("}")[2]


def rows_of(row: Any, name: str) -> list[Any]:
    """All that have this name, however deep."""
    return [one for one in row.iter() if tag(one) == name]


def text(row: Any, name: str) -> str:
    """Of the first child of this name; "" without one."""
    found = next((one for one in row if tag(one) == name), None)
    return (found.text or "").strip() if found is not None else ""


def plain(words: str) -> str:
    """Without accents: `Œuvre d’Été` is `OEuvre d'Ete`."""
    for sign, letters in (("’", "'"), ("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE"), ("ß", "ss")):
        words = words.replace(sign, letters)
    return unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()


def label_text(words: str) -> str:
    """As labels print it: without accents, and without what no address holds."""
    return re.sub(r" +", " ", re.sub(r"[^A-Za-z0-9_\-'.,/@+&() ]", " ", plain(words))).strip()


def label_lines(words: str, width: int) -> list[str]:
    """Cut between words; a word that is longer than a line is cut."""
    return textwrap.wrap(label_text(words), width, break_on_hyphens=False)


def phone_digits(phone: str) -> str:
    """A French number as ten figures; "" for anything else."""
    number = re.sub(r"^(\+33|0033)0?", "0", re.sub(r"[^\d+]", "", phone))
    return number if re.fullmatch(r"0[1-9]\d{8}", number) else ""


def is_mobile(number: str) -> bool:
    """Of what `phone_digits` gives."""
    return number.startswith(("06", "07"))


def say_hours(spans: dict[int, str]) -> str:
    """`Lun. 09:00–12:00, 14:00–18:00 ; …` of `{0: "09:00-12:00 14:00-18:00"}`; nothing for 00:00-00:00."""
    told = []
    for day in sorted(day for day in spans if 0 <= day < len(DAYS)):
        open_at = [one.replace("-", "–") for one in spans[day].split() if one != "00:00-00:00"]
        if open_at:
            told.append(f"{DAYS[day]}. {', '.join(open_at)}")
    return " ; ".join(told)[:300]
