"""Accounts at carriers: credentials entered once and never shown, tried by a task; a breaker for those that fall.

After three failures in a row nobody asks the carrier for a minute, then two, up to half an hour: the people who pack
are told at once instead of waiting for each parcel (decision 39).
"""

import datetime
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.warehouse import tasks
from rebond.warehouse.carriers.contract import CarrierError, CredentialsRefused, ServiceDown
from rebond.warehouse.carriers.registry import CARRIERS, kind_of
from rebond.warehouse.enums import Health, ShipmentState
from rebond.warehouse.errors import FieldInvalid
from rebond.warehouse.models import CarrierAccount, Shipment

BREAKS_AFTER = 3
CLAIM = datetime.timedelta(minutes=2)  # for how long whoever asks for a label holds it
LONGEST = datetime.timedelta(minutes=30)


@transaction.atomic
def add_account(*, organisation: Organisation, carrier: str, secrets: Mapping[str, str], by: Any) -> CarrierAccount:
    """Its connection is tried by a task at once. Raise FieldInvalid for a carrier that is there already."""
    if carrier not in CARRIERS:
        raise FieldInvalid("carrier", _("Choose one of the carriers."))
    kept = _kept(carrier, {}, secrets)
    account, is_new = CarrierAccount.objects.get_or_create(
        organisation=organisation, carrier=carrier, defaults={"credentials": json.dumps(kept)}
    )
    if not is_new:
        raise FieldInvalid("carrier", _("Your organisation has an account there already."))
    record("warehouse.carrier.added", subject=account, by=by, organisation=organisation)
    tasks.try_account.enqueue(account.pk)
    return account


@transaction.atomic
def change_account(*, account: CarrierAccount, secrets: Mapping[str, str], is_active: bool, by: Any) -> CarrierAccount:
    """An empty secret leaves the one that is kept. The connection is tried again, and the breaker closed."""
    kept = _kept(account.carrier, account.secrets, secrets)
    CarrierAccount.objects.filter(pk=account.pk).update(
        credentials=json.dumps(kept),
        is_active=is_active,
        failures=0,
        open_until=None,
        health=Health.UNKNOWN,
        health_said="",
        version=F("version") + 1,
    )
    account.refresh_from_db()
    record("warehouse.carrier.changed", subject=account, by=by, organisation=account.organisation, active=is_active)
    tasks.try_account.enqueue(account.pk)
    return account


def _kept(carrier: str, old: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Each credential that the carrier asks for: the new one, else the old. Raise FieldInvalid."""
    found = {}
    for secret in kind_of(carrier).secrets:
        value = (given.get(secret.key) or "").strip() or old.get(secret.key, "")
        if secret.is_required and not value:
            raise FieldInvalid(secret.key, _("The carrier gave you this: write it here."))
        if secret.choices and value not in dict(secret.choices):
            raise FieldInvalid(secret.key, _("Choose one of these."))
        found[secret.key] = value
    return found


@transaction.atomic
def ask_to_try(*, account: CarrierAccount, by: Any) -> None:
    """Try the connection now, by a task."""
    record("warehouse.carrier.tried", subject=account, by=by, organisation=account.organisation)
    tasks.try_account.enqueue(account.pk)


def try_account(*, account_id: int, now: datetime.datetime | None = None) -> str:
    """Ask the carrier whether it knows us; its health is what it answered. No transaction is open meanwhile."""
    now = now or timezone.now()
    account = CarrierAccount.objects.get(pk=account_id)
    try:
        said = account.connect().check()
    except CarrierError as refused:
        note_failure(account=account, error=refused, now=now)
        return str(account.health)
    note_success(account=account, said=said, now=now)
    return str(Health.OK)


def note_success(*, account: CarrierAccount, now: datetime.datetime, said: str = "") -> None:
    """It answered: the breaker closes. Where it did not before, the labels that wait for it are asked now."""
    rows = CarrierAccount.objects.filter(pk=account.pk)
    facts = {"health_said": said[:300], "checked_at": now, "failures": 0, "open_until": None}
    if rows.exclude(health=Health.OK).update(health=Health.OK, **facts):
        waiting = Shipment.objects.filter(account=account.pk, state=ShipmentState.QUEUED)
        waiting.filter(next_at__gt=now + CLAIM).update(next_at=now)  # who is asking right now holds it for that long
    else:
        rows.update(**facts)
    account.health = Health.OK


def note_failure(*, account: CarrierAccount, error: CarrierError, now: datetime.datetime) -> None:
    """What it refused, where that says something of the account; after three falls in a row the breaker opens."""
    if isinstance(error, CredentialsRefused):
        account.health = Health.REFUSED
        CarrierAccount.objects.filter(pk=account.pk).update(
            health=Health.REFUSED, health_said=str(error)[:300], checked_at=now
        )
    elif isinstance(error, ServiceDown):
        account.health = Health.DOWN
        rows = CarrierAccount.objects.filter(pk=account.pk)
        rows.update(health=Health.DOWN, health_said=str(error)[:300], checked_at=now, failures=F("failures") + 1)
        failures = rows.values_list("failures", flat=True).get()
        if failures >= BREAKS_AFTER:
            pause = min(datetime.timedelta(minutes=2 ** min(failures - BREAKS_AFTER, 10)), LONGEST)
            rows.update(open_until=now + pause)


def broken_until(account: CarrierAccount, now: datetime.datetime) -> datetime.datetime | None:
    """Until when nobody should ask it; None where it may be asked now."""
    until: datetime.datetime | None = CarrierAccount.objects.values_list("open_until", flat=True).get(pk=account.pk)
    return until if until is not None and until > now else None
