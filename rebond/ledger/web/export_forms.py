"""Forms of the files for the accountant."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import DayInput
from rebond.ledger.enums import AccountKind


class ExportForm(forms.Form):
    du = forms.DateField(label=pgettext_lazy("day", "From"), widget=DayInput())
    au = forms.DateField(label=pgettext_lazy("day", "To"), widget=DayInput())
    format = forms.ChoiceField(
        label=pgettext_lazy("export", "File"),
        choices=[("csv", _("For the accountant (CSV)")), ("fec", _("For the tax office (FEC)"))],
        initial="csv",
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("du") and given.get("au") and given["au"] < given["du"]:
            raise forms.ValidationError(_("The last day is before the first."))
        return given


class ChartForm(forms.Form):
    """A number and a name for each kind of account."""

    def __init__(self, *args: Any, chart: dict[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in AccountKind:
            number, label = chart[kind.value]
            self.fields[kind.value] = forms.CharField(label=kind.label, max_length=20, initial=number)
            self.fields[f"{kind.value}_label"] = forms.CharField(
                label=pgettext_lazy("chart", "Name"), max_length=80, initial=label
            )

    def rows(self) -> list[tuple[Any, Any]]:
        """The fields, two by two."""
        return [(self[kind.value], self[f"{kind.value}_label"]) for kind in AccountKind]

    def chart(self) -> dict[str, tuple[str, str]]:
        """What `set_chart` takes."""
        given = self.cleaned_data
        return {
            kind.value: (given[kind.value].strip().upper(), given[f"{kind.value}_label"].strip())
            for kind in AccountKind
        }
