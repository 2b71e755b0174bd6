"""What moved on an account, read from a bank's file: CAMT.053 (ISO 20022), or CSV as French banks write it."""

import csv
import datetime
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from charset_normalizer import from_bytes
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

MAX_LINES = 20_000
WORDS = {
    "date": ("date operation", "date comptable", "date", "booking date", "date valeur"),
    "debit": ("debit euros", "debit"),
    "amount": ("credit euros", "credit", "montant", "amount"),
    "text": ("libelle complet", "libelle", "motif", "communication", "reference", "details", "label", "description"),
    "payer": ("emetteur", "donneur d ordre", "nom", "payer", "name"),
}


class UnreadableError(ValueError):
    """The file is neither, or a line of it has no day or no amount."""


@dataclass(frozen=True, slots=True)
class Came:
    """One amount that came in, in cents of euros. `key` is the same when the same line is read again; `account` is the
    IBAN of the statement, where the file says it.
    """

    key: str
    on: datetime.date
    cents: int
    payer: str
    text: str
    account: str = ""


def read_statement(content: bytes) -> list[Came]:
    """What came in, in the order of the file; what went out is left. Raise UnreadableError."""
    rows = list(_camt(content) if content.lstrip()[:1] == b"<" else _csv(content))
    if len(rows) > MAX_LINES:
        raise UnreadableError("too many lines")
    return rows


@dataclass(frozen=True, slots=True)
class Went:
    """One amount that went out, in cents of euros; `account` is the IBAN of the statement, where the file says it."""

    on: datetime.date
    cents: int
    text: str
    account: str = ""


def read_debits(content: bytes) -> list[Went]:
    """What went out, in the order of the file. Raise UnreadableError."""
    rows = list(_camt_debits(content) if content.lstrip()[:1] == b"<" else _csv_debits(content))
    if len(rows) > MAX_LINES:
        raise UnreadableError("too many lines")
    return rows


def _key(*parts: Any) -> str:
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()[:64]


def _clean(text: str, size: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:size]


def _cents(text: str) -> int:
    """`1 234,56`, `1.234,56`, `1234.56`: cents; raise ValueError."""
    found = re.sub(r"[^\d,.+-]", "", text)
    mark = max(found.rfind(","), found.rfind("."))
    is_mark = mark >= 0 and len(found) - mark - 1 <= 2
    whole, part = (found[:mark], found[mark + 1 :]) if is_mark else (found, "")
    sign = -1 if whole.startswith("-") else 1
    digits = re.sub(r"\D", "", whole)
    if not digits or len(digits) > 10:
        raise ValueError(text)
    return sign * (int(digits) * 100 + int(part.ljust(2, "0") or 0))


# --- CAMT.053


def _all(node: Any, *path: str) -> list[Any]:
    """Children by name, whatever the version in their namespace."""
    found = [node]
    for name in path:
        found = [child for row in found for child in row if child.tag.rpartition("}")[2] == name]
    return found


def _text(node: Any, *path: str) -> str:
    rows = _all(node, *path)
    return (rows[0].text or "").strip() if rows else ""


def _camt(content: bytes) -> Iterator[Came]:
    for account, entry in _entries(content, "CRDT"):
        yield from _entry(entry, account)


def _entries(content: bytes, way: str) -> Iterator[tuple[str, Any]]:
    """Booked entries of one way, each with the account of its statement."""
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableError(str(error)) from None
    statements = _all(root, "BkToCstmrStmt", "Stmt")
    if not statements:
        raise UnreadableError("no statement")
    for statement in statements:
        account = _text(statement, "Acct", "Id", "IBAN") or _text(statement, "Acct", "Id", "Othr", "Id")
        for entry in _all(statement, "Ntry"):
            status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
            if _text(entry, "CdtDbtInd") == way and status in {"BOOK", ""} and _text(entry, "RvslInd") != "true":
                yield account, entry


def _booked(entry: Any) -> datetime.date:
    day = _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm")[:10]
    try:
        return datetime.date.fromisoformat(day)
    except ValueError:
        raise UnreadableError("an entry has no day") from None


def _entry(entry: Any, account: str) -> Iterator[Came]:
    """One line for each transaction of the entry that says its own amount, else one for the whole."""
    on = _booked(entry)
    day = on.isoformat()
    reference = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    details = _all(entry, "NtryDtls", "TxDtls")
    parts = [(row, _amount(row, "Amt") or _amount(row, "AmtDtls", "TxAmt", "Amt")) for row in details]
    if len(parts) < 2 or not all(cents for _row, cents in parts):
        parts = [(details[0] if details else None, _amount(entry, "Amt"))]
    for number, (row, cents) in enumerate(parts):
        if cents:
            payer, text = _who(row), _said(row) or _text(entry, "AddtlNtryInf")
            key = _key("camt", account, reference or _text(row, "Refs", "AcctSvcrRef"), number, day, cents, payer, text)
            yield Came(key, on, cents, _clean(payer, 140), _clean(text, 500), account)


def _amount(node: Any, *path: str) -> int:
    rows = _all(node, *path)
    if not rows or rows[0].get("Ccy") != "EUR":
        return 0
    try:
        return _cents(rows[0].text or "")
    except ValueError:
        raise UnreadableError("an amount is no number") from None


def _who(row: Any) -> str:
    if row is None:
        return ""
    return _text(row, "RltdPties", "Dbtr", "Nm") or _text(row, "RltdPties", "Dbtr", "Pty", "Nm")


def _said(row: Any) -> str:
    """What the payer wrote, joined: banks cut it in pieces."""
    if row is None:
        return ""
    free = [node.text or "" for node in _all(row, "RmtInf", "Ustrd")]
    structured = [node.text or "" for node in _all(row, "RmtInf", "Strd", "CdtrRefInf", "Ref")]
    name = _text(row, "Refs", "EndToEndId")
    return " ".join([*structured, *free, "" if name == "NOTPROVIDED" else name])


def _camt_debits(content: bytes) -> Iterator[Went]:
    """One debit for each transaction that says its own amount, else one for the whole entry, with all its names."""
    for account, entry in _entries(content, "DBIT"):
        details = _all(entry, "NtryDtls", "TxDtls")
        parts = [([row], _amount(row, "Amt") or _amount(row, "AmtDtls", "TxAmt", "Amt")) for row in details]
        if len(parts) < 2 or not all(cents for _rows, cents in parts):
            parts = [(details, _amount(entry, "Amt"))]
        on, names = _booked(entry), ("MsgId", "PmtInfId")
        batch = [_text(row, "Refs", name) for row in details for name in names]
        batch += [_text(entry, "NtryDtls", "Btch", name) for name in names]
        for rows, cents in parts:
            said = [_said(row) for row in rows] if len(rows) == 1 else []
            text = " ".join([*said, *dict.fromkeys(batch), _text(entry, "AddtlNtryInf")])
            if cents:
                yield Went(on, cents, _clean(text, 500), account)


# --- CSV


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def _table(content: bytes) -> Iterator[tuple[dict[str, str], str]]:
    """The rows under the names of their columns, each with its words as they stand."""
    best = from_bytes(content).best()
    if best is None:
        raise UnreadableError("not a text")
    text = str(best).replace("\ufeff", "").replace("\x00", "")
    mark = max(";,\t", key=text[:4_000].count)
    table = list(csv.reader(io.StringIO(text), delimiter=mark))
    start, names = _head(table)
    for row in table[start + 1 :]:
        if any(cell.strip() for cell in row):
            yield {name: row[n].strip() if n < len(row) else "" for name, n in names.items()}, mark.join(row)


def _csv(content: bytes) -> Iterator[Came]:
    seen: Counter[tuple[Any, ...]] = Counter()
    for cells, row in _table(content):
        if not cells["amount"]:
            continue  # a debit, in its own column
        on, cents = _moved(cells["date"], cells["amount"], row)
        if cents > 0:
            said = (on, cents, cells.get("payer", ""), cells.get("text", ""))
            seen[said] += 1
            key = _key("csv", *said, seen[said])
            yield Came(key, on, cents, _clean(cells.get("payer", ""), 140), _clean(cells.get("text", ""), 500))


def _csv_debits(content: bytes) -> Iterator[Went]:
    """In a column of its own, signed or not, or less than zero among the amounts."""
    for cells, row in _table(content):
        own = cells.get("debit", "")
        if not own and not cells["amount"]:
            continue
        on, cents = _moved(cells["date"], own or cells["amount"], row)
        if own or cents < 0:
            yield Went(on, abs(cents), _clean(cells.get("text", ""), 500))


def _moved(day: str, amount: str, row: str) -> tuple[datetime.date, int]:
    try:
        return _day(day), _cents(amount)
    except ValueError:
        raise UnreadableError(f"line not understood: {row[:80]}") from None


def _head(table: list[list[str]]) -> tuple[int, dict[str, int]]:
    """The row that names the columns: banks write an address above it."""
    for start, row in enumerate(table[:30]):
        plain = [_plain(cell) for cell in row]
        names = {}
        for name, words in WORDS.items():
            found = next((plain.index(word) for word in words if word in plain), None)
            if found is not None:
                names[name] = found
        if {"date", "amount", "text"} <= names.keys():
            return start, names
    raise UnreadableError("no columns named date, amount and label")


def _day(text: str) -> datetime.date:
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", text)
    if found is None:
        return datetime.date.fromisoformat(text)
    day, month, year = (int(part) for part in found.groups())
    return datetime.date(year + 2000 if year < 100 else year, month, day)
