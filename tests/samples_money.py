"""Samples of the money desk's addresses (tests/samples.py): by room and parameter."""

import datetime
import uuid

from tests import samples_guest


def _rate(world):
    from rebond.ledger.actions.legal_rate import ask_rate

    return ask_rate(
        organisation=world.operator,
        starts_on=datetime.date(2020, 1, 1),
        basis_points=315,
        source="Arrêté",
        by=world.user("finance"),
    ).public_id


def waiting_request(organisation):
    """A request that somebody else may grant (and that can no longer be done)."""
    from rebond.ledger.actions.money_limits import LIMIT_SET
    from rebond.ledger.models import MoneyRequest

    facts = {"subject": "x", "label": "x", "data": {"act": "x", "limits": {}}, "operation": uuid.UUID(int=7)}
    return MoneyRequest.objects.get_or_create(
        organisation=organisation, act=LIMIT_SET, asked_by_id="x", asked_by="Ada", defaults=facts
    )[0]


def _request(world):
    """Somebody of the seller asked that limits be changed."""
    return waiting_request(world.seller).public_id


BY_PARAMETER = {
    ("ledger", "rate_id"): _rate,
    ("ledger", "request_id"): _request,
    ("ledger", "act"): lambda _w: "ledger-entry-undo",
} | samples_guest.BY_PARAMETER
MAY_BE_MISSING = {
    "ledger:limit-change": "a seller's manager sets the limits of selling only: the sample is an act of the books",
}
