"""What carriers are asked each minute: labels that wait, parcels to follow. Bounded, by the index of what is due."""

import datetime
import logging

from django.utils import timezone

from rebond.warehouse.actions.label import make_label
from rebond.warehouse.actions.manifest import hand_over_rest
from rebond.warehouse.actions.tracking import follow_shipment
from rebond.warehouse.carriers.contract import CarrierError
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import Shipment

logger = logging.getLogger(__name__)
AT_ONCE = 200


def ask_carriers(*, now: datetime.datetime | None = None, at_once: int = AT_ONCE) -> dict[str, int]:
    """The oldest first, 200 of each kind at most: {labels made, refused, new events}. What fails leaves the others.

    A label is awaited by a table: the parcels to follow, of which there are far more, come after. Before both, what is
    left of closed lists.
    """
    now = now or timezone.now()
    hand_over_rest(now=now)
    due = Shipment.objects.filter(next_at__lte=now).order_by("next_at", "pk").values_list("pk", "state")
    labels = list(due.filter(state=ShipmentState.QUEUED)[:at_once])
    done = {"labels": 0, "refused": 0, "events": 0}
    for key, state in [*labels, *due.exclude(state=ShipmentState.QUEUED)[:at_once]]:
        shipment = Shipment(pk=key)
        try:
            if state == ShipmentState.QUEUED:
                done["labels"] += make_label(shipment=shipment, now=now).state == ShipmentState.READY
            else:
                done["events"] += follow_shipment(shipment=shipment, now=now)
        except CarrierError:
            done["refused"] += 1
        except Exception:
            logger.exception("shipment %s could not be asked for", key)
    return done
