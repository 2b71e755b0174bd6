"""The journal's sentences about places and moves."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "warehouse.places.made": _("%(actor)s made %(number)s places at %(subject)s"),
    "warehouse.place.changed": _("%(actor)s changed the place %(subject)s"),
    "warehouse.place.closed": _("%(actor)s closed the place %(subject)s"),
    "warehouse.place.moved": _("%(actor)s moved %(subject)s to %(place)s"),
    "warehouse.item.stored": _("%(actor)s put it at %(place)s"),
    "warehouse.item.put_back": _("%(actor)s put it back at %(place)s"),
}
