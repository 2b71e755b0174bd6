"""Take a person out of their orders: names, addresses and words go; purchases and money stay (decision 28)."""

import datetime
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rebond.core.storage import private_storage
from rebond.journal.actions.forget import forget_labels, forget_reasons
from rebond.journal.models import StoredFile
from rebond.ledger.actions.buyer_contact import forget_contacts
from rebond.shop.models import (
    Attachment,
    CheckPhoto,
    CommentRemoval,
    DisputeAnswer,
    DisputeProof,
    GiftCard,
    Message,
    Order,
    OrderParcel,
    PartRequest,
    Rating,
    Refund,
    Return,
    ReturnCheck,
    ReturnLoss,
    SellerOrder,
    Settlement,
    StrayParcel,
    StrayPhoto,
    Withdrawal,
)
from rebond.warehouse.actions.label import forget_shipments


def drop_files(rows: Any) -> None:
    """Rows now; the files on the disk once the transaction is saved."""
    found = list(rows)
    names = [str(stored.file.name) for stored in found]
    forget_labels(kind="journal.storedfile", public_ids=[stored.public_id for stored in found])
    rows.delete()
    transaction.on_commit(partial(_delete, names))


def _drop_kept(rows: Any) -> None:
    """Rows that hold a private file each, and these files."""
    stored = list(rows.values_list("stored", flat=True))
    rows.delete()
    drop_files(StoredFile.objects.filter(pk__in=stored))


def _delete(names: Sequence[str]) -> None:
    for name in names:
        private_storage().delete(name)


def blank_orders(orders: Sequence[int], now: datetime.datetime) -> None:
    """Take names, addresses and words out of these orders, in the caller's transaction; amounts and dates stay."""
    nobody = dict.fromkeys(("name", "email", "phone", "address", "postal_code", "city"), "")
    Order.objects.filter(pk__in=orders).update(**nobody, user=None, basket=None, erased_at=now)
    OrderParcel.objects.filter(order__in=orders).update(point={}, gift="")
    GiftCard.objects.filter(order__in=orders).update(recipient_email="", sender_name="", message="")
    SellerOrder.objects.filter(order__in=orders).update(tracking="")
    Refund.objects.filter(payment__order__in=orders).update(note="")
    PartRequest.objects.filter(part__order__in=orders).update(note="")
    _forget_parcels(orders)
    _blank_returns(orders)
    _blank_words(orders)
    answers = DisputeAnswer.objects.filter(dispute__payment__order__in=orders)
    _drop_kept(DisputeProof.objects.filter(answer__in=answers))
    answers.update(text="", note="")
    keys = list(SellerOrder.objects.filter(order__in=orders).values_list("public_id", flat=True))
    forget_reasons(kind="shop.sellerorder", public_ids=keys, verbs=["cancel"])  # in words told to the buyer
    forget_contacts(sale_keys=keys)


def _forget_parcels(orders: Sequence[int]) -> None:
    """Labels carry the address; carriers may have written who took the parcel."""
    for code in Order.objects.filter(pk__in=orders).order_by("pk").values_list("public_id", flat=True):
        drop_files(forget_shipments(subject=code))


def _blank_returns(orders: Sequence[int]) -> None:
    withdrawals = Withdrawal.objects.filter(part__order__in=orders)
    for withdrawal in withdrawals:
        withdrawal.said["buyer_address"] = ""
        Withdrawal.objects.filter(pk=withdrawal.pk).update(said=withdrawal.said, name="", email="", comment="")
    Return.objects.filter(part__order__in=orders).update(tracking="")
    _drop_kept(CheckPhoto.objects.filter(check_in__returned__back__part__order__in=orders))
    ReturnCheck.objects.filter(returned__back__part__order__in=orders).update(note="")
    ReturnLoss.objects.filter(back__part__order__in=orders).update(reason=_("erased"))
    strays = StrayParcel.objects.filter(part__order__in=orders)
    _drop_kept(StrayPhoto.objects.filter(stray__in=strays))
    strays.update(number="", note="", address="")
    strays.exclude(reason="").update(reason=_("erased"))


def _blank_words(orders: Sequence[int]) -> None:
    """Conversations, decisions, opinions. Of an opinion the score stays, of nobody; of a complaint, its answer."""
    messages = Message.objects.filter(conversation__part__order__in=orders)
    _drop_kept(Attachment.objects.filter(message__in=messages))
    messages.delete()
    Settlement.objects.filter(conversation__part__order__in=orders).exclude(words="").update(words=_("erased"))
    ratings = Rating.objects.filter(part__order__in=orders)
    ratings.update(comment="", byline="", reply="", replied_at=None, replied_by="")
    CommentRemoval.objects.filter(rating__in=ratings).exclude(complaint="").update(complaint=_("erased"))
    keys = list(ratings.values_list("public_id", flat=True))
    forget_reasons(kind="shop.rating", public_ids=keys, verbs=["complain"])
