"""Guests and their data: the link by mail, and erasure (GDPR art. 15, 17 and 20; rules.md F8)."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_rows
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record
from rebond.journal.queries.mail import mails_of_a_day
from rebond.shop.actions.erasure import erase_traces
from rebond.shop.errors import ErasureStoppedError
from rebond.shop.queries.erasure import what_stops
from rebond.shop.queries.guest_data import LINK_KEPT, bearer_of, guest_path, is_of_account
from rebond.shop.queries.person import Person

KIND = "shop.guest_data"
PER_DAY = 3


@transaction.atomic
def send_data_link(*, email: str, now: datetime.datetime | None = None) -> bool:
    """Write to this address what it can do with its data; whether a link left is for tests, never for the page.

    A mail leaves whatever is known of it, so that neither the page nor its speed tells: with the link, or with the way
    to sign in where an account has confirmed it, or saying that nothing is known. Three a day at most to one address.
    """
    now, person = now or timezone.now(), Person(email=email.strip().lower())
    has_account, path = is_of_account(person.email), guest_path(person)
    if mails_of_a_day(kind=KIND, to=person.email, now=now) >= PER_DAY:
        return False
    queue_mail(
        kind=KIND,
        to=person.email,
        subject=_("Your data"),
        template="shop/mail/guest_data",
        context={
            "has_account": has_account,
            "url": absolute(path) if path and not has_account else "",
            "account_url": absolute(reverse("shop:personal")),
            "until": timezone.localdate(now + LINK_KEPT),
        },
        is_secret=True,
    )
    return bool(path) and not has_account


@transaction.atomic
def erase_guest(*, person: Person, now: datetime.datetime | None = None) -> int:
    """What `erase_person` does, for the orders, alerts and mails of an address; return how many orders stay.

    Raise ErasureStoppedError where an order is under way.
    """
    now = now or timezone.now()
    orders = lock_rows(person.orders())
    if what_stops(person):
        raise ErasureStoppedError
    bearer = bearer_of(person)
    if bearer is not None:
        record("shop.guest.erased", subject=bearer, by=None, orders=len(orders))
    return erase_traces(person, set(person.emails), now)
