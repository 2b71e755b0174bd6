"""Buying a gift card, reading one by its code, naming the issuer."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.forms import CentsField, DayInput
from rebond.core.money import format_cents
from rebond.shop.actions.gift_card import SEND_WITHIN, Wish
from rebond.shop.actions.gift_issuer import IssuerTerms
from rebond.shop.models import GiftIssuer

AMOUNTS = (2_000, 3_000, 5_000, 10_000)
OTHER = "other"
CODE_INPUT = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})


class GiftBuyForm(forms.Form):
    """An amount among those proposed, or another one within the issuer's limits."""

    amount = forms.ChoiceField(label=pgettext_lazy("gift card", "Amount"), widget=forms.RadioSelect)
    other = CentsField(label=gettext_lazy("Another amount, in €"), required=False)
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("For the receipt."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        max_length=254,
    )
    recipient_email = forms.EmailField(
        label=gettext_lazy("E-mail address of the person who receives it"),
        help_text=gettext_lazy("Leave it empty to receive the code yourself, and give it as you like."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        max_length=254,
    )
    sender_name = forms.CharField(
        label=gettext_lazy("From whom"), help_text=gettext_lazy("Told with the card."), required=False, max_length=80
    )
    message = forms.CharField(
        label=gettext_lazy("A few words"),
        help_text=gettext_lazy("300 signs at most."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    )
    send_on = forms.DateField(
        label=gettext_lazy("Day of sending"),
        help_text=gettext_lazy("Empty: as soon as it is paid."),
        required=False,
        widget=DayInput(),
    )
    has_read = forms.BooleanField(label=gettext_lazy("I have read the conditions of the card and accept them."))

    def __init__(self, *args: Any, issuer: GiftIssuer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        low, high = issuer.min_cents, issuer.max_cents
        proposed = [cents for cents in AMOUNTS if low <= cents <= high] or [low]
        choices = [(str(cents), format_cents(cents)) for cents in proposed]
        amount: Any = self.fields["amount"]
        amount.choices = [*choices, (OTHER, pgettext_lazy("gift card", "Another amount"))]
        amount.initial = choices[0][0]
        other: Any = self.fields["other"]
        other.min_cents, other.max_cents = low, high
        limits = {"low": format_cents(low), "high": format_cents(high)}
        other.help_text = _("From %(low)s to %(high)s.") % limits

    def clean_send_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["send_on"]
        today = timezone.localdate()
        if day is not None and not today <= day <= today + SEND_WITHIN:
            raise forms.ValidationError(_("Choose a day from today on, within a year."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount") == OTHER and not data.get("other") and "other" not in self.errors:
            self.add_error("other", _("Write the amount."))
        return data

    def wish(self) -> Wish:
        """What was chosen, once the form is valid."""
        data = self.cleaned_data
        cents = data["other"] if data["amount"] == OTHER else int(data["amount"])
        return Wish(
            amount_cents=cents,
            email=data["email"],
            recipient_email=data["recipient_email"],
            sender_name=data["sender_name"],
            message=data["message"],
            send_on=data["send_on"],
        )


class GiftCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of the gift card"),
        help_text=gettext_lazy("16 letters and digits, as in the mail."),
        max_length=40,
        widget=CODE_INPUT,
    )


class IssuerForm(forms.Form):
    """What a site says before it sells a card."""

    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis"),
        help_text=gettext_lazy(
            "On which text the issue rests, and who checked it: for example the limited network of articles L521-3 and "
            "L525-5 of the monetary and financial code, and what was declared to the ACPR."
        ),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions told to buyers"),
        help_text=gettext_lazy("Where it is used, how long, what happens to what is left, whom to write to."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    months = forms.IntegerField(label=gettext_lazy("A card lasts, in months"), min_value=1, max_value=120, initial=24)
    min_cents = CentsField(label=gettext_lazy("Smallest amount, in €"), min_cents=100, max_cents=100_000, initial=1_000)
    max_cents = CentsField(label=gettext_lazy("Largest amount, in €"), min_cents=100, max_cents=100_000, initial=15_000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("min_cents") and data.get("max_cents") and data["min_cents"] > data["max_cents"]:
            self.add_error("max_cents", _("The largest amount is below the smallest one."))
        return data

    def terms(self) -> IssuerTerms:
        """What was written, once the form is valid."""
        return IssuerTerms(**self.cleaned_data)
