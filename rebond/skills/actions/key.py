"""The keys that sign badges: made with the first badge, renewed by hand."""

import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.skills.credentials import keys
from rebond.skills.models import IssuerKey
from rebond.skills.queries.documents import active_key


def _new(organisation: Organisation, by: Any, now: datetime.datetime) -> IssuerKey:
    private = keys.new_private()
    key = IssuerKey.objects.create(
        organisation=organisation, private=private, multikey=keys.public_of(private), made_at=now
    )
    record("skills.key.made", subject=key, by=by, organisation=organisation)
    return key


@transaction.atomic
def ensure_key(*, organisation: Organisation, by: Any, now: datetime.datetime | None = None) -> IssuerKey:
    """The active key, made where there is none. Two that arrive together use the same one."""
    found = active_key(organisation)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _new(organisation, by, now or timezone.now())
    except IntegrityError:
        return IssuerKey.objects.get(organisation=organisation, retired_at__isnull=True)


@transaction.atomic
def renew_key(*, organisation: Organisation, by: Any, now: datetime.datetime | None = None) -> IssuerKey:
    """A new key signs from now on. The older one verifies what it signed, and its private half is destroyed."""
    now = now or timezone.now()
    active = IssuerKey.objects.filter(organisation=organisation, retired_at__isnull=True)
    active.update(retired_at=now, private=None)
    return _new(organisation, by, now)
