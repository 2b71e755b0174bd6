from rebond.insertion.models.iae_pass import Pass, PassProlongation, PassSuspension

__all__ = ["Pass", "PassProlongation", "PassSuspension"]
