"""Forms of the desk: places in bulk, boxes, one place, where an object goes."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.catalogue.models import Category
from rebond.catalogue.queries import categories
from rebond.core.forms import CentsField, DayInput
from rebond.network.models import Site
from rebond.warehouse.actions.places import Plan
from rebond.warehouse.enums import CONTAINERS, MarkdownEnd, MarkdownMode, PlaceKind, WaveSize
from rebond.warehouse.models.wave import MIXED
from rebond.warehouse.queries.waves import next_departure
from rebond.warehouse.queries.zones import Waits

NAME = re.compile(r"^[A-Z0-9]{1,4}$")
AISLES = re.compile(r"^([A-Z]|\d{1,2})\s*(?:-|–|à|\.\.)\s*([A-Z]|\d{1,2})$")
MOST_AISLES = 100
SLOTS, USUAL_SLOTS = {WaveSize.SMALL.value: 16, WaveSize.BULKY.value: 2}, 8  # of the cart for each size of parcels


def read_aisles(text: str) -> tuple[str, ...]:
    """`A-D`, `1-12` or `A, B, livres`: names of one to four letters or figures; raise ValidationError."""
    text = text.strip().upper()
    found = AISLES.match(text)
    names: list[str]
    if found is not None:
        first, last = found.groups()
        if first.isdigit() != last.isdigit():
            raise ValidationError(_("Write two letters or two numbers, such as A-D."))
        start, end = (int(first), int(last)) if first.isdigit() else (ord(first), ord(last))
        names = [f"{n:02}" if first.isdigit() else chr(n) for n in range(start, end + 1)]
    else:
        names = [part.strip() for part in text.split(",") if part.strip()]
    if not names or len(names) > MOST_AISLES or not all(NAME.match(name) for name in names):
        raise ValidationError(_("Write aisles such as A-D, or A, B, C (four signs each at most)."))
    return tuple(dict.fromkeys(names))


class PlacesForm(forms.Form):
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    zone = forms.CharField(
        label=pgettext_lazy("place", "Zone"),
        max_length=4,
        required=False,
        help_text=_("Short, such as R for the reserve. Leave it empty where there is only one."),
    )
    aisles = forms.CharField(
        label=pgettext_lazy("place", "Aisles"), max_length=200, help_text=_("From one to another: A-D or 1-12.")
    )
    bays = forms.IntegerField(label=_("Bays in each aisle"), min_value=1, max_value=200, initial=10)
    levels = forms.IntegerField(label=_("Levels in each bay"), min_value=1, max_value=20, initial=5)
    bins = forms.IntegerField(
        label=_("Bins on each level"), min_value=0, max_value=50, initial=0, help_text=_("0 where things stand freely.")
    )
    capacity = forms.IntegerField(
        label=_("Objects that fit in each"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("Empty: nobody counts, and the place is never full."),
    )
    goods = forms.ModelChoiceField(
        label=_("Kept for"), queryset=Category.objects.none(), required=False, empty_label=_("All sorts of goods")
    )

    def __init__(self, *args: Any, organisation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = organisation.sites.order_by("name")  # type: ignore[attr-defined]
        self.fields["goods"].queryset = kept_for()  # type: ignore[attr-defined]

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"]).strip().upper()
        if zone and not NAME.match(zone):
            raise ValidationError(_("One to four letters or figures."))
        return zone

    def clean_aisles(self) -> tuple[str, ...]:
        return read_aisles(self.cleaned_data["aisles"])

    def plan(self) -> Plan:
        """What the valid form asks for."""
        data = self.cleaned_data
        goods = data["goods"].key if data["goods"] else ""
        return Plan(
            data["zone"], data["aisles"], data["bays"], data["levels"], data["bins"] or 0, data["capacity"], goods
        )


def kept_for() -> Any:
    """The first two levels of the categories: finer sorts are not told apart on a shelf."""
    tree = categories.tree()
    keys = [pk for pk, node in tree.by_pk.items() if len(tree.ancestors(node)) <= 2]
    return Category.objects.filter(pk__in=keys).order_by("name")


class BoxesForm(forms.Form):
    box_site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    box_kind = forms.ChoiceField(
        label=_("Boxes or trolleys"), choices=[(kind.value, kind.label) for kind in PlaceKind if kind in CONTAINERS]
    )
    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=500, initial=10)

    def __init__(self, *args: Any, organisation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["box_site"].queryset = organisation.sites.order_by("name")  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    capacity = forms.IntegerField(label=_("Objects that fit"), min_value=1, max_value=100_000, required=False)
    goods = forms.ModelChoiceField(
        label=_("Kept for"), queryset=Category.objects.none(), required=False, empty_label=_("All sorts of goods")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goods"].queryset = kept_for()  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    place = forms.CharField(
        label=_("New place"), max_length=80, help_text=_("What its label says: A-03-2, or its code.")
    )


class CountForm(forms.Form):
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    place = forms.CharField(
        label=_("What to count"), max_length=80, help_text=_("An aisle, a bay or one place: A, A-03, A-03-2.")
    )

    def __init__(self, *args: Any, organisation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = organisation.sites.order_by("-is_main", "name")  # type: ignore[attr-defined]


class TransportForm(forms.Form):
    from_site = forms.ModelChoiceField(label=_("Leaves from"), queryset=Site.objects.none(), empty_label=None)
    to_site = forms.ModelChoiceField(label=pgettext_lazy("transport", "Goes to"), queryset=Site.objects.none())
    planned_on = forms.DateField(
        label=pgettext_lazy("transport", "On"),
        widget=DayInput(),
        initial=timezone.localdate,
    )
    driver = forms.CharField(label=_("Driver"), max_length=80, required=False)
    vehicle = forms.CharField(
        label=_("Vehicle"), max_length=40, required=False, help_text=_("Its plate, or what people call it.")
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, organisation: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_site", "to_site"):
            self.fields[name].queryset = organisation.sites.order_by("-is_main", "name")  # type: ignore[attr-defined]


def zone_words(one: Waits) -> str:
    """A zone as people say it, with how many parcels wait in it."""
    if one.zone is None:
        return str(_("Several zones"))
    return f"{one.zone.get_kind_display()} {one.zone.label} ({one.number})"


class WaveForm(forms.Form):
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none(), empty_label=None)
    leave_by = forms.DateTimeField(
        label=_("What leaves by"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=_("All parcels of this departure and of those before, 500 at most."),
    )
    size = forms.ChoiceField(
        label=pgettext_lazy("wave", "Size of the parcels"),
        required=False,
        choices=[("", _("All sizes")), *WaveSize.choices],
        help_text=_("What nobody measured is in no other size’s wave: choose “Not measured” for it."),
    )
    slots = forms.IntegerField(
        label=_("Slots on a cart"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("One parcel in each. Empty: 16 for small parcels, 2 for bulky ones, 8 for the others."),
    )
    weight_kg = forms.IntegerField(
        label=_("Kilograms on a cart, at most"), min_value=1, max_value=1000, required=False, initial=25
    )

    zone = forms.ChoiceField(
        label=pgettext_lazy("wave", "Where"),
        required=False,
        help_text=_("A parcel with objects in two zones is in no zone’s wave: choose “Several zones” for those."),
    )

    def __init__(self, *args: Any, organisation: Any, waits: Sequence[Waits] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = organisation.sites.order_by("-is_main", "name")
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        self.fields["leave_by"].initial = next_departure(organisation)
        self._waits = {one.key: one for one in waits if one.zone is not None}
        choices = [("", _("The whole site")), *((key, zone_words(one)) for key, one in self._waits.items())]
        self.fields["zone"].choices = [*choices, (MIXED, _("Several zones"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found = self._waits.get(data.get("zone", ""))
        if found is not None and data.get("site") is not None and found.site_id != data["site"].pk:
            self.add_error("zone", _("This zone is of another site."))
        elif found is not None:
            data["zone"] = found.zone
        if "slots" in data and data["slots"] is None:
            data["slots"] = SLOTS.get(data.get("size", ""), USUAL_SLOTS)
        kilograms = data.pop("weight_kg", None)
        return {**data, "weight_g": kilograms * 1000 if kilograms else None}


class MarkdownForm(forms.Form):
    category = forms.ModelChoiceField(
        label=_("Which goods"), queryset=Category.objects.none(), required=False, empty_label=_("All goods")
    )
    after_days = forms.IntegerField(label=_("Days on sale before the first reduction"), min_value=30, initial=60)
    percent = forms.IntegerField(label=_("Reduction, in percent"), min_value=1, max_value=90, initial=20)
    cuts = forms.IntegerField(label=_("How many reductions at most"), min_value=0, max_value=5, initial=2)
    every_days = forms.IntegerField(
        label=_("Days between two reductions"),
        min_value=30,
        initial=30,
        help_text=_("30 at least: the law compares with the lowest price of the 30 days before."),
    )
    floor_cents = CentsField(label=_("Never below"), min_cents=1, initial="2,00")
    end = forms.ChoiceField(label=_("Then"), choices=MarkdownEnd.choices)
    end_days = forms.IntegerField(label=_("After so many days on sale"), min_value=30, max_value=3650, required=False)
    mode = forms.ChoiceField(label=_("Each night"), choices=MarkdownMode.choices)
    agreed_with = forms.CharField(label=_("Agreed with"), max_length=80)
    agreed_on = forms.DateField(
        label=_("Agreed on"),
        widget=DayInput(),
        initial=timezone.localdate,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = kept_for()  # type: ignore[attr-defined]
