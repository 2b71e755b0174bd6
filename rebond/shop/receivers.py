"""What the shop does when lower rooms change something."""

import datetime
from typing import Any

from allauth.account.signals import email_changed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from rebond.catalogue.signals import units_wanted
from rebond.ledger.models import Invoice
from rebond.ledger.signals import invoice_issued, legal_rate_granted, service_unfit
from rebond.shop import tasks
from rebond.shop.actions.alert_address import follow_address
from rebond.shop.actions.bank_services import keep_unfit
from rebond.shop.actions.basket import merge_baskets
from rebond.shop.actions.basket_ends import free_ended
from rebond.shop.actions.carried import follow_shipment, late_shipment
from rebond.shop.actions.favourite import merge_favourites
from rebond.shop.actions.found import forget_missing
from rebond.shop.actions.packed import ask_packed
from rebond.shop.actions.parcel_out import send_parcel
from rebond.shop.models import SellerOrder
from rebond.shop.queries.keeper import visitor_of
from rebond.warehouse.models import Shipment
from rebond.warehouse.signals import (
    line_found,
    line_missing,
    parcel_leaving,
    parcel_packed,
    shipment_late,
    shipment_moved,
)


@receiver(user_logged_in, dispatch_uid="shop.merge_favourites")
def merge_at_sign_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """What a visitor kept before signing in is theirs after."""
    visitor = visitor_of(request) if request is not None else ""
    if visitor:
        merge_favourites(visitor=visitor, user=user)
        merge_baskets(visitor=visitor, user=user)


@receiver(email_changed, dispatch_uid="shop.follow_address")
def follow_the_account(sender: Any, user: Any, **kwargs: Any) -> None:
    """The new address is confirmed: alerts write there."""
    user.refresh_from_db(fields=["email"])
    follow_address(user=user)


@receiver(units_wanted, dispatch_uid="shop.free_ended")
def give_back_at_once(sender: Any, item: Any, at: datetime.datetime, **kwargs: Any) -> None:
    """Somebody wants the item: baskets whose hour is over keep it no longer."""
    free_ended(item_ids=[item.pk], now=at)


@receiver(invoice_issued, dispatch_uid="shop.invoice_mail")
def tell_the_buyer(sender: Any, invoice: Invoice, **kwargs: Any) -> None:
    """An invoice or a credit note of an order is there: its buyer gets a mail."""
    part = SellerOrder.objects.filter(public_id=invoice.order_id).only("order_id").first()
    if part is not None:
        tasks.write_invoice_mail.enqueue(part.order_id)


@receiver(service_unfit, dispatch_uid="shop.keep_unfit")
def keep_for_a_person(
    sender: Any, operator: Any, came: Any, service: Any, by: Any, now: datetime.datetime, **kwargs: Any
) -> None:
    """Money came for a billed service and settles none: it waits among the transfers received."""
    keep_unfit(operator=operator, came=came, service=service, by=by, now=now)


@receiver(line_missing, dispatch_uid="shop.cancel_missing")
def refund_what_is_missing(sender: Any, line: Any, order_code: str, by: Any, **kwargs: Any) -> None:
    """A picker did not find an object, or found it damaged: its buyer is told and refunded, by a task."""
    tasks.cancel_missing.enqueue(order_code, line.item_id, str(line.state), by.pk)


@receiver(line_found, dispatch_uid="shop.forget_missing")
def want_it_again(sender: Any, line: Any, order_code: str, by: Any, **kwargs: Any) -> None:
    """What was not found is found while its order waits: its refund is asked no more."""
    forget_missing(order_code=order_code, item_id=line.item_id, by=by)


@receiver(parcel_packed, dispatch_uid="shop.label_packed")
def ask_its_label(sender: Any, parcel: Any, grams: int | None, by: Any, **kwargs: Any) -> None:
    """A parcel was packed at a table: its label is asked with the address of its order."""
    ask_packed(parcel=parcel, grams=grams, by=by)


@receiver(parcel_leaving, dispatch_uid="shop.send_parcel")
def send_the_parcel(sender: Any, parcel: Any, tracking: str, by: Any, **kwargs: Any) -> None:
    """A prepared parcel leaves: the parts in it are sent, or ready to collect."""
    send_parcel(parcel=parcel, tracking=tracking, by=by)


@receiver(legal_rate_granted, dispatch_uid="shop.correct_surcharges")
def count_again(sender: Any, starts_on: datetime.date, **kwargs: Any) -> None:
    """The legal rate of a half-year is known: late refunds of that half-year are counted with it."""
    tasks.correct_surcharges.enqueue(starts_on.isoformat())


@receiver(shipment_moved, dispatch_uid="shop.follow_shipment")
def follow_the_parcel(sender: Any, shipment: Shipment, at: datetime.datetime, **kwargs: Any) -> None:
    """A carrier has it, delivered it, lost it: its order is there too."""
    follow_shipment(shipment=shipment, at=at)


@receiver(shipment_late, dispatch_uid="shop.late_shipment")
def ask_about_the_parcel(sender: Any, shipment: Shipment, at: datetime.datetime, **kwargs: Any) -> None:
    """It should have arrived: the seller asks the carrier, and the buyer knows it."""
    late_shipment(shipment=shipment, now=at)
