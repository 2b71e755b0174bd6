from rebond.skills.models.award import Award, StatusList
from rebond.skills.models.badge import Badge
from rebond.skills.models.key import IssuerKey

__all__ = ["Award", "Badge", "IssuerKey", "StatusList"]
