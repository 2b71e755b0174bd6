"""Forms of after-sales: the buyer's message, the desk's answer and decision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import CentsField, WordsField
from rebond.network.models import Site
from rebond.shop.enums import ConversationReason, Outcome
from rebond.shop.models import Conversation, OrderLine, Repair
from rebond.shop.queries.conversations import outcomes_for
from rebond.shop.queries.inside import still_here
from rebond.shop.reasons import COMES_BACK, advice_of
from rebond.shop.repair_enums import REPAIR_ENDS

FILES = "image/*,application/pdf"


class BuyerForm(forms.Form):
    """`reason` and `line` are asked where a claim begins (`asks_reason`)."""

    reason = forms.ChoiceField(label=_("What is it about?"), choices=ConversationReason, widget=forms.RadioSelect)
    line = forms.ModelChoiceField(
        label=_("Which object?"),
        queryset=OrderLine.objects.none(),
        required=False,
        empty_label=_("The whole order"),
    )
    text = WordsField(label=_("Your message"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 5}))
    upload = forms.FileField(
        label=_("A photo or a PDF"),
        help_text=_("10 MB at most; only you, the seller and whoever you call can see it."),
        required=False,
        widget=forms.FileInput(attrs={"accept": FILES}),
    )

    def __init__(self, *args: Any, lines: Any, asks_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_reason:
            self.fields["line"].queryset = lines  # type: ignore[attr-defined]
        else:
            del self.fields["reason"], self.fields["line"]


class AnswerForm(forms.Form):
    text = WordsField(label=_("Your answer"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 7}))
    upload = forms.FileField(
        label=_("A photo or a PDF"), required=False, widget=forms.FileInput(attrs={"accept": FILES})
    )
    is_internal = forms.BooleanField(label=_("Internal note: the buyer never sees it"), required=False)


class SettleForm(forms.Form):
    line = forms.ModelChoiceField(label=_("Object"), queryset=OrderLine.objects.none(), empty_label=None)
    outcome = forms.ChoiceField(label=_("What is decided"), choices=Outcome, widget=forms.RadioSelect)
    amount = CentsField(label=_("Lower the price by"), required=False)
    words = WordsField(
        label=_("In words, for the buyer"),
        help_text=_("Needed for a refusal: say why, and what the law says."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, lines: Any, conversation: Conversation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]
        self.here = {line.pk for line in still_here(lines)}
        is_all_here = bool(self.here) and all(line.pk in self.here for line in lines)
        outcomes = [one for one in outcomes_for(conversation) if not (is_all_here and one in COMES_BACK)]
        self.fields["outcome"].choices = [(one.value, one.label) for one in outcomes]  # type: ignore[attr-defined]
        self.fields["outcome"].help_text = (
            _("It has not left yet: refund it, and it is not sent.") if is_all_here else advice_of(conversation.reason)
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == Outcome.REFUSED and not (data.get("words") or "").strip():
            self.add_error("words", _("A refusal needs its reason."))
        if data.get("outcome") == Outcome.GESTURE and not data.get("amount"):
            self.add_error("amount", _("By how much?"))
        line = data.get("line")
        if data.get("outcome") in COMES_BACK and line is not None and line.pk in self.here:
            self.add_error("outcome", _("This object has not left yet: refund it, and it is not sent."))
        return data


class RepairEndForm(forms.Form):
    """A repair is over: how the object goes back."""

    verb = forms.ChoiceField(label=_("How it ends"), choices=REPAIR_ENDS, widget=forms.RadioSelect)
    carrier = WordsField(label=_("Carrier"), required=False, max_length=60)
    number = WordsField(label=_("Number to follow it"), required=False, max_length=60)
    words = WordsField(
        label=_("In words, for the buyer"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, repair: Repair) -> None:
        """Several may stand on one page."""
        super().__init__(data, auto_id=f"id_{repair.public_id}_%s", initial={"verb": "mend"})
        self.repair = repair


class CallForm(forms.Form):
    """The seller asks the conciliator of the network."""

    why = WordsField(
        label=_("Why, in words for the buyer and the conciliator"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class JoinForm(forms.Form):
    """The conciliator comes of its own accord."""

    order = WordsField(label=_("Number of the order"), max_length=20)
    why = WordsField(
        label=_("Why you come in, told to both sides"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class HandOverForm(forms.Form):
    site = forms.ModelChoiceField(label=_("Place that answers"), queryset=Site.objects.none(), empty_label=None)

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
