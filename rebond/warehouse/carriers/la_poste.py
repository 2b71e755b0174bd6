"""La Poste's public tracking, "Suivi" v2: where a parcel of Colissimo is.

Written after its OpenAPI document (`GET /suivi/v2/idships/{number}`, Okapi portal of La Poste) and exchanges seen in
public integrations: karrio (`laposte`, `colissimo`), `suivi-poste`. The HTTP status is not the whole answer: a body has
its own `returnCode`, 104 for a number that is not known yet. An event's `code` is the only thing that has a meaning;
one that is not in the list is a parcel on its way.
"""

import datetime
import hashlib
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext_lazy

from rebond.warehouse.carriers.contract import CredentialsRefused, Event, ServiceDown, ShipmentRefused, Step
from rebond.warehouse.carriers.wire import PARIS, read_json, send

SAYS_SOMETHING = frozenset({200, 207, 400, 401, 403, 404})
UNKNOWN_YET = 104
TRIED = "8R00000000000"  # no parcel has it: asked to know whether the key opens
CODES = {
    "DR1": Step.ANNOUNCED,
    "DR2": Step.ANNOUNCED,  # a problem while the sender prepares it
    "PC1": Step.TAKEN,
    "PC2": Step.TAKEN,
    "ET1": Step.MOVING,
    "ET2": Step.MOVING,
    "ET3": Step.MOVING,
    "ET4": Step.MOVING,
    "EP1": Step.MOVING,  # it waits to be presented
    "DO1": Step.MOVING,
    "DO2": Step.MOVING,
    "DO3": Step.DELAYED,  # held by the customs
    "ID0": Step.MOVING,
    "PB1": Step.DELAYED,
    "PB2": Step.MOVING,
    "ND1": Step.DELAYED,  # it could not be handed over; its words say why, nobody is said to have been absent
    "DI3": Step.DELAYED,
    "MD2": Step.OUT,
    "AG1": Step.AT_POINT,
    "RE1": Step.RETURNING,
    "DI0": Step.DELIVERED,  # handed over with others
    "DI1": Step.DELIVERED,
    "DI2": Step.RETURNED,  # handed over to the sender
}


def track(number: str, key: str) -> list[Event]:
    """All that La Poste says of a number; nothing while it does not know it. Raise ShipmentRefused for a wrong one."""
    url = f"{settings.LA_POSTE_API_URL}/suivi/v2/idships/{quote(number, safe='')}"
    headers = {"X-Okapi-Key": key, "Accept": "application/json"}
    answer = send("GET", url, expected=SAYS_SOMETHING, params={"lang": "fr_FR"}, headers=headers)
    if answer.status in {401, 403}:
        raise CredentialsRefused
    if answer.status == 404:
        return []
    found = read_json(answer.body)
    found = found[0] if isinstance(found, list) and found else found
    if not isinstance(found, dict):
        raise ServiceDown("no shipment")
    if answer.status == 400 or found.get("returnCode") == 400:
        raise ShipmentRefused(gettext_lazy("The carrier does not know this number."))
    if found.get("returnCode") == UNKNOWN_YET:
        return []
    return _events(number, found.get("shipment"))


def try_key(key: str) -> None:
    """Whether the key opens. Raise CredentialsRefused, ServiceDown."""
    try:
        track(TRIED, key)
    except ShipmentRefused:
        return


def _events(number: str, shipment: Any) -> list[Event]:
    if not isinstance(shipment, dict) or not isinstance(shipment.get("event", []), list):
        raise ServiceDown("no shipment")
    told = [_event(number, row) for row in shipment.get("event", []) if isinstance(row, dict)]
    return [event for event in told if event is not None]


def _event(number: str, row: dict[str, Any]) -> Event | None:
    """None for a row without a moment. One code at one moment is one event, however its words change."""
    code, said = str(row.get("code", "")), str(row.get("date", ""))
    try:
        at = datetime.datetime.fromisoformat(said)
    except ValueError:
        return None
    at = (at if at.tzinfo is not None else at.replace(tzinfo=PARIS)).astimezone(datetime.UTC)
    key = hashlib.sha256(f"{number} {code} {at.isoformat()}".encode()).hexdigest()[:24]
    return Event(key, CODES.get(code, Step.MOVING), at, str(row.get("label", "")))
