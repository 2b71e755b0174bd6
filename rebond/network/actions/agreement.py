"""Agreements between an organisation and an operator: written, signed, ended; never overlapping."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.enums import AgreementKind, OrganisationKind
from rebond.network.errors import DatesError, NetworkError, OverlapError, StaleError, TooEarlyError, WrongStateError
from rebond.network.models import Agreement, Organisation
from rebond.network.queries.agreements import DIP_DAYS, PARTIES, TASKS

FIELDS = (
    "operator",
    "kind",
    "scope",
    "commission_bp",
    "solidarity_bp",
    "monthly_fee_cents",
    "entry_fee_cents",
    "shipping",
    "brand",
    "starts_on",
    "ends_on",
    "document_given_on",
)


def _check(organisation: Organisation, fields: dict[str, Any], *, but: Agreement | None = None) -> None:
    """Raise where the dates, the rates, the scope or another agreement forbid these terms."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"not fields of an agreement: {sorted(unknown)}")
    if fields["operator"].kind != OrganisationKind.OPERATOR or fields["operator"].pk == organisation.pk:
        raise NetworkError(_("Choose the operator of a platform."), field="operator")
    if fields["ends_on"] is not None and fields["ends_on"] < fields["starts_on"]:
        raise DatesError(field="ends_on")
    if fields["commission_bp"] + fields["solidarity_bp"] > 10_000:
        raise NetworkError(_("Commission and solidarity are above 100 % together."), field="commission_bp")
    parties = {key for key, _label in PARTIES}
    if set(fields["scope"]) != {key for key, _l, _i in TASKS} or not set(fields["scope"].values()) <= parties:
        raise NetworkError(_("Say for each task who does it."))
    others = Agreement.objects.filter(organisation=organisation, operator=fields["operator"])
    others = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=fields["starts_on"]))
    if fields["ends_on"] is not None:
        others = others.filter(starts_on__lte=fields["ends_on"])
    if but is not None:
        others = others.exclude(pk=but.pk)
    other = others.order_by("starts_on").first()
    if other is not None:
        end = date_format(other.ends_on, "j N Y") if other.ends_on else _("no end")
        start = date_format(other.starts_on, "j N Y")
        raise OverlapError(field="starts_on", start=start, end=end)


@transaction.atomic
def write_agreement(*, organisation: Organisation, fields: dict[str, Any], by: Any) -> Agreement:
    """A draft: rates in basis points, fees in cents. Raise OverlapError, DatesError, NetworkError."""
    lock_row(organisation)  # two drafts at once would both find no overlap
    _check(organisation, fields)
    made = Agreement.objects.create(organisation=organisation, **fields)
    record("network.agreement.written", subject=made, by=by, organisation=organisation, kind=str(made.kind))
    return made


@transaction.atomic
def change_agreement(*, agreement: Agreement, fields: dict[str, Any], version: int, by: Any) -> Agreement:
    """Change a draft that still has `version`. Raise StaleError, WrongStateError once signed, and as above."""
    lock_row(agreement.organisation)
    _check(agreement.organisation, fields, but=agreement)
    rows = Agreement.objects.filter(pk=agreement.pk, signed_on__isnull=True)
    if not rows.exists():
        raise WrongStateError
    if not rows.filter(version=version).update(**fields, version=F("version") + 1):
        raise StaleError
    agreement.refresh_from_db()
    record("network.agreement.changed", subject=agreement, by=by, organisation=agreement.organisation)
    return agreement


@transaction.atomic
def sign_agreement(*, agreement: Agreement, on: date, by: Any) -> Agreement:
    """Note the signature. A franchise needs its document 20 days before (commercial code L330-3).

    Raise NetworkError without the document, TooEarlyError before the delay, WrongStateError when signed.
    """
    if agreement.kind == AgreementKind.FRANCHISE:
        if agreement.document_given_on is None:
            raise NetworkError(_("A franchise needs the date on which its document was given."), field="on")
        earliest = agreement.document_given_on + timedelta(days=DIP_DAYS)
        if on < earliest:
            raise TooEarlyError(field="on", earliest=date_format(earliest, "j N Y"))
    rows = Agreement.objects.filter(pk=agreement.pk, signed_on__isnull=True, version=agreement.version)
    if not rows.update(signed_on=on, version=F("version") + 1):
        raise WrongStateError
    agreement.refresh_from_db()
    record(
        "network.agreement.signed",
        subject=agreement,
        by=by,
        organisation=agreement.organisation,
        signed_on=on.isoformat(),
        commission_bp=agreement.commission_bp,
        solidarity_bp=agreement.solidarity_bp,
    )
    return agreement


@transaction.atomic
def end_agreement(*, agreement: Agreement, on: date, by: Any) -> Agreement:
    """Set the last day of a signed agreement. Raise DatesError before its start, WrongStateError where it is over."""
    if on < agreement.starts_on:
        raise DatesError(field="on")
    rows = Agreement.objects.filter(pk=agreement.pk, signed_on__isnull=False)
    if not rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).update(ends_on=on, version=F("version") + 1):
        raise WrongStateError
    agreement.refresh_from_db()
    record(
        "network.agreement.ended",
        subject=agreement,
        by=by,
        organisation=agreement.organisation,
        ends_on=on.isoformat(),
    )
    return agreement


@transaction.atomic
def remove_draft(*, agreement: Agreement, by: Any) -> None:
    """Remove a draft; what was signed stays for ever. Raise WrongStateError."""
    record("network.agreement.removed", subject=agreement, by=by, organisation=agreement.organisation)
    number, _rows = Agreement.objects.filter(pk=agreement.pk, signed_on__isnull=True).delete()
    if not number:
        raise WrongStateError
