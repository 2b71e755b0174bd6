"""Samples of appointments for the test of rights (tests/samples.py)."""

from tests.factories.catalogue import ItemFactory
from tests.samples_carriers import CARRIERS
from tests.samples_returns import RETURNS


def _booked(world):
    """An appointment at the seller's site, made once for a world."""
    from rebond.shop.models import Appointment
    from tests.factories.slots import make_agenda, offers, pay, placed_with

    if "booked" not in vars(world):
        agenda = make_agenda(world.site)
        item = ItemFactory(seller=world.seller, category=world.category, on_sale=True)
        world.booked = Appointment.objects.get(parcel__order=pay(placed_with(item, offers(agenda)[-1])))
    return world.booked


def order_of(world):
    return _booked(world).parcel.order


def _token(world):
    from rebond.shop.queries.orders import token_of

    return token_of(order_of(world))


def _slips_job(world):
    from rebond.shop.actions.slips import start_slips

    if "slips_job" not in vars(world):
        world.slips_job = start_slips(organisation=world.seller, by=world.user("manager"))
    return world.slips_job.public_id


_agenda = {"public_id": lambda w: _booked(w).slot.agenda.public_id}
_link = {"public_id": lambda w: order_of(w).public_id, "token": _token, "number": lambda w: 1}
SLOTS = (
    {
        "shop:order-slot": _link,
        "shop:order-slot-ics": _link,
        "shop:agenda-add": {"mode": lambda w: "local"},
        "shop:agenda-change": _agenda,
        "shop:agenda-close": _agenda,
        "shop:part-slip": {"public_id": lambda w: order_of(w).parts.get().public_id},
        "shop:slips-job": {"job_id": _slips_job},
        **{f"shop:slot-{verb}": {"public_id": lambda w: _booked(w).public_id} for verb in ("hand", "absent", "off")},
    }
    | RETURNS
    | CARRIERS
)
