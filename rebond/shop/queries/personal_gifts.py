"""What the site knows of the gestures that a person added to their orders (GDPR art. 15)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.shop.models import RoundUp
from rebond.shop.queries.person import Person
from rebond.shop.queries.personal_shape import Rows, Section


def _gifts(person: Person) -> Rows:
    rows = RoundUp.objects.filter(order__in=person.orders()).order_by("pk")
    return rows.values_list("order__public_id", "created_at", "told__project", "told__receiver", "cents", "state")


GIFTS = Section(
    "gifts",
    _("Solidarity round-ups"),
    (
        ("order", _("Order")),
        ("created_at", _("When")),
        ("project", _("Project")),
        ("receiver", _("Who receives the money")),
        ("amount_cents", _("Amount")),
        ("state", pgettext_lazy("round-up", "State")),
    ),
    _gifts,
)
