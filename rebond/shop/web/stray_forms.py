"""Forms of the desk's list of parcels that nobody expected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import WordsField
from rebond.shop.actions.stray import Tie
from rebond.shop.enums import OrderLineState
from rebond.shop.models import SellerOrder, StrayParcel
from rebond.shop.queries.again import Leaving
from rebond.shop.stray_enums import STRAY_ENDS
from rebond.shop.web.carried_forms import ADDRESS, LabelForm


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


class AgainForm(LabelForm):
    """The label of a parcel that leaves again: filled with what the buyer confirmed, else with the order's address."""

    def __init__(self, data: Any = None, *, stray: StrayParcel, part: SellerOrder, leaving: Leaving) -> None:
        assert leaving.carried is not None  # noqa: S101 -- shown only then
        super().__init__(data, part=part, parcel=leaving.carried)
        before = stray.shipment.account.public_id if stray.shipment is not None else ""
        self.initial.update({name: getattr(leaving.receiver, name) for name in ADDRESS})
        if before in dict(self.fields["account"].choices):  # type: ignore[attr-defined]
            self.initial["account"] = before
        if stray.confirmed_on is None:
            self.fields["is_confirmed"] = forms.BooleanField(
                label=_("The buyer told us that it goes there"),
                error_messages={"required": _("Ask the buyer first, on the phone or by mail.")},
            )


class EndForm(forms.Form):
    verb = forms.ChoiceField(label=_("What becomes of it?"), choices=STRAY_ENDS, widget=forms.RadioSelect)
    reason = WordsField(label=_("Why, in a few words"), max_length=300)
