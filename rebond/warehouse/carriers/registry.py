"""The carriers that exist, by key."""

from collections.abc import Mapping

from rebond.warehouse.carriers.by_hand import Collection, Cooperative, OwnDelivery, StampedLetter
from rebond.warehouse.carriers.chronopost import Chronopost
from rebond.warehouse.carriers.colissimo import Colissimo
from rebond.warehouse.carriers.contract import Carrier, Kind
from rebond.warehouse.carriers.mondial_relay import MondialRelay
from rebond.warehouse.carriers.trial import TrialCarrier

CARRIERS: dict[str, type[Carrier]] = {
    one.kind.key: one
    for one in (TrialCarrier, Colissimo, Chronopost, MondialRelay, Cooperative, OwnDelivery, Collection, StampedLetter)
}


def kind_of(key: str) -> Kind:
    """Raise KeyError for a carrier that is not there."""
    return CARRIERS[key].kind


def open_carrier(key: str, secrets: Mapping[str, str]) -> Carrier:
    """The carrier, with an account's credentials; nothing is asked of it yet."""
    return CARRIERS[key](secrets)
