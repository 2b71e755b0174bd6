"""Where a parcel of Chronopost is: `trackSkybillV2`, which asks for no credentials (`chronopost.py`).

Codes come padded, and partners reuse them with other words: what starts or ends a legal delay is believed only where
its words agree.
"""

import datetime
import hashlib
from typing import Any

from rebond.warehouse.carriers.chronopost_soap import TRACKING, ask
from rebond.warehouse.carriers.contract import Event, Proof, ServiceDown, Step
from rebond.warehouse.carriers.wire import PARIS, fields_xml, plain, rows_of, text

# Codes of `trackSkybillV2`; any other is a parcel on its way.
CODES = {
    "DC": Step.ANNOUNCED,
    "EA": Step.ANNOUNCED,  # one of several of a shipment
    "DB": Step.TAKEN,
    "DY": Step.TAKEN,
    "TA": Step.OUT,
    "P": Step.MISSED,
    "NA": Step.DELAYED,  # it waits for instructions
    "SK": Step.DELAYED,  # it waits for information
    "A2": Step.DELAYED,
    "IA": Step.DELAYED,
    "I": Step.DELAYED,
    "ZA": Step.DELAYED,
    "ZC": Step.DELAYED,
    "ZT": Step.DELAYED,
    "AB": Step.AT_POINT,
    "R": Step.RETURNING,
}
DELIVERED = frozenset({"D", "D1", "D2", "D3", "D4", "D5"})
NOT_YET = ("EN COURS", "ECHEC", "REPORT", "RETARD", "ATTENTE")  # words of a code that a partner uses for something else
NOTICES = frozenset({"SM", "H", "CL", "CT"})  # a message to the receiver, a wish of theirs: the parcel did not move
DROPPED = "RB"  # on its way to the point; told again by the driver after the point had it


def track(number: str) -> list[Event]:
    """All that it says, messages to the receiver left out; nothing yet for a label that was just made."""
    seen: list[Event] = []
    for row in _scans(number):
        event = _event(number, row, is_there=any(one.step == Step.AT_POINT for one in seen))
        seen += [event] if event is not None else []
    return seen


def proof_of(number: str) -> Proof | None:
    """Its last scan of a delivery, with all that it wrote beside; None before."""
    for row in reversed(_scans(number)):
        event = _event(number, row, is_there=False)
        if event is not None and event.step == Step.DELIVERED:
            told = [f"{text(one, 'name')} : {text(one, 'value')}" for one in rows_of(row, "infoCompList")]
            day = f"{event.at.astimezone(PARIS):%d/%m/%Y %H:%M}"
            lines = [event.words, day, event.place, number, *told[:10]]
            return Proof(event.at, [line for line in lines if line])
    return None


def _scans(number: str) -> list[Any]:
    """What `trackSkybillV2` knows, the oldest first."""
    asked = fields_xml({"language": "fr_FR", "skybillNumber": number})
    found = ask(TRACKING, "trackSkybillV2", asked, refuse=False)
    if text(found, "errorCode") != "0":
        raise ServiceDown(text(found, "errorCode"))
    whole = next(iter(rows_of(found, "listEventInfoComp")), None)
    if whole is None:
        return []
    if text(whole, "skybillNumber") not in {"", number}:
        raise ServiceDown("another parcel")
    return sorted(rows_of(whole, "events"), key=lambda row: text(row, "eventDate"))


def _event(number: str, row: Any, *, is_there: bool) -> Event | None:
    """None for a message, and for a scan without a moment. `is_there`: the point has the parcel."""
    code, said = text(row, "code"), text(row, "eventLabel")
    try:
        at = datetime.datetime.fromisoformat(text(row, "eventDate"))
    except ValueError:
        return None
    if code in NOTICES:
        return None
    at = (at if at.tzinfo is not None else at.replace(tzinfo=PARIS)).astimezone(datetime.UTC)
    key = hashlib.sha256(f"{number} {code} {at.isoformat()}".encode()).hexdigest()[:24]
    step = Step.AT_POINT if code == DROPPED and is_there else _step(code, plain(said).upper())
    return Event(key, step, at, said, text(row, "officeLabel").title())


def _step(code: str, words: str) -> Step:
    """A delivery starts legal delays: its code is believed only where its words do not say something else."""
    if code in DELIVERED:
        if "EXPEDITEUR" in words:
            return Step.RETURNED
        return Step.MOVING if any(piece in words for piece in NOT_YET) else Step.DELIVERED
    if code not in CODES and ("REPORTE" in words or "RETARDE" in words):
        return Step.DELAYED
    return CODES.get(code, Step.MOVING)
