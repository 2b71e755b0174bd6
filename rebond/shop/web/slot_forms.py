"""Forms of appointments: the buyer's choice, the openings of a place."""

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.catalogue.enums import DeliveryMode
from rebond.network.models import Site
from rebond.shop.models import Agenda
from rebond.shop.queries.checkout import ParcelWays, ShownWay
from rebond.shop.queries.slots import Offer, SlotDay
from rebond.shop.slot_enums import SlotLength

ZONE = re.compile(r"\d{2,5}$")
OPENINGS = (1, 2)  # of a day: the morning and the afternoon


def offer_named(days: Iterable[SlotDay], key: str) -> Offer | None:
    return next((offer for day in days for offer in day.offers if offer.key == key), None)


def chosen_offer(way: ShownWay, data: Mapping[str, Any]) -> Offer | None:
    """The slot of a way, from a form that was checked; None where none is chosen for it."""
    return offer_named(way.days, data.get(way.slot_field, "")) if way.slot_field else None


def _why(key: str) -> str:
    if key:
        return _("Somebody has just taken the last place of this hour. Choose another one: the rest is still there.")
    return _("Choose a day and an hour.")


def check_slot(form: forms.Form, shown: ParcelWays, data: Mapping[str, Any]) -> None:
    """A parcel that is collected, or brought by its seller, names one of the slots that were shown."""
    way = next((way for way in shown.ways if way.mode == data.get(shown.field)), None)
    if way is None or not way.slot_field or chosen_offer(way, data) is not None:
        return
    text = _why(data.get(way.slot_field, "")) if way.days else _("Write your postal code: its days come then.")
    form.add_error(way.slot_field, text)


def say_taken(form: Any, parcels: list[ParcelWays], number: int) -> None:
    """The last place went while the form travelled: told beside the hours, with those that are left."""
    form.parcels = parcels
    shown = next(shown for shown in parcels if shown.parcel.number == number)
    mode = form.cleaned_data[shown.field]
    name = f"slot_{number}_{mode}"
    form.add_error(name if name in form.fields else shown.field, _why("taken"))


class SlotForm(forms.Form):
    """Another slot for a parcel, among `days`."""

    slot = forms.CharField(label=gettext_lazy("Appointment"), required=False, max_length=40)

    def __init__(self, *args: Any, days: list[SlotDay], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = days

    def clean_slot(self) -> Offer:
        key = self.cleaned_data["slot"]
        offer = offer_named(self.days, key)
        if offer is None:
            raise forms.ValidationError(_why(key))
        return offer


class AgendaForm(forms.Form):
    """The openings of a place: two for each day of the week at most. `agenda` is the one that is changed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    site = forms.ModelChoiceField(Site.objects.none(), label=gettext_lazy("Which place?"), empty_label=None)
    name = forms.CharField(
        label=gettext_lazy("Name of the round"),
        help_text=gettext_lazy("As the buyer reads it: Cargo bike, south of the town."),
        max_length=60,
    )
    zone = forms.CharField(
        label=gettext_lazy("Postal codes where you go"),
        help_text=gettext_lazy("Or their first digits: 47200, 472. Prices are those of your agreement."),
        max_length=2_000,
    )
    slot_min = forms.TypedChoiceField(
        label=gettext_lazy("Length of an appointment"), choices=SlotLength, coerce=int, initial=SlotLength.HALF
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("How many at once"),
        help_text=gettext_lazy("Buyers for each appointment."),
        min_value=1,
        max_value=200,
        initial=2,
    )
    lead_days = forms.IntegerField(
        label=gettext_lazy("Days to prepare an order"),
        help_text=gettext_lazy("No appointment before. 0: the same day, two hours later at the soonest."),
        min_value=0,
        max_value=30,
        initial=1,
    )
    ahead_days = forms.IntegerField(
        label=gettext_lazy("How far ahead one may choose, in days"), min_value=1, max_value=60, initial=14
    )

    def __init__(self, *args: Any, mode: str, sites: Any, agenda: Agenda | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_collected = mode == DeliveryMode.PICKUP
        for name in ("name", "zone") if is_collected else ("site", "slot_min"):
            del self.fields[name]
        if is_collected and agenda is not None:
            del self.fields["site"]
        elif is_collected:
            self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        else:
            self.fields["capacity"].help_text = _("Parcels that one round carries.")
        for weekday in WEEKDAYS:
            for n in OPENINGS:
                for end, label in (("from", pgettext_lazy("opening", "From")), ("to", pgettext_lazy("opening", "To"))):
                    self.fields[f"d{weekday}_{n}_{end}"] = forms.TimeField(
                        label=label, required=False, widget=forms.TimeInput(attrs={"type": "time", "step": 300})
                    )

    @property
    def days(self) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """By day of the week, its openings: from, to."""
        return [
            (name, [(self[f"d{weekday}_{n}_from"], self[f"d{weekday}_{n}_to"]) for n in OPENINGS])
            for weekday, name in WEEKDAYS.items()
        ]

    def clean_zone(self) -> list[str]:
        codes = sorted({code for code in re.split(r"[\s,;]+", self.cleaned_data["zone"].strip()) if code})
        if not codes or len(codes) > 300 or not all(ZONE.match(code) for code in codes):
            raise forms.ValidationError(_("Write digits, 2 to 5 for each code: 47, 82200."))
        return codes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        windows = [window for weekday in WEEKDAYS for window in self._openings(weekday, data)]
        if not windows and not self.errors:
            self.add_error(None, _("Write one opening at least."))
        return data | {"windows": windows}

    def _openings(self, weekday: int, data: Mapping[str, Any]) -> list[tuple[int, datetime.time, datetime.time]]:
        """Those of one day; what does not hold is said beside its hours."""
        found: list[tuple[int, datetime.time, datetime.time]] = []
        length = datetime.timedelta(minutes=data.get("slot_min") or 0)
        for n in OPENINGS:
            starts, ends = data.get(f"d{weekday}_{n}_from"), data.get(f"d{weekday}_{n}_to")
            if starts is None and ends is None:
                continue
            name = f"d{weekday}_{n}_to"
            if starts is None or ends is None:
                self.add_error(name, _("Write both hours, or neither."))
            elif ends <= starts:
                self.add_error(name, _("It ends before it begins."))
            elif _span(starts, ends) < length:
                self.add_error(name, _("Shorter than one appointment."))
            elif found and starts < found[-1][2]:
                self.add_error(name, _("It begins before the first one ends."))
            else:
                found.append((weekday, starts, ends))
        return found

    @property
    def fields_of_action(self) -> dict[str, Any]:
        names = ("name", "zone", "slot_min", "capacity", "lead_days", "ahead_days")
        found = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return found if "slot_min" in found else found | {"slot_min": SlotLength.WHOLE}


def _span(starts: datetime.time, ends: datetime.time) -> datetime.timedelta:
    day = datetime.date.min
    return datetime.datetime.combine(day, ends) - datetime.datetime.combine(day, starts)


def initial_of(agenda: Agenda) -> dict[str, Any]:
    """What the form shows of an agenda."""
    found: dict[str, Any] = {
        name: getattr(agenda, name) for name in ("name", "slot_min", "capacity", "lead_days", "ahead_days", "version")
    }
    found["zone"] = ", ".join(agenda.zone)
    seen: dict[int, int] = {}
    for window in agenda.windows.all():
        n = seen[window.weekday] = seen.get(window.weekday, 0) + 1
        found[f"d{window.weekday}_{n}_from"] = window.starts.strftime("%H:%M")
        found[f"d{window.weekday}_{n}_to"] = window.ends.strftime("%H:%M")
    return found
