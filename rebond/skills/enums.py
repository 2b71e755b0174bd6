"""Words of the room that the database and programs keep."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CheckResult(models.TextChoices):
    OK = "ok", _("In order")
    BAD = "bad", _("Refused")
    UNKNOWN = "unknown", _("Could not be checked")


class VerdictState(models.TextChoices):
    VALID = "valid", _("This badge is authentic")
    REFUSED = "refused", _("This badge is not valid")
    UNSURE = "unsure", _("This badge cannot be fully verified here")
