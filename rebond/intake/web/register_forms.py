"""Forms of the register: who brought it, a correction, its switch, its list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import CentsField, DayInput, GramsField
from rebond.intake.actions.register import LONGEST, Bringer
from rebond.intake.enums import Abandoned, DocumentKind, DonorKind, EntryKind, Source
from rebond.intake.queries.register import Identity

QUIET = {"autocomplete": "off"}  # a shared browser proposes nobody's name to the next person


def _text(label: Any, name: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST[name], required=False, widget=forms.TextInput(attrs=QUIET), **more
    )


class DonorForm(forms.Form):
    """Who brought it. What each kind needs is judged by the action, which names the field."""

    kind = forms.ChoiceField(label=_("Who brought it?"), choices=DonorKind.choices, widget=forms.RadioSelect)
    name = _text(_("Name"), "name", help_text=_("First name and name, or the name of the company."))
    address = _text(_("Address"), "address", help_text=_("Where the person lives, or the registered office."))
    represented_by = _text(_("Who came for the company"), "represented_by")
    document_kind = forms.ChoiceField(
        label=_("Document shown"), choices=[("", "–"), *DocumentKind.choices], required=False
    )
    document_number = _text(_("Its number"), "document_number")
    document_on = forms.DateField(label=_("Issued on"), required=False, widget=DayInput())
    document_by = _text(_("Issued by"), "document_by", help_text=_("Such as a prefecture. No copy is kept."))
    reason = forms.ChoiceField(
        label=_("Why nobody can be named"), choices=[("", "–"), *Abandoned.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            vars(field)["asked_by_choice"] = True  # the kind decides what is asked

    def bringer(self) -> Bringer:
        """What was answered, not judged yet."""
        data = self.cleaned_data
        names = [name for name in Identity.__dataclass_fields__ if name != "document_on"]
        words = {name: data.get(name) or "" for name in names}
        if data.get("document_on"):
            words["document_on"] = data["document_on"].isoformat()
        return Bringer(data.get("kind") or "", Identity(**words), data.get("reason") or "")


class ObjectDonorForm(DonorForm):
    """The same, of an object that no arrival tells of."""

    origin = forms.ChoiceField(label=_("Where does it come from?"), choices=Source.choices)


class CorrectionForm(DonorForm):
    """A newer line; who brought it is asked again only where that was wrong."""

    kind = forms.ChoiceField(
        label=_("Who brought it"),
        choices=[("", _("As the line says")), *DonorKind.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    why = forms.CharField(label=_("What was wrong"), max_length=200)
    nature = forms.CharField(label=_("What it is"), max_length=120)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)
    serials = forms.CharField(label=_("Serial numbers"), max_length=200, required=False)
    quantity = forms.IntegerField(label=_("How many"), min_value=1, max_value=100_000, required=False)
    weight_g = GramsField(label=_("Weight of it all"), required=False, max_g=10_000_000_000)
    value_cents = CentsField(label=_("Estimated value of it all, in euros"), required=False)

    def changes(self) -> dict[str, Any]:
        """The line's own facts."""
        names = ("nature", "description", "serials", "quantity", "weight_g", "value_cents")
        return {name: self.cleaned_data[name] for name in names}


class SwitchForm(forms.Form):
    declaration = forms.CharField(
        label=_("Number of your declaration to the prefecture"),
        max_length=60,
        required=False,
        help_text=_("The law asks to declare this trade before the register begins."),
    )


class LimitForm(forms.Form):
    """No amount is in the law: whoever sets one says where it comes from."""

    limit_cents = CentsField(label=_("Things worth less than, each, in euros"), min_cents=100)
    source = forms.CharField(
        label=_("Who says so"),
        max_length=160,
        help_text=_("Such as the letter of your prefecture and its date, or your network’s guide."),
    )


class RegisterFilter(forms.Form):
    """Names of the address in French, as everywhere."""

    q = forms.CharField(label=_("Number, code or words"), max_length=80, required=False)
    sorte = forms.ChoiceField(
        label=pgettext_lazy("register", "Lines"),
        choices=[("", pgettext_lazy("register", "All lines")), *EntryKind.choices],
        required=False,
    )
    du = forms.DateField(label=pgettext_lazy("period", "From"), required=False, widget=DayInput())
    au = forms.DateField(label=pgettext_lazy("period", "To"), required=False, widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            vars(field)["asked_by_choice"] = True

    def asked(self) -> dict[str, Any]:
        """For `entries_of`; what cannot be read filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        return {
            "words": data.get("q", ""),
            "kind": data.get("sorte", ""),
            "start": data.get("du"),
            "end": data.get("au"),
        }
