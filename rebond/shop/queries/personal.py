"""All that the site knows of a person with an account, in sections (GDPR art. 15 and 20; rules.md F8)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.accounts.models import User
from rebond.core.money import format_cents
from rebond.journal.models import Entry, OutgoingMail
from rebond.ledger.models import Invoice
from rebond.shop.models import (
    Alert,
    Attachment,
    BasketLine,
    Favourite,
    Message,
    Notice,
    OrderLine,
    OrderParcel,
    Payment,
    Rating,
    Refund,
    SavedAddress,
    Withdrawal,
)
from rebond.shop.queries.erasure import orders_of_person
from rebond.shop.queries.later import aside_rows

EXPORT = "shop.personal-export"
type Rows = Iterable[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Section:
    """`columns` are (key of the JSON file, label of the readable one); amounts are cents, moments in ISO form."""

    key: str
    label: Promise
    columns: tuple[tuple[str, Promise], ...]
    rows: Callable[[User], Rows]

    def records(self, user: User) -> Iterator[dict[str, Any]]:
        """Its rows for the JSON file."""
        for row in self.rows(user):
            yield {key: plain(value) for (key, _label), value in zip(self.columns, row, strict=True)}


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def shown(key: str, value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value == "":
        return "–"
    if key.endswith("_cents"):
        return format_cents(value)
    if hasattr(value, "hour"):
        return date_format(timezone.localtime(value), "j F Y, G:i")
    return date_format(value, "j F Y") if hasattr(value, "isoformat") else str(value)


def _mails(user: User) -> list[str]:
    rows = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return sorted({email.lower() for email in rows})


def _account(user: User) -> Rows:
    yield user.public_id, user.email, user.name, user.language, user.created_at, user.last_login


def _orders(user: User) -> Rows:
    names = "public_id", "created_at", "paid_at", "state", "total_cents", "name", "email", "phone"
    return orders_of_person(user).values_list(*names, "address", "postal_code", "city")


def _lines(user: User) -> Rows:
    rows = OrderLine.objects.filter(part__order__in=orders_of_person(user)).order_by("pk")
    names = "part__order__public_id", "part__seller__name", "item__code", "title", "quantity", "unit_cents"
    return rows.values_list(*names, "shipping_cents", "delivery_mode", "part__state", "part__tracking")


def _parcels(user: User) -> Rows:
    rows = OrderParcel.objects.filter(order__in=orders_of_person(user)).order_by("pk")
    for row in rows.select_related("order"):
        yield row.order.public_id, row.number, row.mode, " ".join(str(part) for part in row.point.values()), row.gift


def _payments(user: User) -> Rows:
    rows = Payment.objects.filter(order__in=orders_of_person(user)).order_by("pk")
    return rows.values_list("order__public_id", "created_at", "state", "amount_cents", "provider")


def _refunds(user: User) -> Rows:
    rows = Refund.objects.filter(payment__order__in=orders_of_person(user)).order_by("pk")
    return rows.values_list("payment__order__public_id", "created_at", "made_at", "amount_cents", "reason", "note")


def invoices_of(user: User) -> "Any":
    """The papers of the person's orders, the oldest first."""
    parts = orders_of_person(user).values("parts__public_id")
    return Invoice.objects.filter(sale__key__in=parts).select_related("seller").order_by("pk")


def attachments_of(user: User) -> "Any":
    """The files of the person's conversations that they may see."""
    rows = Attachment.objects.filter(message__conversation__part__order__in=orders_of_person(user))
    return rows.filter(message__is_internal=False).select_related("stored").order_by("pk")


def _withdrawals(user: User) -> Rows:
    rows = Withdrawal.objects.filter(part__order__in=orders_of_person(user)).order_by("pk")
    return rows.values_list("public_id", "part__order__public_id", "declared_at", "name", "email", "reason", "comment")


def _messages(user: User) -> Rows:
    rows = Message.objects.filter(conversation__part__order__in=orders_of_person(user), is_internal=False)
    return rows.order_by("pk").values_list(
        "conversation__part__order__public_id", "created_at", "author", "name", "text"
    )


def _ratings(user: User) -> Rows:
    rows = Rating.objects.filter(part__order__in=orders_of_person(user)).order_by("pk")
    return rows.values_list("part__order__public_id", "answered_at", "score", "comment", "byline", "reply")


def _basket(user: User) -> Rows:
    rows = BasketLine.objects.filter(basket__user=user).order_by("pk")
    return [*rows.values_list("item__code", "item__title", "quantity", "state", "taken_at"), *aside_rows(user)]


def _alerts(user: User) -> Rows:
    rows = Alert.objects.filter(user=user) | Alert.objects.filter(email__in=_mails(user))
    return rows.order_by("pk").values_list("label", "email", "frequency", "state", "created_at")


def _notices(user: User) -> Rows:
    rows = Notice.objects.filter(email__in=_mails(user)).order_by("pk")
    return rows.values_list("item_title", "created_at", "reason", "explanation", "state", "statement")


def _sent(user: User) -> Rows:
    rows = OutgoingMail.objects.annotate(low=Lower("to")).filter(low__in=_mails(user)).order_by("pk")
    for mail in rows.iterator(chunk_size=500):
        yield mail.created_at, mail.to, mail.subject, mail.state, "" if mail.is_secret else mail.text


_order, _when, _state = _("Order"), _("When"), _("State")
_day, _name, _email, _sum = _("Date"), _("Name"), _("E-mail"), _("Amount")
SECTIONS: tuple[Section, ...] = (
    Section(
        "account",
        _("Account"),
        (
            ("id", _("Number")),
            ("email", _email),
            ("name", _name),
            ("language", _("Language")),
            ("created_at", _("Created on")),
            ("last_login", _("Last sign-in")),
        ),
        _account,
    ),
    Section(
        "email_addresses",
        _("E-mail addresses"),
        (("email", _email), ("is_confirmed", _("Confirmed"))),
        lambda user: EmailAddress.objects.filter(user=user).order_by("pk").values_list("email", "verified"),
    ),
    Section(
        "organisations",
        _("Organisations that you act for"),
        (
            ("organisation", _name),
            ("role", _("Role")),
            ("started_at", pgettext_lazy("period", "From")),
            ("ended_at", _("Until")),
        ),
        lambda user: user.memberships.order_by("pk").values_list(
            "organisation__name", "role", "started_at", "ended_at"
        ),
    ),
    Section(
        "addresses",
        _("Addresses"),
        (
            ("name", _name),
            ("phone", _("Telephone")),
            ("address", _("Address")),
            ("postal_code", _("Postal code")),
            ("city", _("Town")),
        ),
        lambda user: SavedAddress.objects.filter(user=user).values_list(
            "name", "phone", "address", "postal_code", "city"
        ),
    ),
    Section(
        "orders",
        _("Orders"),
        (
            ("order", _order),
            ("created_at", _when),
            ("paid_at", _("Paid on")),
            ("state", _state),
            ("total_cents", _sum),
            ("name", _name),
            ("email", _email),
            ("phone", _("Telephone")),
            ("address", _("Address")),
            ("postal_code", _("Postal code")),
            ("city", _("Town")),
        ),
        _orders,
    ),
    Section(
        "objects",
        _("Objects ordered"),
        (
            ("order", _order),
            ("seller", _("Seller")),
            ("code", _("Code")),
            ("title", _("Object")),
            ("quantity", _("Quantity")),
            ("unit_cents", _("Price")),
            ("shipping_cents", _("Delivery")),
            ("delivery_mode", _("Way")),
            ("state", _state),
            ("tracking", _("Tracking number")),
        ),
        _lines,
    ),
    Section(
        "parcels",
        _("Parcels"),
        (
            ("order", _order),
            ("number", _("Parcel")),
            ("mode", _("Way")),
            ("point", _("Pick-up point")),
            ("gift", _("Words of a gift")),
        ),
        _parcels,
    ),
    Section(
        "payments",
        _("Payments"),
        (
            ("order", _order),
            ("created_at", _when),
            ("state", _state),
            ("amount_cents", _sum),
            ("provider", _("Provider")),
        ),
        _payments,
    ),
    Section(
        "refunds",
        _("Refunds"),
        (
            ("order", _order),
            ("created_at", _when),
            ("made_at", _("Made on")),
            ("amount_cents", _sum),
            ("reason", _("Reason")),
            ("note", _("Note")),
        ),
        _refunds,
    ),
    Section(
        "invoices",
        _("Invoices and credit notes"),
        (("number", _("Number")), ("seller", _("Seller")), ("issued_on", _day), ("total_cents", _sum)),
        lambda user: invoices_of(user).values_list("number", "seller__name", "issued_on", "total_cents"),
    ),
    Section(
        "withdrawals",
        _("Withdrawals"),
        (
            ("number", _("Number")),
            ("order", _order),
            ("declared_at", _when),
            ("name", _name),
            ("email", _email),
            ("reason", _("Reason")),
            ("comment", _("Comment")),
        ),
        _withdrawals,
    ),
    Section(
        "messages",
        _("Messages with sellers"),
        (
            ("order", _order),
            ("created_at", _when),
            ("author", pgettext_lazy("message", "From")),
            ("name", _name),
            ("text", _("Text")),
        ),
        _messages,
    ),
    Section(
        "opinions",
        _("Opinions"),
        (
            ("order", _order),
            ("answered_at", _when),
            ("score", _("Score")),
            ("comment", _("Comment")),
            ("signed", _("Signed")),
            ("reply", _("Reply")),
        ),
        _ratings,
    ),
    Section(
        "favourites",
        _("Favourites"),
        (("code", _("Code")), ("title", _("Object")), ("created_at", _when)),
        lambda user: (
            Favourite.objects.filter(user=user).order_by("pk").values_list("item__code", "item__title", "created_at")
        ),
    ),
    Section(
        "basket",
        _("Basket"),
        (
            ("code", _("Code")),
            ("title", _("Object")),
            ("quantity", _("Quantity")),
            ("state", _state),
            ("taken_at", _when),
        ),
        _basket,
    ),
    Section(
        "alerts",
        _("Alerts"),
        (
            ("label", pgettext_lazy("alert", "Search")),
            ("email", _email),
            ("frequency", _("Frequency")),
            ("state", _state),
            ("created_at", _when),
        ),
        _alerts,
    ),
    Section(
        "notices",
        _("Reports of objects"),
        (
            ("object", _("Object")),
            ("created_at", _when),
            ("reason", _("Reason")),
            ("explanation", _("Explanation")),
            ("state", _state),
            ("statement", _("Decision")),
        ),
        _notices,
    ),
    Section(
        "mails",
        _("Mails that we sent you"),
        (
            ("created_at", _when),
            ("to", pgettext_lazy("mail", "To")),
            ("subject", _("Subject")),
            ("state", _state),
            ("text", _("Text")),
        ),
        _sent,
    ),
    Section(
        "journal",
        _("What the journal keeps of your acts"),
        (("at", _when), ("action", _("Act")), ("about", _("About"))),
        lambda user: (
            Entry.objects.filter(actor_id=user.public_id).order_by("pk").values_list("at", "action", "subject_label")
        ),
    ),
)


def order_count(user: User) -> int:
    """How many orders would stay without a name."""
    return orders_of_person(user).count()
