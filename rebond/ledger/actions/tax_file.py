"""A seller's data for the yearly declaration: given by the seller, verified by the treasurer, or asked for again."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.journal.actions.record import record
from rebond.ledger.errors import LedgerError, NeedsReason, WrongState
from rebond.ledger.models import TaxFile
from rebond.ledger.queries.tax import known_of
from rebond.network.actions.trader import read_trader_file
from rebond.network.models import Organisation, TraderFile
from rebond.network.validators import clean_iban, clean_siren

TEXTS = ("legal_name", "address", "postal_code", "city", "country", "tax_number", "register_number", "vat_number")
# The other countries of the Union, where an establishment or a residence may be.
UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)


def tax_file_of(organisation: Organisation) -> TaxFile:
    """Its file, begun with what the network knows where there is none."""
    found = TaxFile.objects.filter(organisation=organisation).first()
    if found is not None:
        return found
    return TaxFile.objects.get_or_create(organisation=organisation, defaults=known_of(organisation))[0]


@transaction.atomic
def give_tax_file(
    *, organisation: Organisation, fields: dict[str, Any], by: Any, now: datetime | None = None
) -> TaxFile:
    """Write the data and who gave them; they are to be verified again, and reminders stop.

    An empty `iban` keeps the one that was given, else takes the one of the identity file: its reading is noted.
    Raise LedgerError with the field where something is not right.
    """
    file = tax_file_of(organisation)
    values = {name: str(fields.get(name, "")).strip() for name in TEXTS}
    _check(values, fields["establishments"])
    for name, value in values.items():
        setattr(file, name, value)
    file.establishments = sorted(set(fields["establishments"]) - {file.country})
    _set_account(file, fields.get("iban", ""), fields.get("account_holder", ""), by)
    file.given_at, file.given_by = now or timezone.now(), by.display_name[:160]
    file.verified_at, file.verified_by, file.note = None, "", ""
    file.asked_at = file.reminded_at = file.reminded_again_at = None
    file.save()
    record("ledger.tax_file.given", subject=file, by=by, organisation=organisation)
    return file


def _check(values: dict[str, str], establishments: list[str]) -> None:
    """Raise LedgerError where a value cannot be declared."""
    for name in ("legal_name", "address", "city", "tax_number"):
        if not values[name]:
            raise LedgerError(_("Fill this in: the declaration must have it."), field=name)
    if values["country"] not in UNION:
        raise LedgerError(_("Choose a country of the European Union."), field="country")
    if set(establishments) - UNION:
        raise LedgerError(_("Choose a country of the European Union."), field="establishments")
    if values["country"] == "FR":
        try:
            values["tax_number"] = clean_siren(values["tax_number"])
        except ValidationError as refused:
            raise LedgerError(refused.messages[0], field="tax_number") from None


def _set_account(file: TaxFile, iban: str, holder: str, by: Any) -> None:
    if iban.strip():
        try:
            file.iban = clean_iban(iban)
        except ValidationError as refused:
            raise LedgerError(refused.messages[0], field="iban") from None
        file.account_holder = holder.strip()
    elif not file.iban:
        rows = TraderFile.objects.filter(organisation=file.organisation, ended_on__isnull=True)
        known = rows.select_related("admission").order_by("-pk").first()
        if known is None:
            raise LedgerError(_("Give the IBAN on which your payouts arrive."), field="iban")
        read = read_trader_file(admission=known.admission, by=by)
        file.iban, file.account_holder = read.iban, holder.strip() or read.account_holder
    file.iban_end = file.iban[-4:]


@transaction.atomic
def verify_tax_file(*, file: TaxFile, by: Any, now: datetime | None = None) -> TaxFile:
    """Say that the data were compared with the public registers. Raise WrongState where nothing waits for it."""
    rows = TaxFile.objects.filter(pk=file.pk, given_at=file.given_at, given_at__isnull=False, verified_at__isnull=True)
    if not rows.update(verified_at=now or timezone.now(), verified_by=by.display_name[:160]):
        raise WrongState
    record("ledger.tax_file.verified", subject=file, by=by, organisation=file.organisation)
    file.refresh_from_db()
    return file


@transaction.atomic
def return_tax_file(*, file: TaxFile, reason: str, by: Any) -> TaxFile:
    """The data are not right: they are asked for again, with the reason. Raise NeedsReason, WrongState."""
    if not reason.strip():
        raise NeedsReason(field="reason")
    rows = TaxFile.objects.filter(pk=file.pk, given_at=file.given_at, given_at__isnull=False)
    if not rows.update(given_at=None, verified_at=None, verified_by="", note=reason.strip()[:300]):
        raise WrongState
    record("ledger.tax_file.returned", subject=file, by=by, organisation=file.organisation, reason=reason.strip())
    file.refresh_from_db()
    return file
