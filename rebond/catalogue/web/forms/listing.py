"""The filters of the list, and what is asked for a change of many items."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import Condition, ItemState, WithdrawReason
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.desk_items import DeskFilter
from rebond.core.forms import CentsField
from rebond.core.selects import KeptSelect, kept_choices


def category_choices(empty: Any = "") -> list[tuple[Any, Any]]:
    """Universes as groups, their leaves as choices."""
    rows: list[tuple[Any, Any]] = [("", empty)] if empty else []
    for universe in categories.universes():
        below = [(leaf.key, leaf.label) for leaf in _leaves(universe)]
        rows.append((universe.label, below) if below else (universe.key, universe.label))
    return rows


def _leaves(category: Any) -> list[Any]:
    found = []
    for child in categories.children_of(category):
        found += _leaves(child) or [child]
    return found


@kept_choices(categories.tree)
def filter_category_choices() -> list[tuple[Any, Any]]:
    """Universes and what is below, all choosable."""
    rows: list[tuple[Any, Any]] = [("", gettext("All categories"))]
    for universe in categories.universes():
        below = [(leaf.key, leaf.label) for leaf in _leaves(universe)]
        rows.append((universe.label, [(universe.key, gettext("All: %(name)s") % {"name": universe.label}), *below]))
    return rows


def _price_input() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "wd6"})


class ItemFilterForm(forms.Form):
    """GET parameters of the list; a wrong one is left out, never an error page."""

    q = forms.CharField(label=_("Code, title, ISBN, your reference"), required=False, max_length=150)
    etat = forms.ChoiceField(required=False, choices=[("", ""), *ItemState.choices])
    categorie = forms.ChoiceField(
        label=_("Category"),
        required=False,
        choices=filter_category_choices,
        widget=KeptSelect(version=categories.tree),
    )
    condition = forms.ChoiceField(
        label=_("Condition"),
        required=False,
        choices=[("", _("All conditions")), *Condition.choices],
        widget=KeptSelect,
    )
    prix_min = CentsField(label=_("Price from"), required=False, widget=_price_input())
    prix_max = CentsField(label=pgettext_lazy("price", "to"), required=False, widget=_price_input())
    photo = forms.ChoiceField(
        label=_("Photos"),
        required=False,
        choices=[("", _("With or without photo")), ("oui", _("With photo")), ("non", _("Without photo"))],
        widget=KeptSelect,
    )
    depuis = forms.TypedChoiceField(
        label=_("On sale for"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=KeptSelect,
        choices=[
            ("", _("Whatever the age")),
            ("30", _("On sale for over 30 days")),
            ("90", _("On sale for over 90 days")),
            ("180", _("On sale for over 180 days")),
            ("365", _("On sale for over a year")),
        ],
    )
    tri = forms.ChoiceField(
        label=_("Sort"),
        required=False,
        widget=KeptSelect,
        choices=[
            ("", _("Last changed first")),
            ("oldest", _("Longest unchanged first")),
            ("price", _("Price, low to high")),
            ("-price", _("Price, high to low")),
            ("title", _("Title")),
        ],
    )

    def asked(self) -> DeskFilter:
        """What was asked, without what was wrong."""
        self.is_valid()
        clean = self.cleaned_data
        return DeskFilter(
            text=clean.get("q", ""),
            state=clean.get("etat", ""),
            category=clean.get("categorie", ""),
            condition=clean.get("condition", ""),
            price_min=clean.get("prix_min"),
            price_max=clean.get("prix_max"),
            has_photo={"oui": True, "non": False}.get(clean.get("photo", "")),
            age_days=clean.get("depuis"),
            sort=clean.get("tri") or "recent",
        )


class NetworkFilterForm(ItemFilterForm):
    """The list of all sellers: without an order that would sort the millions."""

    tri = forms.ChoiceField(
        label=_("Sort"),
        required=False,
        widget=KeptSelect,
        choices=[("", _("Last changed first")), ("oldest", _("Longest unchanged first"))],
    )


class BulkPriceForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("How"),
        choices=[("percent", _("By a percentage")), ("fixed", _("The same price for all"))],
        widget=forms.RadioSelect,
        initial="percent",
    )
    percent = forms.IntegerField(
        label=_("Percentage"),
        required=False,
        min_value=-90,
        max_value=900,
        help_text=_("−15 lowers by 15 %, 10 raises by 10 %."),
    )
    amount = CentsField(label=_("New price"), required=False, min_cents=1)
    is_progressive = forms.BooleanField(
        label=_("Part of a declared progressive promotion"),
        required=False,
        help_text=_("Several cuts one after the other: the price shown beside stays the one before the first cut."),
    )
    reason = forms.CharField(label=_("Reason, for your history"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.fields["percent"], self.fields["amount"]):
            field.error_messages["required"] = _("Write how much.")
            vars(field)["asked_by_choice"] = True  # ui/field.html then does not call it optional

    def full_clean(self) -> None:
        """The field of the chosen way is required, the other one is not looked at."""
        is_fixed = self.is_bound and self.data.get("kind") == "fixed"
        wanted, other = ("amount", "percent") if is_fixed else ("percent", "amount")
        self.fields[wanted].required, self.fields[other].disabled = True, True
        super().full_clean()
        self.fields[other].disabled = False

    def params(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "value": data["percent"] if data["kind"] == "percent" else data["amount"],
            "is_progressive": data["is_progressive"],
            "reason": data["reason"],
        }


class BulkCategoryForm(forms.Form):
    category = forms.ChoiceField(label=_("New category"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = category_choices(_("Choose"))  # type: ignore[attr-defined]

    def params(self) -> dict[str, Any]:
        return {"category": self.cleaned_data["category"]}


class BulkWithdrawForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why"), choices=WithdrawReason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Note, for your history"), required=False, max_length=200)

    def params(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "note": self.cleaned_data["note"]}


class BulkSellForm(forms.Form):
    pieces = forms.ChoiceField(
        label=_("Of what exists in several pieces"),
        choices=[("one", _("One piece was sold")), ("all", _("All that was left was sold"))],
        widget=forms.RadioSelect,
        initial="one",
    )
    note = forms.CharField(label=_("Note, for your history"), required=False, max_length=200)

    def params(self) -> dict[str, Any]:
        return {"is_all": self.cleaned_data["pieces"] == "all", "note": self.cleaned_data["note"]}


class BulkPublishForm(forms.Form):
    """Nothing to ask: the items that may not be on sale are told one by one."""

    def params(self) -> dict[str, Any]:
        return {}


BULK_FORMS: dict[str, type[Any]] = {
    "price": BulkPriceForm,
    "category": BulkCategoryForm,
    "publish": BulkPublishForm,
    "sell": BulkSellForm,
    "withdraw": BulkWithdrawForm,
}
