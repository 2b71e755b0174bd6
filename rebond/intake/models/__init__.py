from rebond.intake.models.balance import CategoryFlow, Exit, FlowName, StockCount
from rebond.intake.models.donation import Container, Donation, Weighing
from rebond.intake.models.sorting import Sorting

__all__ = [
    "CategoryFlow",
    "Container",
    "Donation",
    "Exit",
    "FlowName",
    "Sorting",
    "StockCount",
    "Weighing",
]
