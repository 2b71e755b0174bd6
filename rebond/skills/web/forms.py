"""What people type about badges."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.forms import DayInput, WordsField
from rebond.skills.actions.badge import Words
from rebond.skills.credentials.reading import MOST_BYTES
from rebond.skills.enums import BadgeKind, BadgeSign, BadgeTint
from rebond.skills.models import Badge


class VerifyForm(forms.Form):
    """A file, or what is in it; an address of ours leads to its page."""

    file = forms.FileField(
        label=gettext_lazy("The badge’s file"),
        help_text=gettext_lazy("A PNG or SVG picture, a JSON file or a token, 2 MB at most."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".png,.svg,.json,.jwt,.jws,image/png,image/svg+xml,application/json"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or its address, or the text in it"),
        required=False,
        max_length=300_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("The person’s e-mail address, to know whether it is theirs"),
        help_text=gettext_lazy("It is compared here and kept nowhere."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("file") and not (data.get("text") or "").strip():
            self.add_error("file", _("Choose a file, or paste the badge below."))
        return data

    @property
    def brought(self) -> bytes:
        """What was sent, one byte more than what is read at most."""
        file = self.cleaned_data.get("file")
        if file:
            return bytes(file.read(MOST_BYTES + 1))
        return str(self.cleaned_data["text"]).strip().encode()


class BadgeForm(forms.Form):
    name = WordsField(label=gettext_lazy("What the person can do"), max_length=80)
    description = WordsField(
        label=gettext_lazy("In one or two sentences"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    criteria = WordsField(
        label=gettext_lazy("What one does to have it"),
        help_text=gettext_lazy("In plain words, observable: the person and employers read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("badge", "Kind"), choices=BadgeKind.choices)
    sign = forms.ChoiceField(label=gettext_lazy("Pictogram"), choices=BadgeSign.choices)
    tint = forms.ChoiceField(label=gettext_lazy("Tint"), choices=BadgeTint.choices)

    @property
    def words(self) -> Words:
        return Words(**self.cleaned_data)


class AwardForm(forms.Form):
    """Which badge, and what the person did for it."""

    badge = forms.ModelChoiceField(
        label=pgettext_lazy("award", "Badge"), queryset=Badge.objects.none(), empty_label="—"
    )
    name = WordsField(
        label=gettext_lazy("What the person did"),
        help_text=gettext_lazy("For instance: twelve parcels in January, none broken."),
        required=False,
        max_length=200,
    )
    narrative = WordsField(
        label=gettext_lazy("More about it"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    url = forms.CharField(
        label=gettext_lazy("A link that shows it"),
        help_text=gettext_lazy("Everybody can read it: begin with https://"),
        required=False,
        max_length=500,
        widget=forms.URLInput(),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"),
        help_text=gettext_lazy("Leave it empty for a skill that does not expire."),
        required=False,
        widget=DayInput(),
    )

    def __init__(self, *args: Any, badges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["badge"].queryset = badges  # type: ignore[attr-defined]


class RevokeForm(forms.Form):
    reason = WordsField(
        label=gettext_lazy("Why it is taken back"),
        help_text=gettext_lazy("The person and your team read it; nobody else does."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
