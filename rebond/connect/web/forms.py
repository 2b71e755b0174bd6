"""Forms of imports: a file, a shop, where columns go, what stands for what a file does not say."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import Condition, Origin
from rebond.catalogue.models import Category, CategoryAttribute
from rebond.catalogue.queries.categories import by_key, leaves, path_label
from rebond.catalogue.queries.hosting import sites_for
from rebond.connect.actions.categories import LEAVE_OUT
from rebond.connect.actions.uploads import missing_fields
from rebond.connect.enums import Target
from rebond.connect.fields import FIELDS
from rebond.connect.models import ImportRun
from rebond.connect.numbers import parse_number
from rebond.connect.reading import ATTRIBUTE
from rebond.core.forms import GramsField

SHOWN_CATEGORIES = 40


class PlainSelect(forms.Select):
    """A select written at once: a file may have a hundred columns of a hundred choices, a template each is slow."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        groups = [
            (label, options) if isinstance(options, list) else ("", [(label, options)])
            for label, options in self.choices
        ]
        inside = format_html_join(
            "",
            "{}",
            (
                (
                    format_html(
                        '<optgroup label="{}">{}</optgroup>' if label else "{}{}", label, _options(options, chosen)
                    ),
                )
                for label, options in groups
            ),
        )
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name})), inside
        )


def _options(options: list[tuple[str, Any]], chosen: str) -> SafeString:
    marks = {True: mark_safe(" selected"), False: ""}
    return format_html_join(
        "", '<option value="{}"{}>{}</option>', ((k, marks[k == chosen], label) for k, label in options)
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX, XML, or a ZIP with the table and its pictures."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xml,.zip,.json"}),
        error_messages={"empty": _("This file is empty.")},
    )


class KeyForm(forms.Form):
    """The key is never written back into a page."""

    key = forms.CharField(
        label=_("Key of the webservice"),
        max_length=64,
        min_length=16,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "In PrestaShop: Advanced parameters, Webservice. It may only view: products, categories,"
            " stock_availables, combinations, product_options, product_option_values."
        ),
    )


class ShopForm(KeyForm):
    address = forms.CharField(
        label=_("Address of the shop"),
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://boutique.fr"}),
    )
    field_order = ("address", "key")


def category_labels() -> dict[str, str]:
    """What a person reads of each of our categories → its key."""
    return {path_label(leaf): leaf.key for leaf in leaves()}


class CategoryTextField(forms.CharField):
    """One of our categories by its written path (a list to choose from helps); gives its key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=250,
            required=False,
            widget=forms.TextInput(attrs={"list": "our-categories", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        if text == str(LEFT_OUT_LABEL):
            return LEAVE_OUT
        labels = category_labels()
        found = labels.get(text) or next(
            (k for label, k in labels.items() if label.casefold().endswith(text.casefold())), ""
        )
        if not found:
            raise forms.ValidationError(_("Choose one of the list."), code="invalid_choice")
        return found


LEFT_OUT_LABEL = _("Leave these lines out")


def label_of_key(key: str) -> str:
    """The written path of one of our categories, "" for none."""
    category = by_key(key) if key else None
    return path_label(category) if category else ""


class ColumnsForm(forms.Form):
    """One choice per column of the file (`c0`, `c1`…), then the defaults."""

    condition = forms.ChoiceField(label=_("Condition, where the file does not say"), choices=Condition.choices)
    origin = forms.ChoiceField(label=_("Origin, where the file does not say"), choices=Origin.choices)
    category = CategoryTextField(label=_("Category, where the file does not say"))
    weight_g = GramsField(label=_("Weight, where the file does not say"), required=False)
    vat_percent = forms.CharField(
        label=_("VAT to add to the prices, in percent"),
        required=False,
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("Only if the file gives prices before tax (PrestaShop does): 20 or 5.5."),
    )
    site = forms.ChoiceField(label=_("Where the new objects lie"), required=False)
    keep = forms.BooleanField(label=_("Keep these columns for the next time"), required=False, initial=True)

    def __init__(self, data: Any = None, *, run: ImportRun) -> None:
        defaults = run.defaults
        category = Category.objects.filter(pk=defaults.get("category_id") or 0).first()
        initial = {
            **defaults,
            "category": path_label(category) if category else "",
            "condition": defaults.get("condition", Condition.GOOD),
            "origin": defaults.get("origin", Origin.GIFT),
        }
        super().__init__(data, initial=initial)
        self.run = run
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            (site.public_id, name) for site, name in sites_for(run.seller)
        ]
        if len(self.fields["site"].choices) < 2:  # type: ignore[attr-defined]
            del self.fields["site"]
        choices = column_choices()
        for place, column in enumerate(run.columns):
            self.fields[f"c{place}"] = forms.ChoiceField(
                label=_("Field for “%(column)s”") % {"column": column}, choices=choices, required=False,
                initial=run.mapping.get(column, ""), widget=PlainSelect(attrs={"class": "input input--sm"}),
            )  # fmt: skip

    @property
    def known(self) -> list[dict[str, Any]]:
        """Columns that go somewhere."""
        return [row for row in self.rows() if row["sure"] != "left"]

    @property
    def left(self) -> list[dict[str, Any]]:
        """Columns that are left out."""
        return [row for row in self.rows() if row["sure"] == "left"]

    @property
    def found(self) -> int:
        return sum(bool(key) for key in self.run.mapping.values())

    def rows(self) -> list[dict[str, Any]]:
        """What the table of columns shows: the column, a sample, its control, how sure the guess is."""
        found = []
        for place, column in enumerate(self.run.columns):
            key = self.run.mapping.get(column, "")
            sure = "left" if not key else "ok" if key not in FIELDS or FIELDS[key].is_sure else "warn"
            found.append(
                {"column": column, "sample": self.run.samples.get(column, ""), "field": self[f"c{place}"], "sure": sure}
            )
        return found

    def clean_vat_percent(self) -> str:
        text: str = self.cleaned_data["vat_percent"]
        try:
            number = parse_number(text or "0")
        except ValueError:
            number = None
        if number is None or number >= 100:
            raise forms.ValidationError(_("A number from 0 to 99."))
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        missing = missing_fields({str(i): data.get(f"c{i}") or "" for i in range(len(self.run.columns))})
        if missing:
            names = ", ".join(str(FIELDS[f].label).lower() for f in missing)
            raise forms.ValidationError(_("No column gives: %(fields)s."), code="missing", params={"fields": names})
        return data

    def mapping(self) -> dict[str, str]:
        return {column: self.cleaned_data[f"c{place}"] for place, column in enumerate(self.run.columns)}

    def defaults(self) -> dict[str, Any]:
        data = self.cleaned_data
        category = by_key(data["category"]) if data["category"] not in {"", LEAVE_OUT} else None
        return {
            "condition": data["condition"], "origin": data["origin"], "category_id": category.pk if category else None,
            "weight_g": data["weight_g"], "vat_percent": data["vat_percent"], "site": data.get("site", ""),
        }  # fmt: skip


def column_choices() -> list[Any]:
    """Our fields, then the characteristics that categories ask for."""
    attributes = CategoryAttribute.objects.order_by("name", "pk")
    named = {f"{ATTRIBUTE}{a.key}": a.label for a in attributes}
    return [
        ("", _("Do not import")),
        (_("Fields"), [(f.key, f.label) for f in FIELDS.values()]),
        (_("Characteristics"), sorted(named.items(), key=lambda pair: str(pair[1]).casefold())),
    ]


class CategoriesForm(forms.Form):
    """The categories of a file (`k0`, `k1`…), open ones first; at most SHOWN_CATEGORIES at a time."""

    def __init__(self, data: Any = None, *, rows: list[dict[str, Any]]) -> None:
        super().__init__(data)
        self.texts = rows[:SHOWN_CATEGORIES]
        self.more = len(rows) - len(self.texts)
        for place, row in enumerate(self.texts):
            initial = str(LEFT_OUT_LABEL) if row["is_left_out"] else label_of_key(row["key"])
            self.fields[f"k{place}"] = CategoryTextField(label=row["text"], initial=initial)

    def rows(self) -> list[dict[str, Any]]:
        return [{**row, "field": self[f"k{place}"]} for place, row in enumerate(self.texts)]

    def choices(self) -> dict[str, str]:
        """{their category: key}, of those that say something new."""
        found = {row["text"]: self.cleaned_data[f"k{place}"] for place, row in enumerate(self.texts)}
        return {
            row["text"]: found[row["text"]]
            for row in self.texts
            if found[row["text"]] != (LEAVE_OUT if row["is_left_out"] else row["key"])
            or (found[row["text"]] and not row["is_remembered"])
        }


class StartForm(forms.Form):
    target = forms.ChoiceField(
        label=_("New items"), choices=Target.choices, widget=forms.RadioSelect, initial=Target.DRAFT
    )

    def __init__(self, data: Any = None, *, run: ImportRun) -> None:
        super().__init__(data, initial={"target": run.target})
        if not run.seller.is_selling:
            self.fields["target"].choices = [c for c in Target.choices if c[0] != Target.PUBLISH]  # type: ignore[attr-defined]
