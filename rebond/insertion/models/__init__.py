from rebond.insertion.models.contract import Contract, ContractEnd, ContractPause, ContractTerms
from rebond.insertion.models.exit import Exit, ExitReason, ExitVersion
from rebond.insertion.models.iae_pass import Pass, PassProlongation, PassSuspension

__all__ = [
    "Contract",
    "ContractEnd",
    "ContractPause",
    "ContractTerms",
    "Exit",
    "ExitReason",
    "ExitVersion",
    "Pass",
    "PassProlongation",
    "PassSuspension",
]
