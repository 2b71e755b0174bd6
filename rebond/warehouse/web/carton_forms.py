"""Forms of the cartons for parcels, at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import CentimetresField, CentsField, GramsField
from rebond.network.models import Site
from rebond.warehouse.actions.carton import MOST_AT_ONCE, Kind
from rebond.warehouse.models import Carton


class CartonForm(forms.Form):
    """What a carton is."""

    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("What is written on its pile: M, Shoe box, Book envelope.")
    )
    length_mm = CentimetresField(label=_("Inside length, cm"))
    width_mm = CentimetresField(label=_("Inside width, cm"))
    height_mm = CentimetresField(label=_("Inside height, cm"))
    is_salvaged = forms.BooleanField(
        label=_("Salvaged"), required=False, help_text=_("It has served before: it is chosen before a new one.")
    )
    most_g = GramsField(label=_("It bears"), required=False, help_text=_("Empty: nobody said."))
    tare_g = GramsField(label=_("Weight of an empty one"), required=False)
    cost_cents = CentsField(label=_("Cost of one"), required=False, help_text=_("Nothing for most salvaged ones."))
    least = forms.IntegerField(
        label=_("Say so under"),
        min_value=0,
        max_value=MOST_AT_ONCE,
        required=False,
        help_text=_("When fewer than this are left, the desk says to find more."),
    )

    def kind(self) -> Kind:
        """What the action takes; call it on a valid form."""
        data = self.cleaned_data
        numbers = {name: data[name] or 0 for name in ("tare_g", "cost_cents", "least")}
        sides = {name: data[name] for name in ("length_mm", "width_mm", "height_mm")}
        return Kind(name=data["name"], is_salvaged=data["is_salvaged"], most_g=data["most_g"], **sides, **numbers)

    @staticmethod
    def initial_of(carton: Carton) -> dict[str, Any]:
        return {name: getattr(carton, name) for name in CartonForm.base_fields}


class CartonAddForm(CartonForm):
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    number = forms.IntegerField(
        label=pgettext_lazy("carton", "How many are there"), min_value=0, max_value=MOST_AT_ONCE, initial=0
    )
    field_order = ("site", "name", "number")

    def __init__(self, *args: Any, organisation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = organisation.sites.order_by("-is_main", "name")  # type: ignore[attr-defined]


class NumberForm(forms.Form):
    """How many came, or how many are there."""

    number = forms.IntegerField(label=pgettext_lazy("carton", "How many"), min_value=0, max_value=MOST_AT_ONCE)
