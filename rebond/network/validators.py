"""Identifiers of organisations, checked and made compact; forms, actions and imports obey the same rules."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban as iban_numbers
from stdnum.exceptions import InvalidChecksum, InvalidLength
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siren as siren_numbers
from stdnum.fr import siret as siret_numbers

LETTERS = re.compile(r"^[A-Z]{2,4}$")


def clean_siren(value: str) -> str:
    """`732 829 320` → `732829320`; "" stays "". Raise ValidationError that says what is wrong."""
    if not value.strip():
        return ""
    try:
        return str(siren_numbers.validate(value))
    except InvalidLength:
        raise ValidationError(_("A SIREN has 9 digits."), code="siren") from None
    except InvalidChecksum:
        raise ValidationError(_("This SIREN does not exist: check each digit."), code="siren") from None
    except NumberError:
        raise ValidationError(_("A SIREN has digits only."), code="siren") from None


def clean_siret(value: str, *, siren: str = "") -> str:
    """14 digits, of the same organisation as `siren` where that is known."""
    if not value.strip():
        return ""
    try:
        found = str(siret_numbers.validate(value))
    except InvalidLength:
        raise ValidationError(_("A SIRET has 14 digits."), code="siret") from None
    except InvalidChecksum:
        raise ValidationError(_("This SIRET does not exist: check each digit."), code="siret") from None
    except NumberError:
        raise ValidationError(_("A SIRET has digits only."), code="siret") from None
    if siren and not found.startswith(siren):
        raise ValidationError(
            _("This SIRET belongs to another organisation: its first 9 digits are not %(siren)s."),
            code="siret",
            params={"siren": siren},
        )
    return found


def clean_iban(value: str) -> str:
    """Compact and checked (ISO 13616: length by country, check digits)."""
    try:
        return str(iban_numbers.validate(value))
    except NumberError:
        raise ValidationError(_("This IBAN is not right: copy it from your bank's document."), code="iban") from None


def clean_letters(value: str) -> str:
    """First part of a seller's codes (architecture, settled point "Codes"): 2 to 4 capital letters."""
    found = value.strip().upper()
    if found and not LETTERS.match(found):
        raise ValidationError(_("From 2 to 4 letters, such as CF."), code="letters")
    return found


def clean_phone(value: str) -> str:
    """A French or international number, spaces kept out; "" stays ""."""
    found = re.sub(r"[\s.\-()]", "", value)
    if found and not re.match(r"^(\+\d{8,15}|0\d{9})$", found):
        raise ValidationError(_("Write ten digits, or + and the country's number."), code="phone")
    return found
