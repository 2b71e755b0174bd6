"""Forms of the general terms at the desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 60_000  # signs: some 25 pages


class TermsForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    text = forms.CharField(
        label=_("Text of the terms"),
        help_text=_("An empty line parts two paragraphs. A line that begins with “# ” is a heading."),
        widget=forms.Textarea(attrs={"rows": 22}),
        min_length=200,
        max_length=LONGEST,
    )

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or 0

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if "[" in text and "]" in text[text.index("[") :]:
            raise forms.ValidationError(_("Some words between [square brackets] are still to be written."))
        return text


class PublishForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = forms.CharField(
        label=_("What changes, in one line"),
        help_text=_("Shown beside the version. For example: longer opening hours for collection."),
        max_length=200,
        required=False,
    )
