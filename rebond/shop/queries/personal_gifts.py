"""What the site knows of what a person added to their orders, gifts and vouchers (GDPR art. 15)."""

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.shop.models import GiftCard, GiftSpend, RoundUp, VoucherUse
from rebond.shop.queries.person import Person
from rebond.shop.queries.personal_shape import Rows, Section


def _gifts(person: Person) -> Rows:
    rows = RoundUp.objects.filter(order__in=person.orders()).order_by("pk")
    return rows.values_list("order__public_id", "created_at", "told__project", "told__receiver", "cents", "state")


GIFTS = Section(
    "gifts",
    _("Solidarity round-ups"),
    (
        ("order", pgettext_lazy("seller", "Order")),
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
        ("order", pgettext_lazy("seller", "Order")),
        ("created_at", _("When")),
        ("code", _("Code")),
        ("says", _("What it gives")),
        ("amount_cents", _("Amount")),
        ("state", pgettext_lazy("voucher use", "State")),
    ),
    _vouchers,
)


def _gift_cards(person: Person) -> Rows:
    """Those that they paid, and those that were sent to them: of these not the payer's order."""
    mine = Q(order__in=person.orders())
    rows = GiftCard.objects.alias(low=Lower("recipient_email")).filter(mine | Q(low__in=person.emails))
    words = ("created_at", "amount_cents", "balance_cents", "state", "expires_on", "recipient_email")
    return rows.order_by("pk").values_list(*words, "sender_name", "message")


GIFT_CARDS = Section(
    "gift_cards",
    _("Gift cards"),
    (
        ("created_at", _("When")),
        ("amount_cents", _("Amount")),
        ("balance_cents", pgettext_lazy("gift card", "Left on it")),
        ("state", pgettext_lazy("gift card", "State")),
        ("expires_on", pgettext_lazy("gift card", "Last day")),
        ("recipient_email", pgettext_lazy("gift card", "For")),
        ("sender_name", pgettext_lazy("gift card", "From")),
        ("message", pgettext_lazy("gift card", "Words")),
    ),
    _gift_cards,
)


def _gift_card_uses(person: Person) -> Rows:
    """Of the person's orders only: who gave a card does not read what it bought."""
    rows = GiftSpend.objects.filter(order__in=person.orders()).order_by("pk")
    return rows.values_list("order__public_id", "created_at", "cents", "back_cents", "state")


GIFT_CARD_USES = Section(
    "gift_card_uses",
    _("Paid with a gift card"),
    (
        ("order", pgettext_lazy("seller", "Order")),
        ("created_at", _("When")),
        ("amount_cents", _("Amount")),
        ("back_cents", pgettext_lazy("gift spend", "Back on the card")),
        ("state", pgettext_lazy("gift spend", "State")),
    ),
    _gift_card_uses,
)
