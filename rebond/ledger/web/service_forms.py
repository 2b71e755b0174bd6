"""Forms of billed services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import CentsField, WordsField
from rebond.ledger.actions.asked_services import ServiceBill
from rebond.ledger.enums import ServiceKind
from rebond.ledger.queries.services import members_of
from rebond.network.models import Organisation
from rebond.network.validators import clean_siren

OUTSIDE = ("name", "siren", "address", "postal_code", "city", "email")
NEEDED = ("name", "siren", "address", "postal_code", "city")


class ServiceForm(forms.Form):
    """A member, or the words of an organisation outside: never both."""

    kind = forms.ChoiceField(label=pgettext_lazy("service", "Kind"), choices=ServiceKind.choices)
    label = WordsField(
        label=_("What was done, as the invoice says it"),
        max_length=160,
        help_text=_("Such as: tutoring of the photo workshop, 3 days in November."),
    )
    amount = CentsField(label=_("Amount, VAT included"), min_cents=1)
    customer = forms.ModelChoiceField(
        label=_("Member of the network"),
        queryset=Organisation.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("An organisation outside the network"),
        help_text=_("Those without a SIREN are not listed: it must be on the invoice."),
    )
    name = WordsField(label=_("Legal name"), max_length=160, required=False)
    siren = WordsField(label=_("SIREN"), max_length=11, required=False)
    address = WordsField(label=pgettext_lazy("service", "Street and number"), max_length=160, required=False)
    postal_code = WordsField(label=_("Postal code"), max_length=10, required=False)
    city = WordsField(label=pgettext_lazy("service", "Town"), max_length=80, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def __init__(self, *args: Any, operator: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].queryset = members_of(operator)  # type: ignore[attr-defined]
        for name in NEEDED:
            vars(self.fields[name])["asked_by_choice"] = True  # needed where no member is chosen

    def clean_siren(self) -> str:
        return clean_siren(self.cleaned_data["siren"]) if self.cleaned_data["siren"] else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("customer"):
            if any(given.get(word) for word in OUTSIDE):
                self.add_error("customer", _("A member, or an organisation outside: not both."))
        elif "customer" not in self.errors:
            for word in NEEDED:
                if not given.get(word) and word not in self.errors:
                    self.add_error(word, _("Needed on the invoice of an organisation outside the network."))
        return given

    def data_for(self, operation: str) -> ServiceBill:
        """The act's data."""
        given = self.cleaned_data
        customer = given["customer"].public_id if given["customer"] else ""
        outside = {word: given[word].strip() for word in OUTSIDE}
        return ServiceBill(
            given["kind"], given["label"].strip(), given["amount"], customer, operation=operation, **outside
        )


class CreditForm(forms.Form):
    reason = WordsField(label=_("Why it is credited"), max_length=300, help_text=_("It is printed on the credit note."))
