"""Forms of the desk's check of what came back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.catalogue.enums import Condition
from rebond.core.forms import CentsField, DayInput, GramsField, WordsField
from rebond.shop.actions.arrival import Decided
from rebond.shop.enums import HERE, CheckState, Fate, Found


class CheckForm(forms.Form):
    """What came, a picture, what becomes of it: one page at the desk, a screen each at the station."""

    found = forms.ChoiceField(label=_("What came?"), choices=Found, widget=forms.RadioSelect)
    photo = forms.FileField(
        label=_("A photo"),
        help_text=_("Needed where the object is here. 10 MB at most, kept privately."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    fate = forms.ChoiceField(
        label=pgettext_lazy("return", "What becomes of it?"), choices=Fate, widget=forms.RadioSelect
    )
    condition = forms.ChoiceField(
        label=_("Its condition now"), choices=[("", _("As it was")), *Condition.choices], required=False
    )
    price = CentsField(label=_("Its price now"), help_text=_("Empty: the price it had."), required=False)
    weight_g = GramsField(label=_("Weight of what is recycled"), required=False)
    note = WordsField(label=pgettext_lazy("return", "Note"), max_length=300, required=False)

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if state == CheckState.REPAIR:
            del self.fields["found"]
            kept = [(value, label) for value, label in Fate.choices if value in {Fate.RESTOCK, Fate.RECYCLE}]
            self.fields["fate"].choices = kept  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_here = data.get("found", Found.DAMAGED) in HERE
        if "fate" in data and is_here == (data["fate"] == Fate.ASIDE):
            self.add_error("fate", _("The object itself goes on; anything else is put aside."))
        if data.get("fate") == Fate.RECYCLE and not data.get("weight_g"):
            self.add_error("weight_g", _("Write the weight that you read."))
        return data

    def decided(self) -> Decided:
        data = self.cleaned_data
        return Decided(data["fate"], data["condition"], data["price"], data["weight_g"], data["note"])


class LossForm(forms.Form):
    cents = CentsField(label=_("Lower the refund by"))
    reason = WordsField(
        label=_("Why, in words for the buyer"),
        help_text=_("Only for what goes beyond trying the object as in a shop (consumer code, L221-23)."),
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SurchargeForm(forms.Form):
    """The seller's own transfer to the buyer."""

    on = forms.DateField(label=_("Paid on"), widget=DayInput())
    reference = WordsField(label=_("Reference of the transfer"), max_length=60)
