"""The tables of a plan: aisles, stairs, where people start and end, and which bays are along which aisle."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import WordsField
from rebond.warehouse.queries.layouts import Aisle

MOST = 400  # rows of one table
SIDES = [
    ("both", pgettext_lazy("plan", "Both sides")),
    ("left", pgettext_lazy("plan", "Left")),
    ("right", pgettext_lazy("plan", "Right")),
]


class MetresField(forms.DecimalField):
    """Metres as people measure them (`4`, `4,5`), kept as whole centimetres."""

    def __init__(self, *, low: int = -1_000, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 5})
        super().__init__(min_value=low, max_value=1_000, decimal_places=2, max_digits=6, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace(",", ".").removesuffix("m").strip()
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if found is None else round(found * 100)

    def prepare_value(self, value: Any) -> Any:
        return f"{value / 100:g}".replace(".", ",") if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(str(self.prepare_value(initial) if initial is not None else "") != str(data or "").strip())


class FloorField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.NumberInput(attrs={"min": -5, "max": 20})
        super().__init__(min_value=-5, max_value=20, initial=0, widget=widget, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """A free row stays free: its floor alone is nothing drawn."""
        return False


def _name() -> forms.CharField:
    return WordsField(label=_("Name"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class AisleForm(forms.Form):
    """A straight way: an aisle between shelves, or one across."""

    name = _name()
    x1 = MetresField(label=pgettext_lazy("plan", "From x (m)"))
    y1 = MetresField(label=pgettext_lazy("plan", "From y (m)"))
    x2 = MetresField(label=pgettext_lazy("plan", "To x (m)"))
    y2 = MetresField(label=pgettext_lazy("plan", "To y (m)"))
    floor = FloorField(label=pgettext_lazy("plan", "Floor"))
    one_way = forms.BooleanField(label=pgettext_lazy("plan", "One way"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if None not in (ends := [data.get(key) for key in ("x1", "y1", "x2", "y2")]) and ends[:2] == ends[2:]:
            self.add_error("x2", _("An aisle needs a length."))
        return data


class StairsForm(forms.Form):
    name = _name()
    x1 = MetresField(label=pgettext_lazy("plan", "From x (m)"))
    y1 = MetresField(label=pgettext_lazy("plan", "From y (m)"))
    floor1 = FloorField(label=pgettext_lazy("plan", "From floor"))
    x2 = MetresField(label=pgettext_lazy("plan", "To x (m)"))
    y2 = MetresField(label=pgettext_lazy("plan", "To y (m)"))
    floor2 = FloorField(label=pgettext_lazy("plan", "To floor"))
    cost_cm = MetresField(label=pgettext_lazy("plan", "Counts as (m)"), low=0)
    one_way = forms.BooleanField(label=pgettext_lazy("plan", "One way"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("floor1") is not None and data.get("floor1") == data.get("floor2"):
            self.add_error("floor2", _("Stairs lead to another floor."))
        return data


class StandForm(forms.Form):
    """Where people start with their trolley, where they end: the packing table is often both."""

    name = _name()
    x = MetresField(label=pgettext_lazy("plan", "x (m)"))
    y = MetresField(label=pgettext_lazy("plan", "y (m)"))
    floor = FloorField(label=pgettext_lazy("plan", "Floor"))
    start = forms.BooleanField(label=pgettext_lazy("plan", "Start"), required=False)
    end = forms.BooleanField(label=pgettext_lazy("plan", "End"), required=False)


class RackForm(forms.Form):
    """The bays of one aisle of the tree of places, along a drawn aisle; no name: not on the plan."""

    place = forms.CharField(widget=forms.HiddenInput, max_length=8)
    passage = WordsField(
        label=pgettext_lazy("plan", "Along the aisle"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "plan-names", "autocomplete": "off"}),
    )
    first = MetresField(label=pgettext_lazy("plan", "First bay at (m)"), low=0)
    pitch = MetresField(label=pgettext_lazy("plan", "Then every (m)"), low=0)
    side = forms.ChoiceField(label=pgettext_lazy("plan", "Side"), choices=SIDES)
    backwards = forms.BooleanField(label=pgettext_lazy("plan", "From the end"), required=False)


TABLES: dict[str, Any] = {
    "aisles": forms.formset_factory(AisleForm, extra=2, can_delete=True, absolute_max=MOST, max_num=MOST),
    "stairs": forms.formset_factory(StairsForm, extra=1, can_delete=True, absolute_max=MOST, max_num=MOST),
    "stands": forms.formset_factory(StandForm, extra=1, can_delete=True, absolute_max=MOST, max_num=MOST),
    "racks": forms.formset_factory(RackForm, extra=0, absolute_max=MOST, max_num=MOST),
}


class PlanForms:
    """The four tables together: what was saved, or what was typed."""

    def __init__(self, plan: Mapping[str, Any], aisles: list[Aisle], data: Any = None) -> None:
        known = {one["place"]: one for one in plan["racks"]}
        blank = {"passage": "", "first": 100, "pitch": 100, "side": "both", "backwards": False}
        racks = [{"place": one.place.code, **blank, **known.get(one.place.code, {})} for one in aisles]
        rows = {**plan, "racks": racks}
        self.tables = {key: made(data, prefix=key, initial=rows[key]) for key, made in TABLES.items()}
        self.aisles = {one.place.code: one for one in aisles}

    @property
    def racks(self) -> list[tuple[Any, Aisle | None]]:
        """Each with its aisle; None for one that is no longer there."""
        return [(form, self.aisles.get(form["place"].value())) for form in self.tables["racks"]]

    def is_valid(self) -> bool:
        wrong = [key for key, table in self.tables.items() if not table.is_valid()]  # each says what is wrong
        return self._names_differ() and not wrong

    def _names_differ(self) -> bool:
        taken: set[str] = set()
        is_right = True
        for key in ("aisles", "stairs"):
            for form in self.tables[key]:
                name = getattr(form, "cleaned_data", {}).get("name")
                if name and not form.cleaned_data.get("DELETE"):
                    if name in taken:
                        form.add_error("name", _("Another row has this name."))
                        is_right = False
                    taken.add(name)
        return is_right

    def plan(self) -> dict[str, list[dict[str, Any]]]:
        """What was typed; call it on valid forms."""
        made: dict[str, list[dict[str, Any]]] = {}
        for key in ("aisles", "stairs", "stands"):
            rows = [form.cleaned_data for form in self.tables[key] if form.cleaned_data.get("name")]
            made[key] = [
                {name: value for name, value in row.items() if name != "DELETE"} for row in rows if not row["DELETE"]
            ]
        rows = [form.cleaned_data for form in self.tables["racks"]]
        made["racks"] = [dict(row) for row in rows if row.get("passage") and row["place"] in self.aisles]
        return made
