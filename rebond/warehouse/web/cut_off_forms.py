"""The form of the hour at which a carrier comes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.network.models import Site
from rebond.warehouse.models.cut_off import AT, BEFORE_MIN


class CutOffForm(forms.Form):
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    carrier = forms.CharField(
        label=_("Carrier"),
        max_length=60,
        required=False,
        help_text=_("As on your parcels. Empty: all those that have no hour of their own."),
        widget=forms.TextInput(attrs={"list": "carriers"}),
    )
    at = forms.TimeField(
        label=_("Parcels are ready at"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        initial=AT,
    )
    before_min = forms.IntegerField(
        label=_("Minutes needed to prepare one"),
        min_value=0,
        max_value=720,
        initial=BEFORE_MIN,
        help_text=_("What is paid later than that leaves on the next working day."),
    )

    def __init__(self, *args: Any, organisation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = organisation.sites.order_by("-is_main", "name")  # type: ignore[attr-defined]
