"""What an organisation is or may do, for a time and with a proof."""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.journal.models import StoredFile
from rebond.network.enums import AttributeKind, LegalForm, VatRegime, VatRhythm
from rebond.network.errors import DatesError, NetworkError, OverlapError, WrongStateError
from rebond.network.models import Organisation, OrganisationAttribute
from rebond.network.signals import organisation_changed

VALUES: dict[str, frozenset[str]] = {
    AttributeKind.LEGAL_FORM: frozenset(LegalForm.values),
    AttributeKind.VAT_REGIME: frozenset(VatRegime.values),
    AttributeKind.VAT_RHYTHM: frozenset(VatRhythm.values),
}


def _day(day: datetime.date | None) -> str:
    return date_format(day, "j N Y") if day else _("no end")


def _refuse_overlap(organisation: Organisation, kind: str, start: datetime.date, end: datetime.date | None) -> None:
    """One legal form, one VAT regime… at a time: two mentions on one invoice would contradict (rules.md F7)."""
    rows = OrganisationAttribute.objects.filter(organisation=organisation, kind=kind)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=start))
    if end is not None:
        rows = rows.filter(valid_from__lte=end)
    other = rows.order_by("valid_from").first()
    if other is not None:
        raise OverlapError(field="valid_from", start=_day(other.valid_from), end=_day(other.valid_to))


@transaction.atomic
def add_attribute(
    *,
    organisation: Organisation,
    kind: str,
    valid_from: datetime.date,
    by: Any,
    value: str = "",
    valid_to: datetime.date | None = None,
    note: str = "",
) -> OrganisationAttribute:
    """Add a dated attribute, not verified yet.

    Raise DatesError, OverlapError (same kind at the same time), NetworkError (a value that the kind has not).
    """
    if valid_to is not None and valid_to < valid_from:
        raise DatesError(field="valid_to")
    if kind in VALUES and value not in VALUES[kind]:
        raise NetworkError(_("Choose one of the list."), field="value")
    lock_row(organisation)  # two at once would both find no overlap
    _refuse_overlap(organisation, kind, valid_from, valid_to)
    made = OrganisationAttribute.objects.create(
        organisation=organisation, kind=kind, value=value, valid_from=valid_from, valid_to=valid_to, note=note
    )
    record(
        "network.attribute.added",
        subject=organisation,
        by=by,
        organisation=organisation,
        kind=kind,
        value=value,
        valid_from=valid_from.isoformat(),
        valid_to=valid_to.isoformat() if valid_to else None,
    )
    organisation_changed.send(sender=Organisation, organisation=organisation, fields=frozenset({"attributes"}))
    return made


@transaction.atomic
def end_attribute(*, attribute: OrganisationAttribute, on: datetime.date, by: Any) -> OrganisationAttribute:
    """Set the last day of an attribute. Raise DatesError before its start, WrongStateError where it has ended."""
    if on < attribute.valid_from:
        raise DatesError(field="valid_to")
    rows = OrganisationAttribute.objects.filter(pk=attribute.pk)
    if not rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)).update(valid_to=on):
        raise WrongStateError
    attribute.refresh_from_db()
    record(
        "network.attribute.ended",
        subject=attribute.organisation,
        by=by,
        organisation=attribute.organisation,
        kind=attribute.kind,
        value=attribute.value,
        valid_to=on.isoformat(),
    )
    return attribute


@transaction.atomic
def attach_proof(*, attribute: OrganisationAttribute, stored: StoredFile, by: Any) -> OrganisationAttribute:
    """Tie a private file to the attribute; what was verified on another proof must be verified again."""
    OrganisationAttribute.objects.filter(pk=attribute.pk).update(
        proof_id=stored.public_id, verified_at=None, verified_by=""
    )
    attribute.refresh_from_db()
    record(
        "network.attribute.proved",
        subject=attribute.organisation,
        by=by,
        organisation=attribute.organisation,
        kind=attribute.kind,
        file=stored.public_id,
    )
    return attribute


@transaction.atomic
def verify_attribute(
    *, attribute: OrganisationAttribute, by: Any, now: datetime.datetime | None = None
) -> OrganisationAttribute:
    """Say that the proof was read and holds. Raise NetworkError without a proof, WrongStateError when done."""
    if not attribute.proof_id:
        raise NetworkError(_("There is no proof to verify yet."))
    rows = OrganisationAttribute.objects.filter(pk=attribute.pk, proof_id=attribute.proof_id, verified_at__isnull=True)
    if not rows.update(verified_at=now or timezone.now(), verified_by=by.display_name[:160]):
        raise WrongStateError
    attribute.refresh_from_db()
    record(
        "network.attribute.verified",
        subject=attribute.organisation,
        by=by,
        organisation=attribute.organisation,
        kind=attribute.kind,
        file=attribute.proof_id,
    )
    return attribute
