"""Write and publish general terms of sale: a draft, then versions that nobody changes (rules.md F1, L111-5)."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.shop.errors import TermsChangedError, TermsSameError
from rebond.shop.models import TermsDraft, TermsVersion


def _name(by: Any) -> str:
    return str(by.display_name)[:160] if by is not None else "Rebond"


@transaction.atomic
def save_terms_draft(
    *, organisation: Organisation, text: str, version: int, by: Any, now: datetime.datetime | None = None
) -> TermsDraft:
    """Keep what is being written. `version` is the draft's that was read, 0 without one.

    Raise TermsChangedError where somebody else wrote meanwhile.
    """
    now = now or timezone.now()
    text = text.replace("\r\n", "\n").strip()
    kept = {"text": text, "updated_at": now, "updated_by": _name(by)}
    rows = TermsDraft.objects.filter(organisation=organisation)
    if version:
        if not rows.filter(version=version).update(**kept, version=F("version") + 1):
            raise TermsChangedError
        draft = rows.get()
    else:
        draft, is_new = TermsDraft.objects.get_or_create(organisation=organisation, defaults=kept)
        if not is_new and draft.text != text:
            raise TermsChangedError
    record("shop.terms.written", subject=draft, by=by, organisation=organisation)
    return draft


@transaction.atomic
def publish_terms(
    *, organisation: Organisation, version: int, note: str = "", by: Any, now: datetime.datetime | None = None
) -> TermsVersion:
    """Make the draft the version in force, dated: it stays as it is, and so do the orders that accepted another.

    Two at once wait for each other, so numbers have no gap. Raise TermsChangedError where the draft is no longer the
    one that was read, TermsSameError where it says what the version in force says.
    """
    now = now or timezone.now()
    lock_row(organisation, no_key=True)
    draft = TermsDraft.objects.filter(organisation=organisation, version=version).first()
    if draft is None:
        raise TermsChangedError
    last = TermsVersion.objects.filter(organisation=organisation).order_by("-number").first()
    if last is not None and last.text == draft.text:
        raise TermsSameError
    published = TermsVersion.objects.create(
        organisation=organisation,
        number=last.number + 1 if last is not None else 1,
        text=draft.text,
        note=note.strip(),
        published_at=now,
        published_by_id=str(getattr(by, "public_id", "")),
        published_by=_name(by),
    )
    draft.delete()
    record("shop.terms.published", subject=published, by=by, organisation=organisation, number=published.number)
    return published
