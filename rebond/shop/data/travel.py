"""How long a parcel travels after it left its workshop, as the checkout tells it: the most days, and the words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import DeliveryMode

TRAVEL: dict[str, tuple[int, Promise | str]] = {
    DeliveryMode.RELAY: (5, _("3 to 5 days")),
    DeliveryMode.HOME: (4, _("2 to 4 days")),
}
