"""All that the site knows of a person, in sections (GDPR art. 15 and 20; rules.md F8)."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.journal.models import Entry, OutgoingMail, SuppressedAddress
from rebond.journal.sentences import sentence
from rebond.ledger.models import Invoice
from rebond.network.models import Invitation
from rebond.shop.models import (
    Alert,
    BasketLine,
    Favourite,
    OrderLine,
    OrderParcel,
    Payment,
    Refund,
    SavedAddress,
)
from rebond.shop.queries.carried import told_of
from rebond.shop.queries.later import aside_rows
from rebond.shop.queries.person import Person
from rebond.shop.queries.personal_after_sales import AFTER_SALES
from rebond.shop.queries.personal_gifts import GIFT_CARD_USES, GIFT_CARDS, GIFTS, VOUCHERS
from rebond.shop.queries.personal_shape import Rows, Section
from rebond.shop.queries.personal_skills import SKILLS
from rebond.shop.queries.personal_work import WORK

EXPORT = "shop.personal-export"


def _account(person: Person) -> Rows:
    user = person.user
    yield user.public_id, user.email, user.name, user.language, user.created_at, user.last_login


def _orders(person: Person) -> Rows:
    names = "public_id", "created_at", "paid_at", "state", "total_cents", "name", "email", "phone"
    return person.orders().values_list(*names, "address", "postal_code", "city")


def _lines(person: Person) -> Rows:
    rows = OrderLine.objects.filter(part__order__in=person.orders()).order_by("pk")
    names = "part__order__public_id", "part__seller__name", "item__code", "title", "quantity", "unit_cents"
    return rows.values_list(
        *names, "discount_cents", "shipping_cents", "delivery_mode", "part__state", "part__tracking"
    )


def _parcels(person: Person) -> Rows:
    rows = OrderParcel.objects.filter(order__in=person.orders()).order_by("pk")
    for row in rows.select_related("order"):
        point = " ".join(str(part) for part in row.point.values())
        yield row.order.public_id, row.number, row.mode, point, row.gift, told_of(row.order, row.number)


def _payments(person: Person) -> Rows:
    rows = Payment.objects.filter(order__in=person.orders()).order_by("pk")
    return rows.values_list("order__public_id", "created_at", "state", "amount_cents", "provider")


def _refunds(person: Person) -> Rows:
    rows = Refund.objects.filter(payment__order__in=person.orders()).order_by("pk")
    return rows.values_list("payment__order__public_id", "created_at", "made_at", "amount_cents", "reason", "note")


def invoices_of(person: Person) -> "Any":
    """The papers of the person's orders, the oldest first."""
    parts = person.orders().values("parts__public_id")
    return Invoice.objects.filter(sale__key__in=parts).select_related("seller").order_by("pk")


def _basket(person: Person) -> Rows:
    rows = BasketLine.objects.filter(basket__user=person.user).order_by("pk")
    taken = rows.values_list("item__code", "item__title", "quantity", "state", "taken_at")
    return [*taken, *aside_rows(person.user)]


def _alerts(person: Person) -> Rows:
    mine = Q(low__in=person.emails) | (Q(user=person.user) if person.user is not None else Q(pk__in=[]))
    rows = Alert.objects.alias(low=Lower("email")).filter(mine)
    return rows.order_by("pk").values_list("label", "email", "frequency", "state", "created_at")


def _sent(person: Person) -> Rows:
    rows = OutgoingMail.objects.annotate(low=Lower("to")).filter(low__in=person.emails).order_by("pk")
    for mail in rows.iterator(chunk_size=500):
        yield mail.created_at, mail.to, mail.subject, mail.state, "" if mail.is_secret else mail.text


def _acts(person: Person) -> Rows:
    for entry in Entry.objects.filter(actor_id=person.user.public_id).order_by("pk").iterator(chunk_size=500):
        yield entry.at, entry.action, entry.subject_label, sentence(entry)


_order, _when, _state = pgettext_lazy("seller", "Order"), _("When"), _("State")
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
        of_account=True,
    ),
    Section(
        "email_addresses",
        _("E-mail addresses"),
        (("email", _email), ("is_confirmed", _("Confirmed"))),
        lambda person: EmailAddress.objects.filter(user=person.user).order_by("pk").values_list("email", "verified"),
        of_account=True,
    ),
    Section(
        "sign_ins",
        _("Where you are signed in"),
        (
            ("created_at", _when),
            ("last_seen_at", _("Last visit")),
            ("ip", _("Network address")),
            ("user_agent", _("Browser")),
        ),
        lambda person: (
            UserSession.objects.filter(user=person.user)
            .order_by("pk")
            .values_list("created_at", "last_seen_at", "ip", "user_agent")
        ),
        of_account=True,
    ),
    Section(
        "second_factors",
        _("Second steps of your sign-in"),
        (("type", _("Kind")), ("created_at", _("Created on")), ("last_used_at", _("Last used"))),
        lambda person: (
            Authenticator.objects.filter(user=person.user)
            .order_by("pk")
            .values_list("type", "created_at", "last_used_at")
        ),
        of_account=True,
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
        lambda person: person.user.memberships.order_by("pk").values_list(
            "organisation__name", "role", "started_at", "ended_at"
        ),
        of_account=True,
    ),
    *WORK,
    *SKILLS,
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
        lambda person: SavedAddress.objects.filter(user=person.user).values_list(
            "name", "phone", "address", "postal_code", "city"
        ),
        of_account=True,
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
            ("discount_cents", _("Less by a voucher")),
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
            ("tracking", _("What the carrier told")),
        ),
        _parcels,
    ),
    GIFTS,
    VOUCHERS,
    GIFT_CARDS,
    GIFT_CARD_USES,
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
        lambda person: invoices_of(person).values_list("number", "seller__name", "issued_on", "total_cents"),
    ),
    *AFTER_SALES,
    Section(
        "favourites",
        _("Favourites"),
        (("code", _("Code")), ("title", _("Object")), ("created_at", _when)),
        lambda person: (
            Favourite.objects.filter(user=person.user)
            .order_by("pk")
            .values_list("item__code", "item__title", "created_at")
        ),
        of_account=True,
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
        of_account=True,
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
        "invitations",
        _("Invitations"),
        (("organisation", _name), ("role", _("Role")), ("email", _email), ("created_at", _when)),
        lambda person: (
            Invitation.objects.alias(low=Lower("email"))
            .filter(low__in=person.emails)
            .order_by("pk")
            .values_list("organisation__name", "role", "email", "created_at")
        ),
    ),
    Section(
        "held_addresses",
        _("Addresses that send our mails back"),
        (("email", _email), ("created_at", _when), ("reason", _("Reason"))),
        lambda person: SuppressedAddress.objects.filter(email__in=person.emails).values_list(
            "email", "created_at", "reason"
        ),
    ),
    Section(
        "journal",
        _("What the journal keeps of your acts"),
        (("at", _when), ("action", _("Act")), ("about", _("About")), ("told", _("In words"))),
        _acts,
        of_account=True,
    ),
)


def sections_of(person: Person) -> list[Section]:
    """Those that may hold something of this person."""
    return [one for one in SECTIONS if person.user is not None or not one.of_account]
