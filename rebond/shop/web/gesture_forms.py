"""Forms of the network's gestures."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rebond.core.forms import CentsField, WordsField
from rebond.shop.queries.gestures import GesturePart


class FindOrderForm(forms.Form):
    """An order, by the code that the buyer or the seller reads."""

    commande = WordsField(label=_("Number of the order"), max_length=20)


class GestureForm(forms.Form):
    part = forms.ChoiceField(label=_("For which seller’s parcel?"), widget=forms.RadioSelect)
    amount = CentsField(label=_("Amount to give"), min_cents=1)
    words = WordsField(
        label=_("Words for the buyer, in the mail and on the order"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, parts: Sequence[GesturePart], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(shown.part.public_id, _name(shown)) for shown in parts]
        self.fields["part"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["part"].initial = choices[0][0]


def _name(shown: GesturePart) -> str:
    n = len(shown.lines)
    return f"{shown.part.seller.name} · {ngettext('%(n)s object', '%(n)s objects', n) % {'n': n}}"
