"""Words of the room that the database and programs keep. French official terms: docs/glossary.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StatusKind(models.TextChoices):
    """rules.md B1, B9. A companion is no employee, nor is somebody accompanied in self-employed work."""

    CANDIDATE = "candidate", pgettext_lazy("person", "Candidate")
    COMPANION = "companion", _("Companion (OACAS)")
    CDDI_ACI = "cddi_aci", _("Insertion contract (CDDI) in ACI")
    CDDI_EI = "cddi_ei", _("Insertion contract (CDDI) in EI")
    CDDI_AI = "cddi_ai", _("Insertion contract (CDDI) in AI")
    CDDU = "cddu", _("Usage contract (CDDU) in AI")
    ETTI = "etti", _("Mission contract in ETTI")
    EITI = "eiti", _("Accompanied self-employed work (EITI)")
    CDI_INCLUSION = "cdi_inclusion", _("Permanent insertion contract (CDI inclusion)")
    VOLUNTEER = "volunteer", _("Volunteer")
    LEARNER = "learner", pgettext_lazy("person", "Learner")
    FORMER = "former", pgettext_lazy("person", "Has left")


# May be held beside another one; all others exclude each other (guards.py).
BESIDE_OTHERS = frozenset({StatusKind.VOLUNTEER, StatusKind.LEARNER})
