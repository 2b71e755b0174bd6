"""Forms of the collections' editor."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.models import Item
from rebond.core.codes import parse_code
from rebond.core.forms import TINTS, DayInput


class CollectionForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    introduction = forms.CharField(
        label=_("Introduction"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    tint = forms.ChoiceField(label=_("Tint"), choices=TINTS, initial="peche")
    starts_on = forms.DateField(label=_("Shown from"), required=False, widget=DayInput())
    ends_on = forms.DateField(label=_("Shown until"), required=False, widget=DayInput())
    is_on_home = forms.BooleanField(label=_("On the home page"), required=False)


class CodesForm(forms.Form):
    """Codes typed or scanned, one a line or with commas between."""

    codes = forms.CharField(
        label=_("Codes of items"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Typed or scanned, one a line or with commas between: CF-4K7 92T-X."),
    )

    def found(self) -> tuple[list[Item], list[str]]:
        """Items in the order typed, and what is no code of an item."""
        written = [one.strip() for one in re.split(r"[,;\n]+", self.cleaned_data["codes"]) if one.strip()][:500]
        codes = [(one, parse_code(one)) for one in written]
        rows: dict[str, Any] = {row.code: row for row in Item.objects.filter(code__in=[c for _one, c in codes if c])}
        items = [rows[code] for _one, code in codes if code in rows]
        return items, [one for one, code in codes if code not in rows]
