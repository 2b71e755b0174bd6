"""The form of an answer to a bank."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.shop.money_enums import DisputeChoice, ProofKind

ACCEPTED = "application/pdf,image/jpeg,image/png"


class DisputeAnswerForm(forms.Form):
    """One file for each kind of evidence: banks read no more."""

    choice = forms.ChoiceField(label=_("What we do"), choices=DisputeChoice, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What we say to the bank"),
        help_text=_("Facts, in their order. The bank reads it once: nothing can be added afterwards."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ProofKind:
            self.fields[f"file_{kind.value}"] = forms.FileField(
                label=kind.label,
                help_text=_("PDF, JPEG or PNG, 5 MB at most."),
                required=False,
                widget=forms.FileInput(attrs={"accept": ACCEPTED}),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("choice") == DisputeChoice.DEFEND and not data.get("text", "").strip() and not any(self.proofs()):
            self.add_error("text", _("Say something, or give a file: an empty answer is a lost one."))
        return data

    def proofs(self) -> dict[str, Any]:
        """The files that were given, by kind."""
        found = {kind.value: self.cleaned_data.get(f"file_{kind.value}") for kind in ProofKind}
        return {kind: file for kind, file in found.items() if file}
