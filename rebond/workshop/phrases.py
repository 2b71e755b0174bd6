"""The journal's sentences about stations, people and tasks."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "workshop.station.created": _("%(actor)s opened the station %(subject)s"),
    "workshop.station.changed": _("%(actor)s changed the station %(subject)s"),
    "workshop.station.limited": _("%(actor)s changed how many objects may wait at %(subject)s"),
    "workshop.task.ordered": _("%(actor)s changed the turn of %(subject)s"),
    "workshop.task.freed": _("%(actor)s put %(subject)s back in its queue"),
    "workshop.station.closed": _("%(actor)s closed the station %(subject)s"),
    "workshop.options.changed": _("%(actor)s changed how people sign in at %(subject)s"),
    "workshop.device.invited": _("%(actor)s prepared the device %(name)s for %(subject)s"),
    "workshop.device.enrolled": _("%(actor)s enrolled the device %(subject)s"),
    "workshop.device.moved": _("%(actor)s moved the device %(subject)s to %(station)s"),
    "workshop.device.revoked": _("%(actor)s revoked the device %(subject)s"),
    "workshop.worker.added": _("%(actor)s added %(subject)s to the workshop"),
    "workshop.worker.changed": _("%(actor)s changed the card of %(subject)s"),
    "workshop.worker.ended": _("%(actor)s noted that %(subject)s left the workshop"),
    "workshop.badge.issued": _("%(actor)s made the badge %(number)s for %(subject)s"),
    "workshop.badge.ended": _("%(actor)s stopped the badge %(number)s of %(subject)s"),
    "workshop.pin.set": _("%(actor)s set the code of %(subject)s"),
    "workshop.pin.removed": _("%(actor)s removed the code of %(subject)s"),
    "workshop.consent.given": _("%(subject)s agreed to be named on the shop’s pages"),
    "workshop.consent.taken_back": _("%(subject)s no longer agrees to be named on the shop’s pages"),
    "workshop.skill.set": _("%(actor)s noted what %(subject)s can do"),
    "workshop.sign_in.confirmed": _("%(actor)s confirmed that %(subject)s may sign in without a badge"),
    "workshop.sign_in.refused": _("%(actor)s refused the sign-in of %(subject)s without a badge"),
    "workshop.task.opened": _("A task was opened: %(subject)s"),
    "workshop.task.handed_over": _("%(actor)s handed %(subject)s over to %(to)s"),
    "workshop.task.shared": _("%(actor)s shares %(subject)s with %(to)s"),
    "workshop.task.parted": _("%(to)s goes on alone with %(subject)s"),
    "workshop.task.taken_back": _("%(actor)s took %(subject)s back"),
    "workshop.task.returned": _("%(actor)s gave %(subject)s back"),
    "workshop.task.cancelled": _("%(actor)s cancelled the task %(subject)s"),
}
