"""Small forms of one item: price, withdrawal, send back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import WithdrawReason
from rebond.core.forms import CentsField


class PriceForm(forms.Form):
    price = CentsField(label=_("New price, euros"), min_cents=1)
    is_progressive = forms.BooleanField(
        label=_("Part of a declared progressive promotion"),
        required=False,
        help_text=_("Several cuts one after the other: the price shown beside stays the one before the first cut."),
    )
    reason = forms.CharField(label=_("Reason, for your history"), required=False, max_length=200)


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why"), choices=WithdrawReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note, for your history"), required=False, max_length=200)


class SendBackForm(forms.Form):
    reason = forms.CharField(
        label=_("What is to be completed"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
