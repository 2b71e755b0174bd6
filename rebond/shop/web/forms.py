"""Forms of the shop."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.shop.enums import DecisionGround, Frequency, NoticeDecision, NoticeReason


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


class NoticeForm(forms.Form):
    """DSA art. 16.2: the reasons, the place, name and e-mail, and the statement of good faith."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=NoticeReason, widget=forms.RadioSelect)
    explanation = forms.CharField(
        label=_("Why do you think so?"),
        help_text=_("What you saw, and where: in the photo, in the text…"),
        widget=forms.Textarea(attrs={"rows": 5}),
        min_length=10,
        max_length=4_000,
    )
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
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
