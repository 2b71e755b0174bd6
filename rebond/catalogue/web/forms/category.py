"""Forms of the category editor."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lucide import IconDoesNotExist

from rebond.catalogue.data import categories_file
from rebond.catalogue.data.safety import RULES
from rebond.catalogue.enums import AttributeType
from rebond.catalogue.models import Category, CategoryAttribute
from rebond.catalogue.queries import categories
from rebond.catalogue.validators import NO_WORDS, plain
from rebond.core.forms import TINTS, GramsField
from rebond.core.icons import render_icon

KEEP = "keep"


class CategoryAddForm(forms.Form):
    name = forms.CharField(label=_("Name in French"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    parent = forms.ChoiceField(label=_("Under"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = parent_choices()  # type: ignore[attr-defined]

    def clean_parent(self) -> Category | None:
        return categories.by_key(self.cleaned_data["parent"])


class CategoryMoveForm(forms.Form):
    parent = forms.ChoiceField(label=_("Put it under"), required=False)

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = categories.tree().descendants(categories.get(category.pk))
        self.fields["parent"].choices = parent_choices(without=below)  # type: ignore[attr-defined]

    def clean_parent(self) -> Category | None:
        return categories.by_key(self.cleaned_data["parent"])


def parent_choices(without: frozenset[int] = frozenset()) -> list[tuple[str, Any]]:
    nodes = [row for row in categories.tree().nodes if row.depth < 3 and row.pk not in without]
    return [("", _("Nothing: a universe of its own")), *((row.key, categories.path_label(row)) for row in nodes)]


class CategoryForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Name in French"), max_length=80, help_text=_("A new name makes a new address; the old one redirects.")
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    icon = forms.CharField(label=_("Pictogram"), max_length=40, help_text=_("The name of a Lucide pictogram: “sofa”."))
    tint = forms.ChoiceField(label=_("Tint"), choices=TINTS)
    default_weight_g = GramsField(
        label=_("Usual weight"), required=False, help_text=_("Used, and flagged as an estimate, where nobody weighed.")
    )
    co2_factor = forms.DecimalField(
        label=_("To make one new, kg of CO₂ equivalent"),
        required=False,
        min_value=0,
        max_value=100_000,
        max_digits=9,
        decimal_places=3,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    co2_source = forms.CharField(label=_("Source of this figure, with its date"), required=False, max_length=120)
    co2_source_en = forms.CharField(
        label=_("The same in English"),
        required=False,
        max_length=120,
        help_text=_("Without it, the English pages show the French source."),
    )
    size_guide = forms.ChoiceField(label=_("Size guide"), required=False)
    safety_rules = forms.MultipleChoiceField(
        label=_("Safety rules"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They hold, besides those of the categories above."),
    )
    is_bulky = forms.BooleanField(label=_("Too big for a parcel"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guides = [(key, guide["name"]) for key, guide in categories_file()["size_guides"].items()]
        self.fields["size_guide"].choices = [  # type: ignore[attr-defined]
            ("", _("None of its own")),
            (KEEP, _("As it is now")),
            *guides,
        ]
        rules = [(key, rule.message) for key, rule in RULES.items()]
        words = _("The words of titles are the subject of a work (books, records, films): they call no rule.")
        self.fields["safety_rules"].choices = [*rules, (NO_WORDS, words)]  # type: ignore[attr-defined]

    def clean_icon(self) -> str:
        name: str = self.cleaned_data["icon"]
        try:
            render_icon(name)
        except IconDoesNotExist:
            raise ValidationError(gettext("There is no pictogram with this name.")) from None
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("co2_factor") is not None and not data.get("co2_source"):
            self.add_error(
                "co2_source", gettext("A figure without its source is not shown: write where it comes from.")
            )
        return data

    def changes(self) -> dict[str, Any]:
        """Columns for the action."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"version", "co2_factor"}}
        factor: Decimal | None = self.cleaned_data["co2_factor"]
        data["co2_factor_g"] = None if factor is None else int(factor * 1000)
        guide = data.pop("size_guide")
        if guide != KEEP:
            data["size_guide"] = categories_file()["size_guides"].get(guide, {})
        return data


def initial_of(category: Category) -> dict[str, Any]:
    names = (
        *("version", "name", "name_en", "icon", "tint", "default_weight_g", "co2_source", "co2_source_en"),
        *("safety_rules", "is_bulky"),
    )
    found: dict[str, Any] = {name: getattr(category, name) for name in names}
    factor = category.co2_factor_g
    found["co2_factor"] = None if factor is None else (Decimal(factor) / 1000).normalize()
    found["size_guide"] = KEEP if category.size_guide else ""
    return found


class AttributeForm(forms.Form):
    name = forms.CharField(label=_("Question, in French"), max_length=80)
    name_en = forms.CharField(label=_("Question, in English"), max_length=80)
    type = forms.ChoiceField(label=_("Kind of answer"), choices=AttributeType.choices)
    unit = forms.CharField(label=_("Unit"), max_length=12, required=False)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line: French | English. For a choice that exists, keep what is after the second bar."),
    )
    is_required = forms.BooleanField(label=_("Asked before an item goes on sale"), required=False)
    is_filterable = forms.BooleanField(label=_("A filter in the shop"), required=False)

    def __init__(self, *args: Any, attribute: CategoryAttribute | None = None, **kwargs: Any) -> None:
        if attribute is not None:
            names = ("name", "name_en", "type", "unit", "is_required", "is_filterable")
            kwargs["initial"] = {name: getattr(attribute, name) for name in names} | {
                "choices": "\n".join(f"{c['fr']} | {c['en']} | {c['key']}" for c in attribute.choices)
            }
        super().__init__(*args, **kwargs)
        if attribute is not None:
            self.fields["type"].disabled = True
            self.fields["type"].help_text = _("It stays: items already answered.")

    def clean_choices(self) -> list[dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for line in self.cleaned_data["choices"].splitlines():
            words = [word.strip()[:60] for word in line.split("|")]
            if not words[0]:
                continue
            english = words[1] if len(words) > 1 and words[1] else words[0]
            key = slugify(plain(words[2] if len(words) > 2 and words[2] else english))[:40]
            if len(words) > 2 and words[2]:
                key = words[2][:40]
            if not key or key in found:
                raise ValidationError(gettext("“%(value)s” is written twice.") % {"value": words[0]})
            found[key] = {"key": key, "fr": words[0], "en": english}
        return list(found.values())
