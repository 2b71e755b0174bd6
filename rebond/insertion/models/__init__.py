from rebond.insertion.models.exit import Exit, ExitReason, ExitVersion
from rebond.insertion.models.iae_pass import Pass, PassProlongation, PassSuspension

__all__ = ["Exit", "ExitReason", "ExitVersion", "Pass", "PassProlongation", "PassSuspension"]
