"""What counsellors type about a PASS IAE."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import DayInput, WordsField
from rebond.insertion.enums import ProlongationReason, StructureKind, SuspensionReason


class EnterForm(forms.Form):
    number = WordsField(
        label=_("Number of the PASS"),
        help_text=_("12 signs, as on the certificate: 99999 12 34567."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput())
    kind = forms.ChoiceField(label=_("Kind of structure"), choices=StructureKind.choices)


class SuspendForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=SuspensionReason.choices)
    start = forms.DateField(label=pgettext_lazy("suspension", "From"), widget=DayInput())
    end = forms.DateField(
        label=pgettext_lazy("suspension", "Until"),
        help_text=_("36 months at most. A new hiring ends it sooner."),
        widget=DayInput(),
    )


class ProlongForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=ProlongationReason.choices)
    days = forms.IntegerField(
        label=_("Days"), help_text=_("365 at most; 3,650 for a permanent contract from 57 years."), min_value=1
    )
    prescriber = WordsField(
        label=_("Prescriber who gave an opinion"),
        help_text=_("Asked for RQTH, 50 years and more, and particular difficulties."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LiftForm(forms.Form):
    hired_on = forms.DateField(label=_("Hired on"), widget=DayInput())
