"""Forms with a postal address in mainland France."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.search.analysis import fold
from rebond.core.forms import WordsField
from rebond.network.queries.places import communes_of


def plain(town: str) -> str:
    """A town's name however it is typed: accents, capitals, hyphens, Saint or St."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(town)).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


class PostalForm(forms.Form):
    """Who and where: the town must be one of the postal code's, and is written as the State writes it."""

    name = WordsField(
        label=_("First and last name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = WordsField(
        label=_("Telephone"),
        help_text=_("Only if the carrier must reach you."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    address = WordsField(
        label=_("Number and street"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postal_code = forms.RegexField(
        label=_("Postal code"),
        regex=r"^\d{5}$",
        error_messages={"invalid": _("A postal code has 5 digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code", "maxlength": 5}),
    )
    city = WordsField(label=_("Town"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "address-level2"}))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("postal_code"):
            towns = [place.name for place in communes_of(data["postal_code"])]
            match = next((town for town in towns if plain(town) == plain(data.get("city", ""))), None)
            if not towns:
                self.add_error("postal_code", _("No commune has this postal code."))
            elif data.get("city") and match is None:
                names = ", ".join(towns[:6])
                self.add_error("city", _("This postal code is of: %(towns)s.") % {"towns": names})
            elif match is not None:
                data["city"] = match
        return data


class AddressForm(PostalForm):
    is_default = forms.BooleanField(label=_("Propose this address first"), required=False)
