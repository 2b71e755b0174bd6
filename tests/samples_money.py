"""Samples of the money desk's addresses (tests/samples.py): by room and parameter."""

import datetime

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


BY_PARAMETER = {("ledger", "rate_id"): _rate} | samples_guest.BY_PARAMETER
