"""Forms of the yearly declaration."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import WordsField
from rebond.ledger.actions.tax_file import UNION

COUNTRIES = [(code, code) for code in sorted(UNION)]


class TaxFileForm(forms.Form):
    """A seller's own data."""

    legal_name = WordsField(label=_("Legal name"), max_length=200)
    address = WordsField(label=_("Address of the seat"), max_length=200)
    postal_code = WordsField(label=_("Postal code"), max_length=10)
    city = WordsField(label=_("Town"), max_length=80)
    country = forms.ChoiceField(label=_("Country of residence"), choices=COUNTRIES, initial="FR")
    tax_number = WordsField(label=_("Tax number"), max_length=20, help_text=_("In France, the SIREN."))
    register_number = WordsField(
        label=_("Registration number"), max_length=40, required=False, help_text=_("SIREN, RNA or trade register.")
    )
    vat_number = WordsField(label=_("VAT number, if you have one"), max_length=20, required=False)
    iban = WordsField(label=_("IBAN on which your payouts arrive"), max_length=42, required=False)
    account_holder = WordsField(label=_("Whose account it is, if not yours"), max_length=200, required=False)
    establishments = WordsField(
        label=_("Establishments elsewhere in the European Union"),
        max_length=120,
        required=False,
        help_text=_("Codes of the countries, such as BE, ES. Most have none."),
    )

    def clean_establishments(self) -> list[str]:
        text = self.cleaned_data["establishments"].replace(";", ",")
        found = [part.strip().upper() for part in text.split(",") if part.strip()]
        if set(found) - UNION:
            raise forms.ValidationError(_("Codes of the countries, such as BE, ES. Most have none."))
        return found


class ReturnTaxFileForm(forms.Form):
    reason = WordsField(label=_("What is not right"), max_length=300, help_text=_("The seller reads it."))
