"""Messages that carriers send by themselves: signed with a secret that was agreed, each event kept once.

The format is ours (docs/formats/carrier-events.md), for cooperatives and for the trial carrier.
"""

import datetime
import hashlib
import hmac
import json
from typing import Any

from django.utils import timezone

from rebond.warehouse.actions.tracking import AHEAD, take_events
from rebond.warehouse.carriers.contract import Event, Step
from rebond.warehouse.errors import FieldInvalid, SignatureRefused
from rebond.warehouse.models import CarrierAccount, Shipment

TOLERANCE = AHEAD  # between their clock and ours: an old message cannot be played again
MOST = 200  # events of one message


def sign(secret: str, moment: int, body: bytes) -> str:
    """The value of the header `Rebond-Signature` for a body sent at `moment` (seconds since 1970)."""
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={mac}"


def check_signature(account: CarrierAccount | None, header: str, body: bytes, now: datetime.datetime) -> CarrierAccount:
    """The account. Raise SignatureRefused where it is not there, has no secret, or signed otherwise or long ago."""
    secret = account.secrets.get("webhook", "") if account is not None else ""
    moment = header.partition(",")[0].removeprefix("t=")
    if account is None or not secret or not moment.isdecimal() or len(moment) > 12:
        raise SignatureRefused
    if not hmac.compare_digest(sign(secret, int(moment), body).encode(), header.encode()):
        raise SignatureRefused
    if abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise SignatureRefused
    return account


def receive_message(
    *, account: CarrierAccount | None, header: str, body: bytes, now: datetime.datetime | None = None
) -> dict[str, int]:
    """{events read, those that were new, those of parcels that are not ours}. The same message twice is one.

    Raise SignatureRefused; FieldInvalid with the place of what cannot be read, and nothing of the message is kept.
    """
    now = now or timezone.now()
    account = check_signature(account, header, body, now)
    told: dict[str, list[Event]] = {}
    for number, event in _read(body, now + AHEAD):
        told.setdefault(number, []).append(event)
    rows = Shipment.objects.alive().filter(account=account, number__in=told)
    found = {row.number: row for row in rows}
    new = sum(take_events(shipment=found[number], events=told[number], now=now) for number in sorted(found))
    read = sum(len(events) for events in told.values())
    return {"read": read, "new": new, "unknown": sum(len(told[number]) for number in told.keys() - found.keys())}


def _read(body: bytes, until: datetime.datetime) -> list[tuple[str, Event]]:
    """An event after `until` is refused, since what it was answered with 200 is not sent again."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise FieldInvalid("", "not JSON") from None
    rows = data.get("events") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST:
        raise FieldInvalid("events", f"a list of 1 to {MOST}")
    return [_event(row, f"events[{n}]", until) for n, row in enumerate(rows)]


def _event(row: Any, where: str, until: datetime.datetime) -> tuple[str, Event]:
    if not isinstance(row, dict):
        raise FieldInvalid(where, "an object")
    texts = {}
    for name, most, is_needed in (("number", 40, True), ("id", 80, True), ("words", 200, False), ("place", 120, False)):
        value = row.get(name, "")
        if not isinstance(value, str) or (is_needed and not value.strip()) or len(value) > most:
            raise FieldInvalid(f"{where}.{name}", f"a text of {most} signs at most")
        texts[name] = value.strip().replace("\x00", "")
    if row.get("step") not in Step.values:
        raise FieldInvalid(f"{where}.step", f"one of {', '.join(Step.values)}")
    try:
        at = datetime.datetime.fromisoformat(str(row.get("at")))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise FieldInvalid(f"{where}.at", "a moment with its zone, such as 2026-11-27T10:00:00+01:00")
    if at > until:
        raise FieldInvalid(f"{where}.at", "a moment that is not to come")
    return texts["number"], Event(texts["id"], Step(row["step"]), at, texts["words"], texts["place"])
