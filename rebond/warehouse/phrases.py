"""The journal's sentences about places and moves."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "warehouse.places.made": _("%(actor)s made %(number)s places at %(subject)s"),
    "warehouse.place.changed": _("%(actor)s changed the place %(subject)s"),
    "warehouse.place.closed": _("%(actor)s closed the place %(subject)s"),
    "warehouse.place.moved": _("%(actor)s moved %(subject)s to %(place)s"),
    "warehouse.item.stored": _("%(actor)s put it at %(place)s"),
    "warehouse.count.opened": _("%(actor)s opened a count of %(subject)s: %(number)s places"),
    "warehouse.count.closed": _("%(actor)s closed the count of %(subject)s"),
    "warehouse.count.again": _("%(actor)s asked to count %(place)s again"),
    "warehouse.count.taken_back": _("%(actor)s took back the count of %(place)s"),
    "warehouse.difference.settled": _("%(actor)s settled a count at %(place)s: %(found)s found, %(expected)s expected"),
    "warehouse.difference.reopened": _("%(actor)s undid the settling of a count at %(place)s"),
    "warehouse.markdown.set": _("%(actor)s set the reductions agreed for %(goods)s"),
    "warehouse.markdown.stopped": _("%(actor)s stopped the reductions agreed for %(goods)s"),
    "warehouse.markdown.put_off": _("%(actor)s kept its price in spite of the agreed reduction"),
    "warehouse.transport.planned": _("%(actor)s planned %(subject)s to %(to)s"),
    "warehouse.transport.load": _("%(actor)s finished loading %(subject)s"),
    "warehouse.transport.reopen": _("%(actor)s opened the loading of %(subject)s again"),
    "warehouse.transport.leave": _("%(actor)s let %(subject)s leave"),
    "warehouse.transport.check": _("%(actor)s finished checking %(subject)s"),
    "warehouse.transport.cancel": _("%(actor)s cancelled %(subject)s"),
    "warehouse.transport.unchecked": _("%(actor)s put it back in %(place)s: it had not arrived"),
    "warehouse.transport.taken_off": _("%(actor)s took it off %(place)s"),
    "warehouse.transport.missing": _("%(actor)s did not find it in %(place)s"),
    "warehouse.item.put_back": _("%(actor)s put it back at %(place)s"),
}
