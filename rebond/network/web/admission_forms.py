"""The application, step by step, and the committee's forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import WordsField
from rebond.network.enums import LegalForm, OrganisationKind, Vote
from rebond.network.models.admission import IdentityKind, Register
from rebond.network.queries.criteria import criteria
from rebond.network.queries.places import communes_of
from rebond.network.validators import clean_iban, clean_phone, clean_siren
from rebond.network.web.forms import clean_proof, date_field

SELLERS = [
    choice
    for choice in OrganisationKind.choices
    if choice[0]
    not in {
        OrganisationKind.OPERATOR,
        OrganisationKind.CARRIER,
        OrganisationKind.FUNDER,
        OrganisationKind.FUND,
        OrganisationKind.DONOR_COMPANY,
    }
]


def _area(label: Any, rows: int = 4, **kwargs: Any) -> forms.CharField:
    return WordsField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class StartForm(forms.Form):
    name = WordsField(label=_("Name of your organisation"), max_length=160)
    email = forms.EmailField(label=_("Your e-mail"), help_text=_("We send there the link to take the file up again."))


class StructureForm(forms.Form):
    name = WordsField(label=_("Usual name"), max_length=160)
    kind = forms.ChoiceField(label=_("You are"), choices=[("", pgettext_lazy("list", "Choose")), *SELLERS])
    legal_form = forms.ChoiceField(
        label=_("Legal form"), choices=[("", pgettext_lazy("list", "Choose")), *LegalForm.choices]
    )
    siren = WordsField(
        label=_("SIREN"), max_length=14, help_text=_("9 digits; an association finds it at the Sirene register.")
    )
    address = WordsField(label=_("Address"), max_length=200)
    postal_code = forms.RegexField(
        label=_("Postal code"),
        regex=r"^\d{5}$",
        error_messages={"invalid": _("A postal code has 5 digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code", "maxlength": 5}),
    )
    commune = forms.ChoiceField(
        label=_("Commune"), required=False, error_messages={"invalid_choice": _("Choose the commune.")}
    )
    contact_name = WordsField(label=_("Your name"), max_length=120)
    phone = WordsField(label=_("Telephone"), max_length=20)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = communes_of(str(self["postal_code"].value() or ""))
        choices = [(c.code, f"{c.name} ({c.department})") for c in self.found]
        blank = [("", pgettext_lazy("list", "Choose"))]
        field: Any = self.fields["commune"]
        field.choices = choices if len(choices) == 1 else [*blank, *choices]

    def clean_siren(self) -> str:
        return clean_siren(self.cleaned_data["siren"])

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("postal_code") and not self.found:
            self.add_error("postal_code", _("No commune has this postal code."))
        elif data.get("postal_code") and not data.get("commune") and "commune" not in self.errors:
            self.add_error("commune", _("Choose the commune."))
        return data


class ProjectForm(forms.Form):
    goods = WordsField(label=_("What you would sell"), max_length=200, help_text=_("Books, furniture, bicycles, toys…"))
    story = _area(_("Your story"), 6, help_text=_("Who you are, since when, what you do with objects."))
    weekly = forms.IntegerField(label=_("Objects put on line each week, at the start"), min_value=1, max_value=5000)
    team = _area(_("Who would do it"), 3, help_text=_("How many people, how many hours, what place."))


class CriteriaForm(forms.Form):
    """One answer for each criterion of the grid's version."""

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in criteria(version):
            self.fields[criterion.key] = WordsField(
                label=criterion.label,
                help_text=f"{criterion.question} ({criterion.proof_asked})",
                max_length=3000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )


class TraderForm(forms.Form):
    """DSA art. 30: who trades, and where the money goes (rules.md F4)."""

    legal_name = WordsField(label=_("Legal name, as registered"), max_length=200)
    representative = WordsField(label=_("Legal representative"), max_length=160)
    address = WordsField(label=_("Address of the seat"), max_length=300)
    phone = WordsField(label=_("Telephone shown to customers"), max_length=20)
    email = forms.EmailField(label=_("E-mail shown to customers"))
    register = forms.ChoiceField(label=_("Register"), choices=Register.choices)
    register_number = WordsField(label=_("Number in this register"), max_length=40)
    identity_kind = forms.ChoiceField(label=_("Identity document of the representative"), choices=IdentityKind.choices)
    document = forms.FileField(
        label=_("The document"), required=False, help_text=_("PDF, JPEG or PNG, 10 MB at most; encrypted.")
    )
    account_holder = WordsField(label=_("Holder of the account"), max_length=160)
    iban = WordsField(label=_("IBAN"), max_length=42, required=False)
    certified = forms.BooleanField(
        label=_("I certify that the organisation will offer only products and services that comply with the law.")
    )

    def __init__(self, *args: Any, has_file: bool, **kwargs: Any) -> None:
        self.has_file = has_file
        super().__init__(*args, **kwargs)
        if not has_file:
            self.fields["iban"].required = self.fields["document"].required = True

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean_iban(self) -> str:
        value = str(self.cleaned_data["iban"])
        return clean_iban(value) if value else ""

    def clean_document(self) -> Any:
        return clean_proof(self.cleaned_data["document"])


class TextForm(forms.Form):
    """One text: an answer, the reasons of an appeal, what is missing."""

    text = _area(_("Your words"), 5)

    def __init__(self, *args: Any, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label is not None:
            self.fields["text"].label = label


class ReadingForm(forms.Form):
    """A member's scores, notes and vote; a vote may come later than the scores."""

    vote = forms.ChoiceField(
        label=_("Your vote"), choices=[("", _("Not yet")), *Vote.choices], required=False, widget=forms.RadioSelect
    )
    reason = _area(_("Why"), 3, required=False)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria(version)
        for criterion in self.criteria:
            options = [(str(n), text) for n, text in enumerate(criterion.meanings)]
            self.fields[f"score_{criterion.key}"] = forms.ChoiceField(
                label=criterion.label, choices=options, required=False, widget=forms.RadioSelect
            )
            self.fields[f"note_{criterion.key}"] = WordsField(label=_("Note"), required=False, max_length=300)

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        return [(c, self[f"score_{c.key}"], self[f"note_{c.key}"]) for c in self.criteria]

    @property
    def scores(self) -> dict[str, int]:
        data = self.cleaned_data
        return {c.key: int(data[f"score_{c.key}"]) for c in self.criteria if data[f"score_{c.key}"] != ""}

    @property
    def notes(self) -> dict[str, str]:
        return {c.key: self.cleaned_data[f"note_{c.key}"] for c in self.criteria}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("vote") and not data.get("reason", "").strip():
            self.add_error("reason", ValidationError(_("Give the reason of your vote."), code="required"))
        return data


DECISIONS = (
    ("admit", _("Admit")),
    ("admit_if", _("Admit with conditions")),
    ("ask", _("Ask for more information")),
    ("refuse", _("Do not admit")),
)


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label=_("Decision"), choices=DECISIONS, widget=forms.RadioSelect)
    conditions = WordsField(
        label=_("Conditions"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    reasons = _area(_("Reasons, read by the organisation"), 4)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == "admit_if" and not data.get("conditions"):
            self.add_error("conditions", ValidationError(_("Write the conditions."), code="required"))
        return data


class ReasonsForm(forms.Form):
    reasons = _area(_("Reasons, sent to the seller"), 4)


class EndSellerForm(ReasonsForm):
    effective_on = date_field(_("Last day of sales"))
