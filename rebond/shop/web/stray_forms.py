"""Forms of the desk's list of parcels that nobody expected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import WordsField
from rebond.shop.actions.stray import Tie
from rebond.shop.enums import OrderLineState
from rebond.shop.models import SellerOrder
from rebond.shop.stray_enums import STRAY_ENDS


class TieForm(forms.Form):
    """Which of the order's objects are in the parcel."""

    lines = forms.TypedMultipleChoiceField(
        label=_("What is in the parcel?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what is in the parcel.")},
    )
    with_delivery = forms.BooleanField(
        label=_("Give the delivery back too"),
        help_text=_("Where the carrier or we are the cause, not where the buyer never came for it."),
        required=False,
    )

    def __init__(self, *args: Any, part: SellerOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part = part
        rows = part.lines.filter(state=OrderLineState.SOLD).select_related("item").order_by("pk")
        self.fields["lines"].choices = [(line.pk, f"{line.title} · {line.item.display_code}") for line in rows]  # type: ignore[attr-defined]

    def tie(self) -> Tie:
        return Tie(self.part, self.cleaned_data["lines"], self.cleaned_data["with_delivery"])


class EndForm(forms.Form):
    verb = forms.ChoiceField(label=_("What becomes of it?"), choices=STRAY_ENDS, widget=forms.RadioSelect)
    reason = WordsField(label=_("Why, in a few words"), max_length=300)
