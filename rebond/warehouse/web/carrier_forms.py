"""The form of an account at a carrier: one field for each credential, empty again once it is saved."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.warehouse.carriers.contract import Kind, Secret

KEPT = _("Saved, and shown to nobody. Leave it empty to keep it.")


class AccountForm(forms.Form):
    """`kept` are the credentials that are there already: theirs may stay empty.

    `initial` is empty for a new account; else what is chosen, and `is_active`.
    """

    def __init__(self, *args: Any, kind: Kind, kept: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for secret in kind.secrets:
            self.fields[secret.key] = _choice(secret) if secret.choices else _text(secret, is_kept=secret.key in kept)
        if self.initial:
            self.fields["is_active"] = forms.BooleanField(label=_("Parcels may leave with it"), required=False)

    @property
    def secrets(self) -> dict[str, str]:
        return {secret.key: self.cleaned_data.get(secret.key, "") for secret in self.kind.secrets}


def _choice(secret: Secret) -> forms.ChoiceField:
    """What is chosen is no secret: the form shows it again (`initial`)."""
    choices: Any = secret.choices
    label: Any = secret.label
    words: Any = secret.help
    return forms.ChoiceField(label=label, choices=choices, help_text=words)


def _text(secret: Secret, *, is_kept: bool) -> forms.CharField:
    label: Any = secret.label
    words: Any = KEPT if is_kept else secret.help
    return forms.CharField(
        label=label,
        required=secret.is_required and not is_kept,
        max_length=200,
        help_text=words,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}) if secret.is_hidden else forms.TextInput(),
    )
