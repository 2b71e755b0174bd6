"""What the list of places gives as a spreadsheet."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column

PLACES = [
    Column(pgettext_lazy("stock", "Place"), str),
    Column(_("Code"), "display_code"),
    Column(pgettext_lazy("place", "Sort"), "get_kind_display"),
    Column(_("Site"), "site.name"),
    Column(_("Objects there"), "units", "number"),
    Column(_("Objects that fit"), "capacity", "number"),
    Column(_("Kept for"), "goods.name"),
]
