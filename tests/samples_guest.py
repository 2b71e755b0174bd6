"""Samples of the pages where a guest finds their data (tests/samples.py)."""

from rebond.shop.queries.guest_data import guest_path
from rebond.shop.queries.person import Person


def _guest(world):
    return guest_path(Person(email=world.paid_order.email)).strip("/").rpartition("/")[2]


BY_PARAMETER = {("shop", "guest"): _guest}
