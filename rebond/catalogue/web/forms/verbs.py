"""Small forms of one item, each with the title of its page and the word of its button."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import HoldGround, WithdrawReason
from rebond.core.forms import CentsField


class PriceForm(forms.Form):
    title = submit = _("Change the price")
    price = CentsField(label=_("New price, euros"), min_cents=1)
    is_progressive = forms.BooleanField(
        label=_("Part of a declared progressive promotion"),
        required=False,
        help_text=_("Several cuts one after the other: the price shown beside stays the one before the first cut."),
    )
    reason = forms.CharField(label=_("Reason, for your history"), required=False, max_length=200)


class WithdrawForm(forms.Form):
    title = submit = _("Withdraw from sale")
    reason = forms.ChoiceField(label=_("Why"), choices=WithdrawReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note, for your history"), required=False, max_length=200)


class HoldForm(forms.Form):
    """The network's staff takes an item off sale: a decision, with its statement of reasons (DSA art. 17)."""

    title = submit = _("Withdraw by decision")
    ground = forms.ChoiceField(label=_("On what ground"), choices=HoldGround.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Why"), choices=WithdrawReason.choices, widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("Reasons, for the seller"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What is wrong, in which words or picture, and which rule it breaks. The seller receives it."),
    )


class SellForm(forms.Form):
    """`free` is how many pieces nobody holds: a single one is not asked about."""

    title, submit = _("Sold at the workshop"), _("It is sold")
    note = forms.CharField(
        label=_("Note, for your history"), required=False, max_length=200, help_text=_("The receipt’s number, say.")
    )

    def __init__(self, *args: Any, free: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if free > 1:
            left = _("%(n)s left.") % {"n": free}
            self.fields["n"] = forms.IntegerField(
                label=_("How many pieces"), min_value=1, max_value=free, initial=1, help_text=left
            )
            self.order_fields(["n", "note"])


class RestockForm(forms.Form):
    title = submit = _("Take back into stock")
    reason = forms.CharField(label=_("Note, for your history"), required=False, max_length=200)


class SendBackForm(forms.Form):
    title, submit = _("Send back to be completed"), _("Send back")
    reason = forms.CharField(
        label=_("What is to be completed"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
