"""What a buyer keeps in the account: add, change, take away an address, propose one first."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from rebond.accounts.models import User
from rebond.core.locks import lock_rows
from rebond.journal.actions.record import record
from rebond.shop.errors import AddressesFullError, AddressKnownError
from rebond.shop.models import SavedAddress
from rebond.shop.queries.addresses import FIELDS

LIMIT = 20


@transaction.atomic
def add_address(*, user: User, fields: Mapping[str, str], is_default: bool = False) -> SavedAddress:
    """Keep an address; the first one is proposed first. The same twice is one row.

    Two at once wait for each other at the user's row. Raise AddressesFullError above 20.
    """
    _wait(user)
    rows = SavedAddress.objects.filter(user=user)
    kept = {name: fields[name] for name in FIELDS}
    known = rows.filter(**{name: kept[name] for name in FIELDS if name != "phone"}).first()
    number = rows.count()
    if known is None and number >= LIMIT:
        raise AddressesFullError
    made = known or SavedAddress.objects.create(user=user, **kept)
    if is_default or not number:
        _prefer(made)
    if known is None:
        record("shop.address.added", subject=made, by=user)
    return made


@transaction.atomic
def change_address(*, address: SavedAddress, fields: Mapping[str, Any], by: User) -> SavedAddress:
    """Other words for an address; orders keep the ones they had. Raise AddressKnownError where it is another one."""
    _wait(by)
    kept = {name: fields[name] for name in FIELDS}
    try:
        with transaction.atomic():
            SavedAddress.objects.filter(pk=address.pk).update(**kept)
    except IntegrityError:
        raise AddressKnownError from None
    if fields.get("is_default"):
        _prefer(address)
    record("shop.address.changed", subject=address, by=by)
    address.refresh_from_db()
    return address


@transaction.atomic
def prefer_address(*, address: SavedAddress, by: User) -> None:
    """Propose this one first from now on."""
    _wait(by)
    _prefer(address)
    record("shop.address.preferred", subject=address, by=by)


def _wait(user: User) -> None:
    """One change of an account's addresses at a time: which one is first, and how many there are."""
    lock_rows(User.objects.filter(pk=user.pk), no_key=True)


def _prefer(address: SavedAddress) -> None:
    SavedAddress.objects.filter(user_id=address.user_id, is_default=True).exclude(pk=address.pk).update(
        is_default=False
    )
    SavedAddress.objects.filter(pk=address.pk).update(is_default=True)


@transaction.atomic
def remove_address(*, address: SavedAddress, by: User) -> None:
    """Forget it; the newest of the others is proposed first where this one was."""
    _wait(by)
    record("shop.address.removed", subject=address, by=by)
    SavedAddress.objects.filter(pk=address.pk).delete()
    rows = SavedAddress.objects.filter(user=by)
    if not rows.filter(is_default=True).exists() and (newest := rows.order_by("-pk").first()) is not None:
        _prefer(newest)
