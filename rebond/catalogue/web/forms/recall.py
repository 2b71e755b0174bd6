"""What is asked of a recalled or forbidden product."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.catalogue.enums import RecallSource
from rebond.core.forms import DayInput


class RecallForm(forms.Form):
    label = forms.CharField(label=_("Product"), max_length=200, help_text=_("As people say it: “Bowling set, 6 pins”."))
    risk = forms.CharField(
        label=_("Why it may not be sold"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown to sorters and sellers: the danger, in one or two sentences."),
    )
    gtin = forms.CharField(
        label=_("Barcode"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("8, 12, 13 or 14 digits. It stops every thing with this code."),
    )
    brand = forms.CharField(label=_("Brand"), max_length=120, required=False)
    model_names = forms.CharField(
        label=_("Models or references"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line. Things of this brand stop where one of them stands in their title or text."),
    )
    source = forms.ChoiceField(label=_("Who says it"), choices=RecallSource.choices)
    reference = forms.CharField(label=_("Number of the notice"), max_length=40, required=False)
    url = forms.URLField(label=_("Address of the notice"), max_length=300, required=False, assume_scheme="https")
    published_on = forms.DateField(label=_("Published on"), required=False, widget=DayInput())


class EndRecallForm(forms.Form):
    reason = forms.CharField(
        label=_("Why does it end?"), max_length=500, min_length=5, widget=forms.Textarea(attrs={"rows": 2})
    )


class RecallFileForm(forms.Form):
    file = forms.FileField(
        label=_("File of RappelConso"),
        help_text=_("The CSV “RappelConso V2, sorted by GTIN” of data.economie.gouv.fr. It may be given again."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        error_messages={"empty": _("This file is empty.")},
    )


class RecallSearch(forms.Form):
    q = forms.CharField(label=_("Barcode, brand or number of the notice"), max_length=120, required=False)
    etat = forms.ChoiceField(
        choices=[("", pgettext_lazy("recalls", "In force")), ("terminees", pgettext_lazy("recalls", "Ended"))],
        required=False,
    )
