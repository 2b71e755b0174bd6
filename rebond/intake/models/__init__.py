from rebond.intake.models.balance import CategoryFlow, Exit, FlowName, MonthGap, PartSale, StockCount
from rebond.intake.models.donation import Container, Donation, Weighing
from rebond.intake.models.register import Donor, NeverChangedError, Register, RegisterEntry
from rebond.intake.models.sorting import Sorting

__all__ = [
    "CategoryFlow",
    "Container",
    "Donation",
    "Donor",
    "Exit",
    "FlowName",
    "MonthGap",
    "NeverChangedError",
    "PartSale",
    "Register",
    "RegisterEntry",
    "Sorting",
    "StockCount",
    "Weighing",
]
