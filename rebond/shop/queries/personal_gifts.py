"""What the site knows of what a person added to their orders, gifts and vouchers (GDPR art. 15)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.shop.models import RoundUp, VoucherUse
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


def _vouchers(person: Person) -> Rows:
    rows = VoucherUse.objects.filter(order__in=person.orders()).order_by("pk")
    return rows.values_list("order__public_id", "created_at", "told__code", "told__says", "cents", "state")


VOUCHERS = Section(
    "vouchers",
    _("Vouchers used"),
    (
        ("order", _("Order")),
        ("created_at", _("When")),
        ("code", _("Code")),
        ("says", _("What it gives")),
        ("amount_cents", _("Amount")),
        ("state", pgettext_lazy("voucher use", "State")),
    ),
    _vouchers,
)
