"""Asking sellers for the data of the yearly declaration: once, then two reminders, then payouts wait (rules.md F5)."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.dates import midnight
from rebond.ledger.actions.tax_file import tax_file_of
from rebond.ledger.actions.telling import tell_managers
from rebond.ledger.models import TaxFile, TaxReturn, TaxReturnLine
from rebond.ledger.queries.tax import HELD_AFTER, missing_of, missing_words, public_bodies, sellers_since
from rebond.network.models import Organisation
from rebond.network.queries.admissions import managers_of

BETWEEN = timedelta(days=20)
A_YEAR = timedelta(days=366)
KEPT_YEARS = 10  # CGI ann. II, 344 G quindecies
# (the column that is written, the one that must be old enough)
STEPS = (("asked_at", ""), ("reminded_at", "asked_at"), ("reminded_again_at", "reminded_at"))


def remind_sellers(*, now: datetime | None = None) -> int:
    """Each night: ask who sold or carried within a year, where its data are missing or old. How many mails left."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    keys = sellers_since(today - A_YEAR)
    keys -= public_bodies(keys, today)
    number = 0
    for seller in Organisation.objects.filter(pk__in=keys).select_related("tax_file").order_by("pk"):
        file = getattr(seller, "tax_file", None)
        if missing_of(file, today):
            number += _remind(file or tax_file_of(seller), now)
    return number


@transaction.atomic
def _remind(file: TaxFile, now: datetime) -> int:
    """The next step that is due, once whatever the number of workers; how many people were written to.

    Where nobody of the seller has an address, no step is taken.
    """
    for step, before in STEPS:
        if getattr(file, step) is not None:
            continue
        since = getattr(file, before) if before else None
        if before and (since is None or now < since + BETWEEN):
            return 0
        reached = any(person.email for person in managers_of(file.organisation))
        if not reached:  # payouts must not wait for an answer to mails that nobody had
            return 0
        if not TaxFile.objects.filter(pk=file.pk, **{f"{step}__isnull": True}).update(**{step: now}):
            return 0
        file.refresh_from_db()
        return _write(file, step, now)
    return 0


def _write(file: TaxFile, step: str, now: datetime) -> int:
    asked = file.asked_at or now
    said: dict[str, Any] = {
        "name": file.organisation.name,
        "note": file.note,
        "step": step,
        "held_on": timezone.localdate(asked) + HELD_AFTER,
        "url": settings.SITE_URL + reverse("ledger:own-tax"),
    }
    return tell_managers(
        organisation=file.organisation,
        kind=f"ledger.tax.{step}",
        template="ledger/mail/tax_data",
        subject=lambda: (
            _("Your data for the tax declaration of platforms")
            if step == "asked_at"
            else _("Reminder: your data for the tax declaration of platforms")
        ),
        context=lambda: said | {"missing": missing_words(missing_of(file, timezone.localdate(now)))},
        key=f"{step}:{file.public_id}:{asked:%Y%m%d%H%M%S}",
    )


def forget_tax_data(*, today: date | None = None) -> int:
    """After ten years: declarations with their files, and the data of who has sold nothing since. How many went."""
    today = today or timezone.localdate()
    limit = today.year - KEPT_YEARS - 1
    number = 0
    for old in TaxReturn.objects.filter(year__lt=limit).order_by("pk"):
        with transaction.atomic():
            TaxReturnLine.objects.filter(tax_return=old).delete()
            storage, path = old.file.storage, str(old.file.name)
            old.delete()
            transaction.on_commit(partial(storage.delete, path))
        number += 1
    since = midnight(date(limit, 1, 1)).date()
    unused = TaxFile.objects.exclude(organisation__in=sellers_since(since))
    gone, _rows = unused.filter(given_at__lt=midnight(since)).delete()
    return number + gone
