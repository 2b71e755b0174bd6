"""The file by which a bank pays several people (ISO 20022, pain.001.001.03), by the library that carries its XSD."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree
from sepaxml import SepaTransfer
from sepaxml.validation import try_valid_xml

SCHEMA = "pain.001.001.03"
SPACE = f"{{urn:iso:std:iso:20022:tech:xsd:{SCHEMA}}}"


@dataclass(frozen=True, slots=True)
class Payer:
    name: str
    iban: str
    bic: str = ""

    @property
    def iban_shown(self) -> str:
        return in_fours(self.iban)


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment: `reference` comes back in the bank's own file, `text` is what the supplier reads."""

    name: str
    iban: str
    cents: int
    text: str
    reference: str


def in_fours(iban: str) -> str:
    """As people read an account, and as a narrow page may cut it."""
    return " ".join(iban[n : n + 4] for n in range(0, len(iban), 4))


def plain(text: str, size: int) -> str:
    """The letters that every bank of the euro zone takes (EPC 217-08)."""
    from text_unidecode import unidecode  # noqa: PLC0415 -- heavy: its tables

    kept = re.sub(r"[^A-Za-z0-9/?:().,'+ -]", " ", unidecode(text))
    return " ".join(kept.split())[:size].strip()


def write_file(
    *, payer: Payer, lines: Sequence[Paid], execute_on: datetime.date, reference: str, now: datetime.datetime
) -> bytes:
    """The XML, checked against the XSD; raise sepaxml.validation.ValidationError where it does not say what it must."""
    config = {"name": plain(payer.name, 70), "IBAN": payer.iban, "currency": "EUR", "batch": True}
    made = SepaTransfer(config | ({"BIC": payer.bic} if payer.bic else {}), schema=SCHEMA, clean=False)
    for line in lines:
        made.add_payment(
            {
                "name": plain(line.name, 70),
                "IBAN": line.iban,
                "amount": line.cents,
                "execution_date": execute_on,
                "description": plain(line.text, 140),
                "endtoend_id": line.reference,
            }
        )
    root = etree.fromstring(made.export(validate=False))
    for name, text in (("MsgId", reference), ("PmtInfId", reference), ("CreDtTm", f"{now:%Y-%m-%dT%H:%M:%S}")):
        for node in root.iter(f"{SPACE}{name}"):
            node.text = text  # ours, so that the bank's answer is understood
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    try_valid_xml(content, SCHEMA)
    return content
