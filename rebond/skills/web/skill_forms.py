"""What people type about levels."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.forms import DayInput, WordsField
from rebond.skills.enums import Level


class LevelField(forms.TypedChoiceField):
    """One of four, each in one line; what is observed at each stands on the page."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(level.value, f"{level.value}. {level.label}") for level in Level]
        super().__init__(choices=choices, coerce=int, widget=forms.RadioSelect, **kwargs)


class ObserveForm(forms.Form):
    level = LevelField(label=pgettext_lazy("level", "Level that you saw"))
    day = forms.DateField(label=pgettext_lazy("level", "Seen on"), widget=DayInput(), initial=timezone.localdate)
    context = WordsField(
        label=gettext_lazy("Where, and on what"),
        help_text=gettext_lazy("For instance: packing table, twelve parcels of crockery."),
        required=False,
        max_length=200,
    )
    words = WordsField(
        label=gettext_lazy("What you saw"),
        help_text=gettext_lazy("In plain words. The person reads it, and answers."),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SelfForm(forms.Form):
    level = LevelField(label=pgettext_lazy("level", "Where I am"))
    words = WordsField(
        label=gettext_lazy("A word about it"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AnswerForm(forms.Form):
    """Agreement needs no word; the action asks one of the others."""

    words = WordsField(
        label=gettext_lazy("My words"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def answer_form(public_id: str, data: Any = None) -> AnswerForm:
    """One of several on the page: its field has an id of its own."""
    return AnswerForm(data, auto_id=f"id_{public_id}_%s")
