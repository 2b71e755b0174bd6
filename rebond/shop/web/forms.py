"""Forms of the shop."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import DeliveryMode
from rebond.core.forms import WordsField
from rebond.journal.queries.mail import refusal_of
from rebond.shop.actions.trial import outcome_of
from rebond.shop.enums import ITEM_REASONS, DecisionGround, Frequency, NoticeDecision, TrialCard
from rebond.shop.queries.checkout import ParcelWays
from rebond.shop.web.address_forms import PostalForm
from rebond.shop.web.slot_forms import check_slot


class AlertForm(forms.Form):
    """`email` is asked of guests only, `frequency` not for what is told once."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We write to it once to check that it is yours. Each mail has a link to stop."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        max_length=254,
    )
    frequency = forms.ChoiceField(
        label=_("When should we write?"), choices=Frequency, initial=Frequency.DAILY, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, user: Any = None, is_once: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_once:
            del self.fields["frequency"]
        if getattr(user, "is_authenticated", False) and user.email:
            del self.fields["email"]

    def clean_email(self) -> str:
        """A guest waits for a mail: an address from which ours come back is told at once."""
        email: str = self.cleaned_data["email"]
        if refusal_of(email) is not None:
            raise forms.ValidationError(
                _("Our mails to this address come back. Check it, or write another one."), code="refused"
            )
        return email


class CheckoutForm(PostalForm):
    """Who buys and where it goes; one choice of delivery for each parcel (`ways` are a parcel's choices by number).

    `is_known`: the buyer is signed in, so the address may be kept in the account.
    """

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("To confirm your order and follow it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        max_length=254,
    )
    has_read = forms.BooleanField(label=_("I have read the terms of sale and accept them."))

    def __init__(self, *args: Any, parcels: list[ParcelWays], is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parcels = parcels
        if is_known:
            self.fields["keeps"] = forms.BooleanField(label=_("Keep this address in my account"), required=False)
        for shown in parcels:
            self.fields[shown.field] = forms.ChoiceField(
                label=_("Delivery of parcel %(n)s") % {"n": shown.parcel.number},
                choices=[(way.mode, way.label) for way in shown.ways],
                error_messages={
                    "required": _("Choose how you receive this parcel."),
                    "invalid_choice": _("This way does not suit this parcel or this address: choose another one."),
                },
                widget=forms.RadioSelect,
            )
            self.fields[shown.point_field] = forms.CharField(required=False, max_length=30)
            for way in shown.ways:
                if way.slot_field:
                    label = _("Appointment for parcel %(n)s") % {"n": shown.parcel.number}
                    self.fields[way.slot_field] = forms.CharField(label=label, required=False, max_length=40)
            self.fields[shown.gift_field] = forms.CharField(
                label=_("Your words, put in the parcel by hand"),
                help_text=_("300 signs at most. No price goes in the parcel."),
                required=False,
                max_length=300,
                widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._check_points(data)
        for shown in self.parcels:
            check_slot(self, shown, data)
        return data

    def _check_points(self, data: dict[str, Any]) -> None:
        """A parcel for a pick-up point names one of those that were shown."""
        for shown in self.parcels:
            codes = {near.point.code for near in shown.points}
            if data.get(shown.field) == DeliveryMode.RELAY and data.get(shown.point_field) not in codes:
                self.add_error(shown.field, _("Choose the pick-up point, near the postal code that you wrote."))


class NoticeForm(forms.Form):
    """DSA art. 16.2: the reasons, the place, name and e-mail, and the statement of good faith."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=[(one.value, one.label) for one in ITEM_REASONS], widget=forms.RadioSelect
    )
    explanation = forms.CharField(
        label=_("Why do you think so?"),
        help_text=_("What you saw, and where: in the photo, in the text…"),
        widget=forms.Textarea(attrs={"rows": 5}),
        min_length=10,
        max_length=4_000,
    )
    name = WordsField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("To tell you that we received it and what we decide. The seller never sees it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        max_length=254,
    )
    is_good_faith = forms.BooleanField(label=_("I believe in good faith that what I write is accurate and complete."))


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label=_("Decision"), choices=NoticeDecision, widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("Ground"), choices=DecisionGround, widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("Statement of reasons"),
        help_text=_("The facts, the article or the term that applies, and why. It is sent to both."),
        widget=forms.Textarea(attrs={"rows": 8}),
        min_length=30,
        max_length=4_000,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == NoticeDecision.WITHDRAWN and data.get("ground") == DecisionGround.NONE:
            self.add_error("ground", _("A withdrawal needs a ground: the law or our terms."))
        return data


class TrialForm(forms.Form):
    """What the embedded provider's card does: one of its choices, or one of its numbers (actions/trial.py)."""

    number = forms.CharField(
        label=_("Or type one of these numbers"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        typed: str = self.cleaned_data["number"].strip()
        if typed and outcome_of(typed) is None:
            raise forms.ValidationError(_("This is not one of the trial’s cards. A real card has no place here."))
        return typed

    @property
    def card(self) -> str:
        """The outcome that was asked for, "" where none was."""
        if typed := self.cleaned_data["number"]:
            return str(outcome_of(typed))
        asked = self.data.get("card", "")
        return asked if asked in TrialCard.values else ""
