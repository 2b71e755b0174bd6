from rebond.connect.models.mapping import CategoryMapping, ImportProfile
from rebond.connect.models.run import ImportCorrection, ImportPhoto, ImportRow, ImportRun

__all__ = ["CategoryMapping", "ImportCorrection", "ImportPhoto", "ImportProfile", "ImportRow", "ImportRun"]
