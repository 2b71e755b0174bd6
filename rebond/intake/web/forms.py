"""Forms of the dock and of the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import DayInput, GramsField
from rebond.intake.data.flows import flows
from rebond.intake.enums import SOURCE_FACTS, ExitKind, Source
from rebond.intake.models import Container
from rebond.network.models import Site


class WeighForm(forms.Form):
    """What the scale shows, and what stands under the things."""

    gross_g = GramsField(label=_("Weight read on the scale"), required=False)
    container = forms.ModelChoiceField(
        queryset=Container.objects.none(), required=False, to_field_name="public_id", empty_label=None
    )
    scale = forms.BooleanField(required=False)

    def __init__(self, *args: Any, containers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["container"].queryset = containers  # type: ignore[attr-defined]


class ContainerForm(forms.Form):
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("Such as “Blue trolley”."))
    tare_g = GramsField(label=_("Weight when it is empty"))

    def __init__(self, *args: Any, organisation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = organisation.sites.order_by("name")  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Note about the things"), max_length=200, required=False, help_text=_("Nothing about the donor.")
    )


class OriginForm(forms.Form):
    """Where an arrival comes from: only what its kind of origin asks."""

    place = forms.CharField(label=_("Name of the shop, site or structure"), max_length=120, required=False)
    slip = forms.CharField(label=_("Number of the slip"), max_length=60, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=5, required=False)

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(SOURCE_FACTS[Source(source)]):
            del self.fields[name]


class DonationFilter(forms.Form):
    """`day` by default today; another day by its date."""

    day = forms.DateField(label=_("Day"), required=False, widget=DayInput())
    source = forms.ChoiceField(label=_("Origin"), choices=[("", _("All origins")), *Source.choices], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            vars(field)["asked_by_choice"] = True  # ui/field.html then does not call it optional


class ThingForm(forms.Form):
    """One thing at the sorting table, or a batch of the same."""

    weight_g = GramsField(label=_("Weight of it all"), required=False)
    quantity = forms.IntegerField(label=_("How many are they?"), required=False, min_value=1, max_value=500)

    def clean_quantity(self) -> int:
        return self.cleaned_data["quantity"] or 1


class PeriodForm(forms.Form):
    """A site and two days, both included."""

    site = forms.ModelChoiceField(
        label=_("Site"), queryset=Site.objects.none(), to_field_name="public_id", empty_label=None
    )
    start = forms.DateField(label=pgettext_lazy("period", "From"), widget=DayInput())
    end = forms.DateField(label=pgettext_lazy("period", "To"), widget=DayInput())

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("start") and found.get("end") and found["end"] < found["start"]:
            self.add_error("end", _("The end is before the beginning."))
        return found


class StockForm(forms.Form):
    """A count of the stock (`kind` left out), or what left by hand."""

    operation = forms.UUIDField(widget=forms.HiddenInput, required=False)
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("How it left"), choices=ExitKind.choices)
    flow = forms.ChoiceField(label=_("Flow"))
    day = forms.DateField(label=_("Day"), widget=DayInput())
    weight_g = GramsField(
        label=_("Weight, in kg"),
        max_g=10_000_000_000,
        error_messages={"max": _("This weight is above 10,000 tonnes: check it.")},
    )
    reference = forms.CharField(label=_("Number of the slip"), max_length=60, required=False)
    is_estimate = forms.BooleanField(label=_("Estimated, not weighed"), required=False)

    def __init__(self, *args: Any, sites: Any, is_count: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        self.fields["flow"].choices = [(row.key, row.label) for row in flows().values()]  # type: ignore[attr-defined]
        for name in ("kind", "reference") if is_count else ("is_estimate",):
            del self.fields[name]
