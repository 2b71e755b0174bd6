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


class Level(models.IntegerChoices):
    """Of every card; what is observed at each is in `data/cards.json`."""

    DISCOVERS = 1, pgettext_lazy("level", "I discover")
    HELPED = 2, pgettext_lazy("level", "I do it with help")
    ALONE = 3, pgettext_lazy("level", "I do it alone")
    TEACHES = 4, pgettext_lazy("level", "I show it to others")


class SaidBy(models.TextChoices):
    PERSON = "person", pgettext_lazy("level", "The person")
    SUPERVISOR = "supervisor", pgettext_lazy("level", "A supervisor")


class AnswerKind(models.TextChoices):
    AGREES = "agrees", pgettext_lazy("level", "Agrees")
    CONTESTS = "contests", pgettext_lazy("level", "Does not agree")
    COMMENTS = "comments", pgettext_lazy("level", "Adds a word")


class LevelState(models.TextChoices):
    """Of what was said: only an agreement of the other side makes it acknowledged by two."""

    WAITING = "waiting", pgettext_lazy("level", "Waits for the other one’s word")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("level", "Acknowledged by two")
    CONTESTED = "contested", pgettext_lazy("level", "Contested")
