"""What counsellors type about a contract."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import DayInput, WordsField
from rebond.insertion.actions.contract import LONGEST, Terms
from rebond.insertion.contract_rules import hours_of
from rebond.insertion.enums import ContractKind, EndReason, Exemption, PauseReason, StructureKind

OFF = {"autocomplete": "off"}  # of somebody else: a browser must not offer its owner's
HOURS = re.compile(r"(\d{1,2})(?:[.,](\d{1,2})|\s*h\s*(\d{2})?)?")


class WeekField(forms.Field):
    """Hours a week, as people write them: `26`, `17,5`, `17 h 30` → minutes."""

    widget = forms.TextInput(attrs=OFF | {"inputmode": "decimal"})
    default_error_messages = {"invalid": _("Write hours such as 26, 17.5 or 17 h 30.")}

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        found = HOURS.fullmatch(str(value).strip().lower())
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        hours, part, minutes = found.groups()
        rest = round(int(part.ljust(2, "0")) * 60 / 100) if part else int(minutes or 0)
        if rest >= 60:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(hours) * 60 + rest

    def prepare_value(self, value: Any) -> Any:
        return hours_of(value) if isinstance(value, int) else value


class TermsForm(forms.Form):
    """The job and the week; why the rules allow less than 20 hours."""

    job = WordsField(
        label=pgettext_lazy("contract", "Job"),
        help_text=_("As on the contract: picker of orders, seller in the shop."),
        max_length=LONGEST["job"],
        widget=forms.TextInput(attrs=OFF),
    )
    rome_code = WordsField(
        label=_("ROME code"),
        help_text=_("A letter and four digits, such as N1103."),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs=OFF),
    )
    weekly = WeekField(label=_("Hours a week"), help_text=_("From 20 to 35 for a CDDI."))
    low_reason = WordsField(
        label=_("Why less than 20 hours"),
        help_text=_("Facts only, nothing of health. It is sealed."),
        required=False,
        max_length=LONGEST["low_reason"],
        widget=forms.Textarea(attrs=OFF | {"rows": 2}),
    )
    low_authority = WordsField(
        label=_("Who agreed to it, and when"),
        help_text=_("Such as: prescriber France Travail, 3 March."),
        required=False,
        max_length=LONGEST["low_authority"],
        widget=forms.TextInput(attrs=OFF),
    )

    @property
    def terms(self) -> Terms:
        said = {name: self.cleaned_data.get(name, "") for name in ("rome_code", "exemption", *LONGEST)}
        return Terms(weekly_minutes=self.cleaned_data["weekly"], **said)


def _exemption() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Exemption"),
        help_text=_("Only where the contract is shorter than 4 months, or all together last more than 24."),
        required=False,
        choices=[("", _("None")), *Exemption.choices],
    )


class SignForm(TermsForm):
    """A new contract."""

    kind = forms.ChoiceField(label=_("Contract"), choices=ContractKind.choices)
    structure = forms.ChoiceField(
        label=_("Kind of structure"),
        choices=[(value, label) for value, label in StructureKind.choices if value != StructureKind.EITI],
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("4 months or more for a CDDI. Empty for a CDI inclusion."),
        required=False,
        widget=DayInput(),
    )
    exemption = _exemption()
    field_order = ["kind", "structure", "starts_on", "ends_on", "exemption", *TermsForm.base_fields]


class RenewForm(TermsForm):
    ends_on = forms.DateField(label=_("New last day"), widget=DayInput())
    exemption = _exemption()
    field_order = ["ends_on", "exemption", *TermsForm.base_fields]


class AmendForm(TermsForm):
    from_on = forms.DateField(label=pgettext_lazy("amendment", "From"), widget=DayInput())
    field_order = ["from_on", *TermsForm.base_fields]


class PauseForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=PauseReason.choices)
    first = forms.DateField(label=pgettext_lazy("suspension", "From"), widget=DayInput())
    last = forms.DateField(
        label=pgettext_lazy("suspension", "Until"),
        help_text=_("An immersion lasts 30 days at most."),
        widget=DayInput(),
    )


class ResumeForm(forms.Form):
    back_on = forms.DateField(label=_("Back on"), widget=DayInput())


class EndForm(forms.Form):
    ended_on = forms.DateField(label=_("Last day"), widget=DayInput())
    reason = forms.ChoiceField(label=_("Reason"), help_text=_("It is sealed."), choices=EndReason.choices)
