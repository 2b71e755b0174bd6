"""Forms of organisations, their attributes, sites and closures."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import TINTS, DayInput, WordsField
from rebond.core.pdf_check import PdfRefused, check_pdf
from rebond.network.enums import AttributeKind, LegalForm, OrganisationKind, SellerState, VatRegime, VatRhythm
from rebond.network.models import Organisation, OrganisationSlug
from rebond.network.models.site import SiteKind
from rebond.network.queries.places import communes_of, departments
from rebond.network.validators import clean_letters, clean_phone, clean_siren, clean_siret

# Keys of catalogue.enums.DeliveryMode, a higher room: kept in step by a test.
DELIVERY = (
    ("relay", _("Pick-up point")),
    ("home", _("Home delivery")),
    ("pickup", _("Collect from the seller")),
    ("local", _("By your own van")),
)


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **kwargs)


class ListFilterForm(forms.Form):
    q = WordsField(label=_("Name, town, SIREN"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Kind of organisation"), required=False, choices=[("", _("All kinds")), *OrganisationKind.choices]
    )
    state = forms.ChoiceField(
        label=_("As a seller"), required=False, choices=[("", _("Sellers or not")), *SellerState.choices]
    )
    department = forms.ChoiceField(label=_("Department"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(d.code, f"{d.code} {d.name}") for d in departments().values()]
        self.fields["department"].choices = [("", _("All departments")), *rows]  # type: ignore[attr-defined]


class OrganisationForm(forms.Form):
    """Identity. `version` is the one that was read: a second editor is told (rules of the desk)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = WordsField(label=_("Usual name"), max_length=160)
    legal_name = WordsField(label=_("Legal name"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = WordsField(label=_("Telephone"), max_length=20, required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")

    def __init__(self, *args: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        self.organisation = organisation
        super().__init__(*args, **kwargs)

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def _refuse_taken(self, field: str, value: str) -> str:
        rows = Organisation.objects.filter(**{field: value})
        if self.organisation is not None:
            rows = rows.exclude(pk=self.organisation.pk)
        other = rows.first() if value else None
        if other is not None:
            raise ValidationError(_("Already taken by %(name)s."), code="taken", params={"name": other.name})
        return value


class OrganisationStaffForm(OrganisationForm):
    """What only the network's coordinators change: what codes, addresses and checks hang on."""

    kind = forms.ChoiceField(label=_("Kind of organisation"), choices=OrganisationKind.choices)
    siren = WordsField(
        label=_("SIREN"), required=False, max_length=14, help_text=_("9 digits, from the business register.")
    )
    slug = forms.SlugField(
        label=_("Name in addresses"),
        max_length=80,
        required=False,
        help_text=_("Left empty, it is made from the name."),
    )
    letters = WordsField(
        label=_("Letters of its codes"),
        required=False,
        max_length=4,
        help_text=_("2 to 4 letters, such as CF; they never change once objects have codes."),
    )

    field_order = ("version", "kind", "name", "legal_name", "siren", "email", "phone", "website", "slug", "letters")

    def clean_siren(self) -> str:
        return self._refuse_taken("siren", clean_siren(self.cleaned_data["siren"]))

    def clean_slug(self) -> str:
        slug = self._refuse_taken("slug", self.cleaned_data["slug"])
        mine = self.organisation.pk if self.organisation is not None else 0
        former = OrganisationSlug.objects.filter(slug=slug).exclude(organisation_id=mine)
        if other := former.values_list("organisation__name", flat=True).first():
            raise ValidationError(_("Already taken by %(name)s."), code="taken", params={"name": other})
        return slug

    def clean_letters(self) -> str | None:
        found = self._refuse_taken("letters", clean_letters(self.cleaned_data["letters"])) or None
        if found is None and self.organisation is not None and self.organisation.is_selling:
            raise ValidationError(_("A seller needs its letters."), code="letters")
        return found


class ProfileForm(forms.Form):
    """What the shop tells of a seller."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    tagline = WordsField(label=_("In one line"), max_length=160, required=False)
    story = WordsField(
        label=_("Your story"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Who works here, what you do with objects, what you are proud of."),
    )
    tint = forms.ChoiceField(label=_("Colour"), choices=TINTS, widget=forms.RadioSelect)
    delivery_modes = forms.MultipleChoiceField(
        label=_("How you deliver"), choices=DELIVERY, widget=forms.CheckboxSelectMultiple, required=False
    )
    ships_in_days = forms.IntegerField(label=_("Working days to prepare a parcel"), min_value=1, max_value=30)
    mediator = WordsField(
        label=_("Consumer mediator"),
        max_length=200,
        required=False,
        help_text=_("Name and address: every seller must offer one to its customers (consumer code, L612-1)."),
    )


class AttributeForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), choices=AttributeKind.choices)
    value = forms.ChoiceField(label=_("Which"), required=False)
    number = WordsField(
        label=_("Number or reference"), required=False, max_length=60, help_text=_("Of the decision or the agreement.")
    )
    valid_from = date_field(pgettext_lazy("period", "From"))
    valid_to = date_field(pgettext_lazy("period", "To"), required=False)
    note = WordsField(label=_("Note"), required=False, max_length=300)
    proof = forms.FileField(label=_("Proof"), required=False, help_text=_("PDF or picture, 10 MB at most; private."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("list", "Choose")),
            (AttributeKind.LEGAL_FORM.label, LegalForm.choices),
            (AttributeKind.VAT_REGIME.label, VatRegime.choices),
            (AttributeKind.VAT_RHYTHM.label, VatRhythm.choices),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        allowed = {
            AttributeKind.LEGAL_FORM: LegalForm.values,
            AttributeKind.VAT_REGIME: VatRegime.values,
            AttributeKind.VAT_RHYTHM: VatRhythm.values,
        }
        kind = data.get("kind")
        if kind in allowed and data.get("value") not in allowed[kind]:
            self.add_error("value", _("Choose one of the list of this kind."))
        if kind and kind not in allowed:
            data["value"] = data.get("number", "")
        return data

    def clean_proof(self) -> Any:
        return clean_proof(self.cleaned_data["proof"])


PROOFS = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG"}


def proof_type(head: bytes) -> str | None:
    """The type of a proof by its first bytes, or None where it is not one that we keep."""
    return next((kind for kind, start in PROOFS.items() if head.startswith(start)), None)


def clean_proof(file: Any) -> Any:
    """A picture, or a PDF in which nothing may run, by what it holds and not by its name; 10 MB at most."""
    if not file:
        return file
    if file.size > 10_000_000:
        raise ValidationError(_("This file is above 10 MB."), code="size")
    content = file.read()
    file.seek(0)
    kind = proof_type(content)
    if kind is None:
        raise ValidationError(_("Give a PDF, a JPEG or a PNG."), code="type")
    if kind == "application/pdf":
        try:
            check_pdf(content)
        except PdfRefused as refused:
            raise ValidationError(str(refused), code=refused.reason) from refused
    return file


class EndForm(forms.Form):
    valid_to = date_field(_("Last day"))


class ProofForm(forms.Form):
    proof = forms.FileField(label=_("Proof"))

    def clean_proof(self) -> Any:
        return clean_proof(self.cleaned_data["proof"])


class SiteForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = WordsField(label=_("Name of the place"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind of place"), choices=SiteKind.choices)
    address = WordsField(label=_("Address"), max_length=200, required=False)
    postal_code = forms.RegexField(
        label=_("Postal code"),
        regex=r"^\d{5}$",
        error_messages={"invalid": _("A postal code has 5 digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code", "maxlength": 5}),
    )
    commune = forms.ChoiceField(
        label=_("Commune"), required=False, error_messages={"invalid_choice": _("Choose the commune.")}
    )
    siret = WordsField(label=_("SIRET of the place"), required=False, max_length=20)
    hours = WordsField(label=_("Opening hours"), required=False, max_length=200)
    latitude = forms.DecimalField(
        label=_("Latitude"), required=False, max_digits=8, decimal_places=5, min_value=-90, max_value=90
    )
    longitude = forms.DecimalField(
        label=_("Longitude"), required=False, max_digits=8, decimal_places=5, min_value=-180, max_value=180
    )
    is_pickup_point = forms.BooleanField(label=_("Customers can collect here"), required=False)
    is_main = forms.BooleanField(label=_("Main place"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        self.organisation = organisation
        super().__init__(*args, **kwargs)
        postal_code = str(self["postal_code"].value() or "")
        self.found = communes_of(postal_code)
        choices = [(c.code, f"{c.name} ({c.department})") for c in self.found]
        blank = [("", pgettext_lazy("list", "Choose"))]
        field: Any = self.fields["commune"]
        field.choices = choices if len(choices) == 1 else [*blank, *choices]

    def clean_siret(self) -> str:
        return clean_siret(self.cleaned_data["siret"], siren=self.organisation.siren)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("postal_code") and not self.found:
            self.add_error("postal_code", _("No commune has this postal code."))
        elif data.get("postal_code") and not data.get("commune") and "commune" not in self.errors:
            self.add_error("commune", _("Choose the commune."))
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            self.add_error("longitude", _("Give both coordinates, or none."))
        return data


class ClosureForm(forms.Form):
    starts_on = date_field(pgettext_lazy("closure", "First day off"))
    ends_on = date_field(pgettext_lazy("closure", "Last day off"))
    hides_items = forms.ChoiceField(
        label=_("Meanwhile"),
        choices=(("0", _("Show the objects with a longer delay")), ("1", _("Hide the objects"))),
        initial="0",
        widget=forms.RadioSelect,
    )
    message = WordsField(label=_("What customers read"), required=False, max_length=200)

    def clean_hides_items(self) -> bool:
        return bool(self.cleaned_data["hides_items"] == "1")


def in_conflict(form: Any, row: Any, typed: dict[str, Any]) -> dict[str, Any]:
    """Give a refused form the fresh version, so that saving again is a choice; by label, what the other wrote."""
    row.refresh_from_db()
    form.data = form.data.copy()
    form.data["version"] = row.version
    return differences(form, {name: getattr(row, name) for name in typed}, typed)


def differences(form: Any, held: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """By label, in words, what is kept now where it differs from what was typed."""
    return {
        str(form.fields[name].label): _in_words(form.fields[name], held.get(name))
        for name in typed
        if name in form.fields and held.get(name, "") != typed[name]
    }


def _in_words(field: Any, value: Any) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return dict(getattr(field, "choices", ())).get(value, value)
