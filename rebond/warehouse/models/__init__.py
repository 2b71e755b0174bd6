from rebond.warehouse.models.carrier import CarrierAccount
from rebond.warehouse.models.carton import Carton, CartonMove
from rebond.warehouse.models.count import Count, CountBin, CountDifference, CountLine
from rebond.warehouse.models.cut_off import CutOff
from rebond.warehouse.models.layout import SiteLayout
from rebond.warehouse.models.manifest import Manifest
from rebond.warehouse.models.markdown import Markdown, MarkdownRule
from rebond.warehouse.models.packing import Packing
from rebond.warehouse.models.parcel import Parcel, PickLine
from rebond.warehouse.models.place import Place
from rebond.warehouse.models.shipment import Shipment, TrackingEvent
from rebond.warehouse.models.stock import Holding, Movement
from rebond.warehouse.models.stock_out import StockOut
from rebond.warehouse.models.transport import Transport, TransportLine
from rebond.warehouse.models.wave import Round, Wave

__all__ = [
    "CarrierAccount",
    "Carton",
    "CartonMove",
    "Count",
    "CountBin",
    "CountDifference",
    "CountLine",
    "CutOff",
    "Holding",
    "Manifest",
    "Markdown",
    "MarkdownRule",
    "Movement",
    "Packing",
    "Parcel",
    "PickLine",
    "Place",
    "Round",
    "Shipment",
    "SiteLayout",
    "StockOut",
    "TrackingEvent",
    "Transport",
    "TransportLine",
    "Wave",
]
