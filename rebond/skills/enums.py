"""Words of the room that the database and programs keep."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CheckResult(models.TextChoices):
    OK = "ok", _("In order")
    BAD = "bad", _("Refused")
    UNKNOWN = "unknown", _("Could not be checked")


class VerdictState(models.TextChoices):
    VALID = "valid", _("This badge is authentic")
    REFUSED = "refused", _("This badge is not valid")
    UNSURE = "unsure", _("This badge cannot be fully verified here")


class BadgeKind(models.TextChoices):
    """`achievementType` of Open Badges 3.0; the values are the standard's own."""

    COMPETENCY = "Competency", _("A skill")
    CERTIFICATE = "Certificate", _("A training followed")
    ACHIEVEMENT = "Achievement", _("Something achieved")


class BadgeTint(models.TextChoices):
    """The kit's tints (core/forms.py)."""

    CIEL = "ciel", _("Sky")
    MENTHE = "menthe", _("Mint")
    ANIS = "anis", _("Anise")
    PECHE = "peche", _("Peach")
    ROSE = "rose", _("Rose")
    LILAS = "lilas", _("Lilac")
    SABLE = "sable", _("Sand")


class BadgeSign(models.TextChoices):
    """The pictogram of a badge's picture: names of Lucide's drawings."""

    PACKAGE = "package", _("A parcel")
    CAMERA = "camera", _("A camera")
    PEN = "pen-line", _("A pen")
    WRENCH = "wrench", _("A spanner")
    WAREHOUSE = "warehouse", _("A warehouse")
    MESSAGE = "message-circle", _("A speech bubble")
    SCALE = "scale", _("Scales")
    HEART = "heart-handshake", _("A handshake")


class AwardState(models.TextChoices):
    ISSUED = "issued", _("Valid")
    REVOKED = "revoked", pgettext_lazy("badge", "Taken back")
