"""Erase a person: what the law makes us keep stays without a name, the rest goes (rules.md F8, GDPR art. 17)."""

import datetime
from collections.abc import Sequence
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.core.locks import lock_rows
from rebond.core.models import Job
from rebond.core.storage import private_storage
from rebond.journal.actions.forget import forget_mails
from rebond.journal.actions.record import record
from rebond.journal.models import StoredFile
from rebond.ledger.actions.buyer_contact import forget_contacts
from rebond.shop import tasks
from rebond.shop.actions.basket import remove_line
from rebond.shop.enums import LineState
from rebond.shop.errors import ErasureStoppedError
from rebond.shop.models import (
    Alert,
    Attachment,
    BasketLine,
    CheckPhoto,
    DisputeAnswer,
    DisputeProof,
    Message,
    Order,
    OrderParcel,
    Rating,
    Refund,
    Return,
    SellerOrder,
    Settlement,
    Withdrawal,
)
from rebond.shop.queries.erasure import old_orders, orders_of_person, what_stops
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.personal import EXPORT

BATCH = 200


@transaction.atomic
def erase_person(*, user: User, by: Any, now: datetime.datetime | None = None) -> int:
    """Erase an account and what hangs on it; return how many orders stay, without a name.

    Goes: the account, its addresses, lists, alerts, basket (what it kept is free again), mails, conversations with
    their files, pictures of what came back, what was sent to a bank, downloads of data. Stays: invoices (10 years),
    orders and payments without name nor address, reports of illegal content (5 years), the journal without the name
    (a task). Raise ErasureStoppedError where something is under way, or the account acts for an organisation.
    """
    now = now or timezone.now()
    lock_rows(User.objects.filter(pk=user.pk))
    if what_stops(user):
        raise ErasureStoppedError
    emails = _addresses(user)
    keeper = Keeper(user=user)
    for line in BasketLine.objects.filter(basket__user=user, state=LineState.HELD).select_related("item"):
        remove_line(keeper=keeper, item=line.item, now=now)
    orders = list(orders_of_person(user).values_list("pk", flat=True))
    _blank(orders, now)
    Alert.objects.filter(email__in=emails).delete()
    forget_mails(addresses=emails)
    _forget_exports(user)
    record("shop.person.erased", subject=user, by=None, orders=len(orders))
    tasks.forget_names.enqueue(user.public_id)
    user.delete()
    return len(orders)


def _addresses(user: User) -> set[str]:
    """The person's own: an address that was added and never confirmed may be somebody else's, whose mails stay."""
    rows = EmailAddress.objects.filter(user=user).values_list("email", "verified")
    doubtful = {email.lower() for email, is_verified in rows if not is_verified}
    return {email.lower() for email in (user.email, *(row[0] for row in rows)) if email} - doubtful


def _forget_exports(user: User) -> None:
    jobs = Job.objects.filter(kind=EXPORT, owner_kind="accounts.user", owner_id=user.public_id)
    _drop_files(StoredFile.objects.filter(subject_kind="core.job", subject_id__in=jobs.values("public_id")))
    jobs.delete()


def _drop_files(rows: Any) -> None:
    """Rows now; the files on the disk once the transaction is saved."""
    names = [str(stored.file.name) for stored in rows]
    rows.delete()
    transaction.on_commit(partial(_delete, names))


def _drop_kept(rows: Any) -> None:
    """Rows that hold a private file each, and these files."""
    stored = list(rows.values_list("stored", flat=True))
    rows.delete()
    _drop_files(StoredFile.objects.filter(pk__in=stored))


def _delete(names: Sequence[str]) -> None:
    for name in names:
        private_storage().delete(name)


def _blank(orders: Sequence[int], now: datetime.datetime) -> None:
    """Take names, addresses and words out of these orders; what was bought, and the money, stay."""
    nobody = dict.fromkeys(("name", "email", "phone", "address", "postal_code", "city"), "")
    Order.objects.filter(pk__in=orders).update(**nobody, user=None, erased_at=now)
    OrderParcel.objects.filter(order__in=orders).update(point={}, gift="")
    SellerOrder.objects.filter(order__in=orders).update(tracking="")
    Refund.objects.filter(payment__order__in=orders).update(note="")
    withdrawals = Withdrawal.objects.filter(part__order__in=orders)
    for withdrawal in withdrawals:
        withdrawal.said["buyer_address"] = ""
        Withdrawal.objects.filter(pk=withdrawal.pk).update(said=withdrawal.said, name="", email="", comment="")
    ratings = Rating.objects.filter(part__order__in=orders)
    ratings.update(comment="", byline="", reply="", replied_at=None, replied_by="")  # the note stays, of nobody
    messages = Message.objects.filter(conversation__part__order__in=orders)
    _drop_kept(Attachment.objects.filter(message__in=messages))
    messages.delete()
    _drop_kept(CheckPhoto.objects.filter(check_in__returned__back__part__order__in=orders))
    Return.objects.filter(part__order__in=orders).update(tracking="")
    answers = DisputeAnswer.objects.filter(dispute__payment__order__in=orders)
    _drop_kept(DisputeProof.objects.filter(answer__in=answers))
    answers.update(text="", note="")
    Settlement.objects.filter(conversation__part__order__in=orders).exclude(words="").update(words=_("erased"))
    keys = list(SellerOrder.objects.filter(order__in=orders).values_list("public_id", flat=True))
    forget_contacts(sale_keys=keys)


def erase_old_orders(*, now: datetime.datetime | None = None) -> int:
    """Erase the personal data of the orders that have had their time, 200 a transaction; return how many."""
    now = now or timezone.now()
    gone = 0
    while keys := list(old_orders(now).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            lock_rows(Order.objects.filter(pk__in=keys), no_key=True)
            _blank(keys, now)
        gone += len(keys)
    return gone
