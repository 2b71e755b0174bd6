"""The journal's sentences about what comes in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "intake.donation.received": _("%(actor)s received %(subject)s"),
    "intake.donation.noted": _("%(actor)s wrote a note about %(subject)s"),
    "intake.donation.placed": _("%(actor)s said where %(subject)s comes from"),
    "intake.weighing.added": _("%(actor)s weighed more of %(subject)s"),
    "intake.weighing.cancelled": _("%(actor)s took back a weighing of %(subject)s"),
    "intake.container.added": _("%(actor)s added the container %(subject)s"),
    "intake.container.ended": _("%(actor)s put the container %(subject)s away"),
    "intake.thing.sorted": _("%(actor)s sorted %(subject)s"),
    "intake.thing.taken_back": _("%(actor)s took back the sorting of %(subject)s"),
    "intake.count.noted": _("%(actor)s noted the stock of %(subject)s"),
    "intake.exit.noted": _("%(actor)s noted what left: %(subject)s"),
    "intake.donor.noted": _("%(actor)s noted who brought %(subject)s"),
    "intake.donor.looked": _("%(actor)s looked at who brought this: line %(subject)s of the register"),
    "intake.donor.exported": _("%(actor)s took the register away with its identities"),
    "intake.donor.erased": _("Identities that had their time were deleted from the register"),
    "intake.register.opened": _("%(actor)s opened the register of objects"),
    "intake.register.closed": _("%(actor)s closed the register of objects"),
    "intake.register.limited": _("%(actor)s set the value under which things share a line of the register"),
    "intake.register.corrected": _("%(actor)s corrected the register: line %(subject)s"),
    "intake.register.object_noted": _("%(actor)s entered an object in the register: line %(subject)s"),
    "intake.flow.set": _("%(actor)s changed the flows of %(subject)s"),
}
