from rebond.connect.models.mapping import CategoryMapping, ImportProfile
from rebond.connect.models.run import ImportPhoto, ImportRow, ImportRun

__all__ = ["CategoryMapping", "ImportPhoto", "ImportProfile", "ImportRow", "ImportRun"]
