"""What is asked about a moderators' decision."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import ComplaintState

SHORT, LONG = {"rows": 4}, {"rows": 6}


class ComplaintForm(forms.Form):
    complaint = forms.CharField(
        label=_("Why should the decision change?"),
        help_text=_("What is wrong in the reasons, what you corrected, the proof that you have."),
        widget=forms.Textarea(attrs=LONG),
        min_length=10,
        max_length=4_000,
    )


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Answer to the seller"),
        choices=[
            (ComplaintState.UPHELD, _("The seller is right: the decision ends")),
            (ComplaintState.DISMISSED, _("The decision stands")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Reasons"),
        help_text=_("They are sent to the seller."),
        widget=forms.Textarea(attrs=LONG),
        min_length=30,
        max_length=4_000,
    )


class LiftForm(forms.Form):
    reason = forms.CharField(
        label=_("Why does it end?"),
        help_text=_("It is sent to the seller."),
        widget=forms.Textarea(attrs=SHORT),
        min_length=10,
        max_length=4_000,
    )
