"""Forms of the desk of orders."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import CentsField
from rebond.shop.actions.part import CancelLine, Change, CollectInstead, LowerPrice
from rebond.shop.enums import CancelReason
from rebond.shop.models import OrderLine


class ShipForm(forms.Form):
    carrier = forms.CharField(label=_("Carrier"), max_length=60)
    tracking = forms.CharField(
        label=_("Tracking number"), max_length=60, required=False, help_text=_("The buyer gets it by mail.")
    )


class ChangeForm(forms.Form):
    """A box and an amount for each line, collection instead of delivery, one reason for all."""

    reason = forms.ChoiceField(label=_("Why"), choices=CancelReason, initial=CancelReason.OTHER)
    note = forms.CharField(
        label=_("A word for the buyer"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is in the mail that tells the refund."),
    )

    def __init__(
        self, *args: Any, lines: Sequence[OrderLine], still_here: Collection[OrderLine], may_collect: bool, **kw: Any
    ) -> None:
        """`still_here` are the lines that may be cancelled."""
        super().__init__(*args, **kw)
        self.lines = lines
        for line in lines:
            if line in still_here:
                label = _("Cancel: %(title)s") % {"title": line.title}
                self.fields[f"cancel_{line.pk}"] = forms.BooleanField(label=label, required=False)
            label = _("Give back on: %(title)s") % {"title": line.title}
            self.fields[f"lower_{line.pk}"] = CentsField(label=label, required=False, max_cents=line.left_cents)
        if may_collect:
            self.fields["collect"] = forms.BooleanField(
                label=_("The buyer comes for it: the delivery is given back"), required=False
            )

    def rows(self) -> list[tuple[OrderLine, Any, Any]]:
        """For the template: each line with its box (or None) and its amount."""
        return [
            (line, self[f"cancel_{line.pk}"] if f"cancel_{line.pk}" in self.fields else None, self[f"lower_{line.pk}"])
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for line in self.lines:
            if data.get(f"cancel_{line.pk}") and data.get(f"lower_{line.pk}"):
                self.add_error(f"lower_{line.pk}", _("A cancelled object is given back whole: leave this empty."))
        if not self.errors and not self.changes(data):
            raise forms.ValidationError(_("Choose what changes."))
        return data

    def changes(self, data: dict[str, Any]) -> list[Change]:
        """What was chosen, as the action takes it."""
        found: list[Change] = []
        for line in self.lines:
            if data.get(f"cancel_{line.pk}"):
                found.append(CancelLine(line.pk, data.get("reason") or CancelReason.OTHER))
            elif data.get(f"lower_{line.pk}"):
                found.append(LowerPrice(line.pk, data[f"lower_{line.pk}"]))
        return [*found, CollectInstead()] if data.get("collect") else found
