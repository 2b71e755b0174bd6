"""The one thing that a guest gives to reach their data."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The one of your orders, alerts or reports."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
