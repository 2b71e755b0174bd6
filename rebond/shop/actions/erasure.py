"""Erase a person: what the law makes us keep stays without a name, the rest goes (rules.md F8, GDPR art. 17)."""

import datetime
from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from rebond.accounts.models import User
from rebond.core.locks import lock_rows
from rebond.journal.actions.forget import forget_mails
from rebond.journal.actions.record import record
from rebond.journal.models import StoredFile
from rebond.network.models import Invitation
from rebond.shop import tasks
from rebond.shop.actions.basket import remove_line
from rebond.shop.actions.erasing import blank_orders, drop_files
from rebond.shop.enums import LineState
from rebond.shop.errors import ErasureStoppedError
from rebond.shop.models import Alert, BasketLine, GiftCard, Order
from rebond.shop.queries.erasure import old_orders, what_stops
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.person import Person
from rebond.shop.queries.personal import EXPORT
from rebond.skills.actions.award import forget_awards

BATCH = 200


@transaction.atomic
def erase_person(*, user: User, by: Any, now: datetime.datetime | None = None) -> int:
    """Erase an account and what hangs on it; return how many orders stay, without a name.

    Goes: the account, its addresses, lists, alerts, basket (what it kept is free again), mails, conversations with
    their files, pictures of what came back, what was sent to a bank, downloads of data. Stays: invoices (10 years),
    orders and payments without name nor address, reports of illegal content (5 years), numbers of badges in their
    lists, the journal without the name (a task). Raise ErasureStoppedError where something is under way, or the account
    acts for an organisation.
    """
    now = now or timezone.now()
    lock_rows(User.objects.filter(pk=user.pk))
    person = Person(user=user)
    if what_stops(person):
        raise ErasureStoppedError
    keeper = Keeper(user=user)
    for line in BasketLine.objects.filter(basket__user=user, state=LineState.HELD).select_related("item"):
        remove_line(keeper=keeper, item=line.item, now=now)
    orders = erase_traces(person, _addresses(user), now)
    forget_awards(user=user)
    record("shop.person.erased", subject=user, by=None, orders=orders)
    tasks.forget_names.enqueue(user.public_id)
    seen = UserSession.objects.filter(user=user).values("session_key")
    Session.objects.filter(session_key__in=seen).delete()
    user.delete()
    return orders


def erase_traces(person: Person, emails: Collection[str], now: datetime.datetime) -> int:
    """What an account and a guest have alike: orders without a name, alerts, mails, files made for them.

    In the caller's transaction; return how many orders stay.
    """
    orders = list(person.orders().values_list("pk", flat=True))
    blank_orders(orders, now)
    Alert.objects.alias(low=Lower("email")).filter(low__in=emails).delete()
    received = GiftCard.objects.alias(low=Lower("recipient_email")).filter(low__in=emails, sent_at__isnull=False)
    received.update(recipient_email="")
    Invitation.objects.alias(low=Lower("email")).filter(low__in=emails).delete()
    forget_mails(addresses=emails)
    jobs = person.jobs(EXPORT)
    lock_rows(jobs)  # a file that is being handed over comes first, and goes too
    drop_files(StoredFile.objects.filter(subject_kind="core.job", subject_id__in=jobs.values("public_id")))
    jobs.delete()
    return len(orders)


def _addresses(user: User) -> set[str]:
    """The person's own: an address that was added and never confirmed may be somebody else's, whose mails stay."""
    rows = EmailAddress.objects.filter(user=user).values_list("email", "verified")
    doubtful = {email.lower() for email, is_verified in rows if not is_verified}
    return {email.lower() for email in (user.email, *(row[0] for row in rows)) if email} - doubtful


def erase_old_orders(*, now: datetime.datetime | None = None) -> int:
    """Erase the personal data of the orders that have had their time, 200 a transaction; return how many."""
    now = now or timezone.now()
    gone = 0
    while keys := list(old_orders(now).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            lock_rows(Order.objects.filter(pk__in=keys), no_key=True)
            blank_orders(keys, now)
        gone += len(keys)
    return gone
