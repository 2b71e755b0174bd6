from rebond.skills.models.award import Award, StatusList
from rebond.skills.models.badge import Badge
from rebond.skills.models.evidence import Evidence, EvidenceDays
from rebond.skills.models.key import IssuerKey
from rebond.skills.models.level import Answer, Assessment, HiddenCard

__all__ = [
    "Answer",
    "Assessment",
    "Award",
    "Badge",
    "Evidence",
    "EvidenceDays",
    "HiddenCard",
    "IssuerKey",
    "StatusList",
]
