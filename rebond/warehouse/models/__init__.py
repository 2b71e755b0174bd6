from rebond.warehouse.models.count import Count, CountBin, CountDifference, CountLine
from rebond.warehouse.models.markdown import Markdown, MarkdownRule
from rebond.warehouse.models.place import Place
from rebond.warehouse.models.stock import Holding, Movement
from rebond.warehouse.models.transport import Transport, TransportLine

__all__ = [
    "Count",
    "CountBin",
    "CountDifference",
    "CountLine",
    "Holding",
    "Markdown",
    "MarkdownRule",
    "Movement",
    "Place",
    "Transport",
    "TransportLine",
]
