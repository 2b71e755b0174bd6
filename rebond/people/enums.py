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


# No employment link: nothing of what they do is counted for them before they ask for it (rules.md B9, F8).
ASKED_FIRST = frozenset({StatusKind.COMPANION, StatusKind.EITI, StatusKind.VOLUNTEER})
# Nothing is counted: they are not at work here.
NOT_AT_WORK = frozenset({StatusKind.CANDIDATE, StatusKind.FORMER})

# May be held beside another one; all others exclude each other (guards.py).
BESIDE_OTHERS = frozenset({StatusKind.VOLUNTEER, StatusKind.LEARNER})


class ConsentKind(models.TextChoices):
    """rules.md F8: what may be asked of somebody who is free to say no, and to take it back on any day."""

    PHOTO = "photo", pgettext_lazy("consent", "Pictures of me")
    VOICE = "voice", pgettext_lazy("consent", "Recordings of my voice")
    MESSAGES = "messages", pgettext_lazy("consent", "Text messages")
    PARTNERS = "partners", pgettext_lazy("consent", "Partners who help me")
    SKILLS = "skills", pgettext_lazy("consent", "My work counts for me")
    NEWS = "news", pgettext_lazy("consent", "News after I leave")


# What a supervisor has to know before they take a picture; the others are between the person and the counsellor.
SEEN_AT_WORK = frozenset({ConsentKind.PHOTO, ConsentKind.VOICE})


class ConsentHow(models.TextChoices):
    OWN = "own", pgettext_lazy("consent", "in their own space")
    PAPER = "paper", pgettext_lazy("consent", "on a signed paper")


class CorrectionState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("correction", "Waits for an answer")
    CORRECTED = "corrected", pgettext_lazy("correction", "Corrected")
    REFUSED = "refused", pgettext_lazy("correction", "Not changed")


# What exactly is agreed to, in the words that the person reads before they answer.
CONSENT_WORDS = {
    ConsentKind.PHOTO: _("Pictures where I can be recognised may be shown: on the site, on a poster, in a report."),
    ConsentKind.VOICE: _("My voice may be recorded, and the recording may be heard by others."),
    ConsentKind.MESSAGES: _("Text messages may remind me of an appointment or of a paper to bring."),
    ConsentKind.PARTNERS: _("My counsellor may speak about me with the people who help me: housing, health, training."),
    ConsentKind.NEWS: _("After I leave, I may get a link to say how I am. I answer alone, or I do not answer."),
    ConsentKind.SKILLS: _("What I do at the stations is counted, day by day, to show what I can do. Never my hours."),
}
