from rebond.insertion.models.contract import Contract, ContractEnd, ContractPause, ContractTerms
from rebond.insertion.models.exit import Exit, ExitReason, ExitVersion
from rebond.insertion.models.iae_pass import Pass, PassProlongation, PassSuspension
from rebond.insertion.models.news import FollowUp, FollowUpAnswer

__all__ = [
    "Contract",
    "ContractEnd",
    "ContractPause",
    "ContractTerms",
    "Exit",
    "ExitReason",
    "ExitVersion",
    "FollowUp",
    "FollowUpAnswer",
    "Pass",
    "PassProlongation",
    "PassSuspension",
]
