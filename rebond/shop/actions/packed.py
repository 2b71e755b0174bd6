"""What was packed at a table gets its label: the account, the address and the weight come from its order."""

import datetime
from typing import Any

from django.db import transaction

from rebond.catalogue.enums import DeliveryMode
from rebond.shop.models import SellerOrder
from rebond.shop.queries.carried import Carried, account_for, may_label, parcels_of, receiver_of, wanted_of
from rebond.shop.queries.packed import is_shared, parts_in
from rebond.warehouse.actions.label import ask_label
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import CarrierAccount, Parcel, Shipment


@transaction.atomic
def ask_packed(*, parcel: Parcel, grams: int | None, by: Any, now: datetime.datetime | None = None) -> Shipment | None:
    """Its label is awaited from now on; a part of the packing's transaction, which no carrier is asked in.

    None where no label is printed at the table: its buyer comes, nobody said who carries it, or several sites
    prepare it (one label would be on two parcels). `grams` None: what its objects and a carton weigh.
    """
    if parcel.mode == DeliveryMode.PICKUP or is_shared(parcel):
        return None
    found = _carrier_of(parcel)
    if found is None:
        return None
    part, carried, account = found
    weight = grams or max(carried.grams, parcel.weight_g or 0)
    wanted = wanted_of(part, carried, receiver_of(part.order), weight)
    try:
        return ask_label(account=account, wanted=wanted, subject=parcel.order_code, by=by, parcel=parcel, now=now)
    except WarehouseError:  # the account was switched off at this moment: the desk chooses another one
        return None


def _carrier_of(parcel: Parcel) -> tuple[SellerOrder, Carried, CarrierAccount] | None:
    """Whose account makes its label: that of who carries it, as each of its sellers' lines says (decision 56).

    A label that was asked before goes on.
    """
    parts = [part for part in parts_in(parcel.order_code, parcel.number) if may_label(part, parcel.number)]
    for part in parts:
        carried = next((one for one in parcels_of(part) if one.number == parcel.number), None)
        if carried is None:
            continue
        account = carried.shipment.account if carried.shipment is not None else account_for(carried)
        if account is not None:
            return part, carried, account
    return None
