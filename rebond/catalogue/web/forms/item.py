"""The form of one item: what every object has, then what its category asks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.actions.item_fields import FLAW_FIELDS, LONG_TEXTS, TEXTS
from rebond.catalogue.data.safety import SafetyRule
from rebond.catalogue.enums import CONDITION_DEFINITIONS, Condition, DeliveryMode, FlawKind, Origin
from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.models import Category, CategoryAttribute, Item
from rebond.catalogue.phrases import FIELD_LABELS
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.hosting import sites_for
from rebond.catalogue.validators import PROOF_PREFIX, clean_gtin, safety_rules_at_stake
from rebond.catalogue.web.forms.listing import category_choices
from rebond.core.forms import CentimetresField, CentsField, GramsField
from rebond.network.models import Organisation, Site

ATTRIBUTE = "attr-"
# A change of category brings its questions: the same page, sent with `reload`, is not judged yet.
RELOAD = {
    "hx-post": "",
    "hx-vals": '{"reload": "category"}',
    "hx-target": "#item-fields",
    "hx-swap": "outerHTML",
    "hx-sync": "this:replace",
}
NAMED = '{}<br><span class="small soft plain">{}</span>'
COLOURS = (
    *("Blanc", "Crème", "Beige", "Gris", "Noir", "Marron", "Bordeaux", "Rouge", "Rose", "Orange", "Jaune"),
    *("Vert", "Turquoise", "Bleu", "Marine", "Violet", "Argenté", "Doré", "Transparent", "Multicolore"),
)


class YesNoField(forms.TypedChoiceField):
    """A question that may stay without an answer: None, which is not kept, so that nobody reads a “no” never said."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))]
        super().__init__(choices=choices, coerce=lambda value: value == "yes", empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class ItemForm(forms.Form):
    """`version` is the one that was read. Fields of the category are added under `attr-<key>`."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    category = forms.ChoiceField(label=FIELD_LABELS["category"])
    title = forms.CharField(
        label=FIELD_LABELS["title"],
        max_length=TEXTS["title"],
        help_text=_("What it is, its material, its time: “Beech chair, sixties”."),
    )
    description = forms.CharField(
        label=FIELD_LABELS["description"],
        max_length=LONG_TEXTS["description"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What you would say to somebody who cannot see it."),
    )
    condition = forms.ChoiceField(label=FIELD_LABELS["condition"], choices=Condition.choices, widget=forms.RadioSelect)
    price_cents = CentsField(label=_("Price, euros"), min_cents=1)
    quantity = forms.IntegerField(
        label=FIELD_LABELS["quantity"],
        min_value=1,
        max_value=100_000,
        initial=1,
        help_text=_("1, unless they are all the same."),
    )
    weight_g = GramsField(
        label=FIELD_LABELS["weight_g"],
        required=False,
        help_text=_("1.2 kg or 350 g. Left empty: the usual weight of the category."),
    )
    is_weight_estimated = forms.BooleanField(label=_("This weight is an estimate"), required=False)
    length_mm = CentimetresField(label=_("Length, cm"), required=False)
    width_mm = CentimetresField(label=_("Width or depth, cm"), required=False)
    height_mm = CentimetresField(label=_("Height, cm"), required=False)
    brand = forms.CharField(label=FIELD_LABELS["brand"], max_length=TEXTS["brand"], required=False)
    color = forms.CharField(
        label=FIELD_LABELS["color"],
        max_length=TEXTS["color"],
        required=False,
        widget=forms.TextInput(attrs={"list": "colours", "autocomplete": "off"}),
    )
    size = forms.CharField(
        label=FIELD_LABELS["size"],
        max_length=TEXTS["size"],
        required=False,
        widget=forms.TextInput(attrs={"list": "sizes", "autocomplete": "off"}),
    )
    gtin = forms.CharField(
        label=FIELD_LABELS["gtin"],
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("The digits under the bars."),
    )
    external_ref = forms.CharField(
        label=FIELD_LABELS["external_ref"],
        max_length=TEXTS["external_ref"],
        required=False,
        help_text=_("Your own number, if you have one."),
    )
    origin = forms.ChoiceField(label=FIELD_LABELS["origin"], choices=Origin.choices, initial=Origin.GIFT)
    site = forms.ChoiceField(label=FIELD_LABELS["site"], required=False)
    delivery_modes = forms.MultipleChoiceField(
        label=FIELD_LABELS["delivery_modes"],
        choices=DeliveryMode.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: those of your organisation."),
    )
    is_manufacturer_unknown = forms.BooleanField(
        label=_("Second-hand: the manufacturer is not known"), required=False, initial=True
    )
    manufacturer = forms.CharField(label=FIELD_LABELS["manufacturer"], max_length=TEXTS["manufacturer"], required=False)
    manufacturer_address = forms.CharField(
        label=FIELD_LABELS["manufacturer_address"], max_length=TEXTS["manufacturer_address"], required=False
    )
    safety_warnings = forms.CharField(
        label=FIELD_LABELS["safety_warnings"],
        max_length=LONG_TEXTS["safety_warnings"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("As they are written on the object or its notice."),
    )

    def __init__(
        self,
        *args: Any,
        seller: Organisation,
        category: Category | None = None,
        kept: Site | None = None,
        **kwargs: Any,
    ) -> None:
        """`kept` is where the object lies now: it may stay there."""
        super().__init__(*args, **kwargs)
        self.seller, self.category_row = seller, category
        self.fields["category"].choices = category_choices(_("Choose"))  # type: ignore[attr-defined]
        self.fields["category"].widget.attrs |= {"class": "input grow"} | RELOAD
        self.fields["condition"].choices = [  # type: ignore[attr-defined]
            (key, format_html(NAMED, label, CONDITION_DEFINITIONS[Condition(key)])) for key, label in Condition.choices
        ]
        sites = sites_for(seller, kept)
        self.sites = {site.public_id: site for site, _name in sites}
        self.fields["site"].choices = [(site.public_id, name) for site, name in sites]  # type: ignore[attr-defined]
        if len(self.sites) < 2:
            del self.fields["site"]
        for attribute in categories.attributes_of(category) if category else ():
            self.fields[f"{ATTRIBUTE}{attribute.key}"] = attribute_field(attribute)
        for rule in self.rules:
            if rule.proof.startswith(PROOF_PREFIX):
                self.fields[f"{ATTRIBUTE}{rule.proof}"] = proof_field(rule)

    @property
    def rules(self) -> list[SafetyRule]:
        """Safety rules at stake, by the category and the words typed or kept (rules.md F6)."""
        title, *words = (str(self[name].value() or "") for name in ("title", "brand", "description"))
        named = categories.safety_rules_of(self.category_row) if self.category_row else ()
        return safety_rules_at_stake(rules=named, title=title, text="\n".join(words))

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields that the category adds."""
        return [self[name] for name in self.fields if name.startswith(ATTRIBUTE)]

    def clean_category(self) -> Category:
        found = categories.by_key(self.cleaned_data["category"])
        if found is None:
            raise ValidationError(gettext("This category does not exist any more."))
        return found

    def clean_gtin(self) -> str:
        try:
            return clean_gtin(self.cleaned_data["gtin"])
        except FieldInvalid as error:
            raise ValidationError(str(error)) from None

    def clean_site(self) -> Any:
        return self.sites.get(self.cleaned_data["site"])

    def values(self) -> dict[str, Any]:
        """Columns for the actions, attributes gathered."""
        data = self.cleaned_data
        found = {name: value for name, value in data.items() if not name.startswith(ATTRIBUTE) and name != "version"}
        found["attributes"] = {
            name.removeprefix(ATTRIBUTE): value for name, value in data.items() if name.startswith(ATTRIBUTE)
        }
        return found


def attribute_field(attribute: CategoryAttribute) -> forms.Field:
    """The form's field of one attribute. A required one is asked before sale only: a draft may wait."""
    label = f"{attribute.label}, {attribute.unit}" if attribute.unit else attribute.label
    choices = [(c["key"], c["fr"]) for c in attribute.choices]
    options: dict[str, Any] = {"label": label, "required": False}
    if attribute.is_required:
        options["help_text"] = _("Asked before it goes on sale.")
    match attribute.type:
        case "choice":
            return forms.ChoiceField(choices=[("", _("Not said")), *choices], **options)
        case "multi":
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **options)
        case "boolean":
            return YesNoField(**options)
        case "integer":
            return forms.IntegerField(min_value=0, max_value=999_999_999, **options)
        case "decimal":
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            return forms.DecimalField(
                min_value=0, max_digits=12, decimal_places=3, localize=True, widget=widget, **options
            )
    return forms.CharField(max_length=200, **options)


def proof_field(rule: SafetyRule) -> forms.Field:
    label: Any = rule.proof_label
    why: Any = rule.message
    return forms.CharField(label=label, help_text=why, max_length=200, required=False)


class FlawForm(forms.Form):
    kind = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("No flaw")), *FlawKind.choices])
    part = forms.CharField(label=_("Where"), required=False, max_length=60)
    detail = forms.CharField(label=_("Detail"), required=False, max_length=200)
    photo_position = forms.IntegerField(label=_("Photo no."), required=False, min_value=1, max_value=12)
    spot_x = forms.IntegerField(required=False, min_value=0, max_value=1000, widget=forms.HiddenInput)
    spot_y = forms.IntegerField(required=False, min_value=0, max_value=1000, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("kind") and (data.get("part") or data.get("detail")):
            self.add_error("kind", _("Say what kind of flaw it is."))
        return data


FlawFormSet = forms.formset_factory(FlawForm, extra=1, max_num=30, validate_max=True)
OneMoreFlaw = forms.formset_factory(FlawForm, extra=2, max_num=30, validate_max=True)


def initial_of(item: Item) -> dict[str, Any]:
    """What the form shows of an item."""
    names = [name for name in ItemForm.base_fields if name not in {"category", "site"}]
    found: dict[str, Any] = {name: getattr(item, name) for name in names}
    found["category"] = categories.get(item.category_id).key
    found["site"] = item.site.public_id if item.site else ""
    found |= {f"{ATTRIBUTE}{key}": value for key, value in item.attributes.items()}
    return found


def flaws_initial(item: Item) -> list[dict[str, Any]]:
    return [{name: getattr(f, name) for name in FLAW_FIELDS} for f in item.flaws.all()]


def typed_initial(form_class: type[forms.Form], data: Any, prefix: str = "") -> dict[str, Any]:
    """What was typed, as initial values: the page is shown again without judging it yet."""
    known: Mapping[str, Any] = form_class.base_fields
    found = {name: field.widget.value_from_datadict(data, {}, f"{prefix}{name}") for name, field in known.items()}
    for name in data:
        if name.startswith(ATTRIBUTE) and not prefix:
            values = data.getlist(name)
            found[name] = values if len(values) > 1 else values[0]
    return found
