"""Forms of storing agreements: the offer, and the last day."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import DayInput, WordsField
from rebond.network.models import Organisation


class OfferForm(forms.Form):
    """`host` offers one of its sites. The seller is typed: a network has hundreds."""

    site = forms.ChoiceField(label=_("At which of your places"))
    seller = WordsField(
        label=_("For which seller"), help_text=_("Its name as on its page, or its SIREN."), max_length=160
    )
    starts_on = forms.DateField(label=pgettext_lazy("period", "From"), widget=DayInput())
    ends_on = forms.DateField(
        label=_("Last day"), help_text=_("Empty: until one of you ends it."), required=False, widget=DayInput()
    )
    words = WordsField(
        label=_("What else you agreed on"),
        help_text=_("The price of the storage, the insurance, when things are brought. The seller reads it."),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, host: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = {site.public_id: site for site in host.sites.order_by("-is_main", "name")}
        choices = [(key, f"{site.name} ({site.city})") for key, site in self.sites.items()]
        self.fields["site"].choices = choices  # type: ignore[attr-defined]

    def clean_site(self) -> Any:
        return self.sites[self.cleaned_data["site"]]

    def clean_seller(self) -> Organisation:
        words: str = self.cleaned_data["seller"].strip()
        digits = "".join(words.split())
        rows = Organisation.objects.selling()
        found = list((rows.filter(siren=digits) if digits.isdigit() else rows.filter(name__iexact=words))[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(gettext("Several sellers have this name: write the SIREN."))
        raise ValidationError(gettext("No seller of the platform has this name or this SIREN."))


class EndForm(forms.Form):
    on = forms.DateField(label=_("Last day"), widget=DayInput())
