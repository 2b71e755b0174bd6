"""What may be noted of a person's needs: facts to choose from, so that nobody has to tell a story, or names an illness.

Of what the body can do there are choices only (rules.md F8: no diagnosis; labour code L4624-3 and L4624-6: the employer
follows the limits, not the reasons).
"""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NeedKind(models.TextChoices):
    LANGUAGE = "language", pgettext_lazy("need", "French")
    CHILDCARE = "childcare", pgettext_lazy("need", "Children")
    MOBILITY = "mobility", pgettext_lazy("need", "Getting to work")
    APTITUDE = "aptitude", pgettext_lazy("need", "Limits at work")


POINTS: dict[str, dict[str, Promise | str]] = {
    NeedKind.LANGUAGE: {
        "spoken": _("Speaks little French"),
        "reading": _("Reads French with difficulty"),
        "writing": _("Writes French with difficulty"),
        "interpreter": _("Needs an interpreter"),
        "lessons": _("Takes French lessons"),
    },
    NeedKind.CHILDCARE: {
        "alone": _("Raises children alone"),
        "none": _("Has nobody to look after the children"),
        "school": _("Takes the children to school in the morning"),
        "wednesday": _("Is with the children on Wednesdays"),
        "holidays": _("Has nobody during school holidays"),
    },
    NeedKind.MOBILITY: {
        "licence": _("Has no driving licence"),
        "car": _("Has a licence, and no car"),
        "bus": _("Comes by bus or train"),
        "bike": _("Comes by bike or on foot"),
        "far": _("Lives more than an hour away"),
    },
    NeedKind.APTITUDE: {
        "loads": _("Carries nothing heavy"),
        "standing": _("Does not stand for long"),
        "seated": _("Works sitting down"),
        "height": _("Does not work at height"),
        "dust": _("Works away from dust and products"),
        "noise": _("Works away from noise"),
        "hours": _("Works shorter days"),
        "visit": _("Is still to see the occupational doctor"),
    },
}
WITHOUT_WORDS = frozenset({NeedKind.APTITUDE})
SEEN_AT_WORK = NeedKind.APTITUDE  # who plans the posts has to follow them (L4624-6)
