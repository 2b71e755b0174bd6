"""Forms of the withdrawal: what D221-5 lets the buyer give or confirm, and nothing more."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import DayInput, WordsField
from rebond.shop.enums import ReturnWay, WithdrawalReason
from rebond.shop.queries.withdrawal import Contract


class OrderLinkForm(forms.Form):
    number = WordsField(
        label=_("Number of the order"),
        help_text=_("It is in the confirmation mail."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        label=_("E-mail address of the order"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class WithdrawForm(forms.Form):
    lines = forms.MultipleChoiceField(
        label=_("Objects"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one object."),
            "invalid_choice": _("One of these objects can no longer be withdrawn from. Choose again."),
        },
    )
    name = WordsField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, contracts: list[Contract], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contracts = contracts
        lines = [line for contract in contracts if contract.is_open for line in (*contract.lines, *contract.done)]
        self.fields["lines"].choices = [(str(line.pk), line.title) for line in lines]  # type: ignore[attr-defined]

    def clean_lines(self) -> list[int]:
        return [int(value) for value in self.cleaned_data["lines"]]


class SentForm(forms.Form):
    way = forms.ChoiceField(label=_("How is it coming back?"), choices=ReturnWay, widget=forms.RadioSelect)
    tracking = WordsField(
        label=_("Tracking number"),
        help_text=_("It proves that you sent it, and from which day you are owed your money."),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why?"), choices=WithdrawalReason, widget=forms.RadioSelect)
    comment = WordsField(
        label=_("A word for the workshop"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReceivedForm(forms.Form):
    """The day a parcel came, by its buyer."""

    day = forms.DateField(label=_("It came on"), widget=DayInput())
