"""Forms of what was missing or broken: where it is, what it weighs, why it is lost."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import GramsField
from rebond.network.models import Site
from rebond.warehouse.actions.stock_out_end import LOST_AS
from rebond.warehouse.models import Place
from rebond.warehouse.queries.places import named_place

SALE, ASIDE = "sale", "aside"


class FoundForm(forms.Form):
    """Where it lies now, and whether it is on sale again (`rejoins`: it goes back to its order, nobody asks)."""

    place = forms.CharField(
        label=pgettext_lazy("stock out", "Where it is now"),
        max_length=80,
        help_text=_("What its label says: A-03-2, or its code."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    then = forms.ChoiceField(
        label=pgettext_lazy("stock out", "And then"),
        choices=[(SALE, _("On sale again, as it was")), (ASIDE, _("Out of sale: somebody looks at its page first"))],
        widget=forms.RadioSelect,
        initial=SALE,
    )

    def __init__(self, *args: Any, site: Site, rejoins: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site = site
        if rejoins:
            del self.fields["then"]

    def clean_place(self) -> Place:
        found = named_place(self.cleaned_data["place"], site=self.site)
        if found is None:
            raise forms.ValidationError(_("No place has this name at this site."))
        return found

    @property
    def is_on_sale(self) -> bool:
        return self.cleaned_data.get("then") == SALE


class RecycleForm(forms.Form):
    weight_g = GramsField(label=_("Weight"), help_text=_("What the scales say: it goes into the mass balance."))


class LostForm(forms.Form):
    why = forms.ChoiceField(
        label=pgettext_lazy("count", "Why"),
        choices=[("", _("Choose why")), *((one.value, one.label) for one in LOST_AS)],
    )
    note = forms.CharField(label=pgettext_lazy("count", "Note"), max_length=200, required=False)
