"""Who reads the places, who changes them, and which rows each user sees."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

# Role keys as strings: perms are leaves, and the roles' own room is below (network.enums).
MANAGERS = frozenset({"manager", "supervisor"})
SELLERS = MANAGERS | {"seller"}
READERS = SELLERS | {"reader"}

register(
    {
        "warehouse.place.view": READERS,
        "warehouse.place.change": MANAGERS,
        "warehouse.item.move": SELLERS,
        "warehouse.count.view": READERS,
        "warehouse.count.change": MANAGERS,
        "warehouse.parcel.view": READERS,
        "warehouse.parcel.change": SELLERS,
        "warehouse.wave.view": READERS,
        "warehouse.wave.change": MANAGERS,
        "warehouse.stock_out.view": READERS,
        "warehouse.stock_out.change": MANAGERS,
        "warehouse.markdown.view": READERS,
        "warehouse.markdown.change": MANAGERS,
        "warehouse.carton.view": READERS,
        "warehouse.carton.change": SELLERS,
        "warehouse.transport.view": READERS,
        "warehouse.transport.change": MANAGERS,
        "warehouse.shipment.view": READERS,
        "warehouse.shipment.change": SELLERS,
        "warehouse.carrier.view": MANAGERS,
        "warehouse.carrier.change": frozenset({"manager"}),
    }
)
describe(
    {
        "warehouse.place.view": _("See places and what is there"),
        "warehouse.place.change": _("Make places and boxes"),
        "warehouse.item.move": _("Move objects to another place"),
        "warehouse.count.view": _("See counts and what they found"),
        "warehouse.count.change": _("Open counts and settle their differences"),
        "warehouse.parcel.view": _("See the parcels that leave, and what is in them"),
        "warehouse.parcel.change": _("Let parcels leave"),
        "warehouse.wave.view": _("See waves, rounds and how far they are"),
        "warehouse.wave.change": _("Make waves and stop them"),
        "warehouse.stock_out.view": _("See what was not found or was broken, of paid orders"),
        "warehouse.stock_out.change": _("Say what became of what was not found or was broken"),
        "warehouse.markdown.view": _("See the reductions agreed for what stays unsold"),
        "warehouse.markdown.change": _("Set these reductions, confirm and undo them"),
        "warehouse.carton.view": _("See the cartons for parcels and how many are left"),
        "warehouse.carton.change": _("Add cartons for parcels and count them"),
        "warehouse.transport.view": _("See transports and what they carry"),
        "warehouse.transport.change": _("Plan transports and let them leave"),
        "warehouse.shipment.view": _("See the parcels given to carriers, and their labels"),
        "warehouse.shipment.change": _("Print and cancel labels, hand parcels to carriers"),
        "warehouse.carrier.view": _("See the accounts at carriers, and whether they answer"),
        "warehouse.carrier.change": _("Enter and try the credentials of carriers"),
    }
)


def visible_places(user: Any, path: str = "organisation_id") -> Q:
    """Rows whose organisation (by `path`) is one where `user` reads the places."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = user.memberships.filter(ended_at__isnull=True, role__in=READERS)
    return Q(**{f"{path}__in": set(rows.values_list("organisation_id", flat=True))})
