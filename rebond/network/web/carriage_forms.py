"""The form of a table of delivery prices: typed line by line, or from a file."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from rebond.core.money import format_cents, parse_cents
from rebond.core.weights import format_grams, parse_grams
from rebond.network.enums import CarriageMode
from rebond.network.models import Carriage

LARGEST = 100_000
SPLIT = re.compile(r"[;\t]|\s+:\s+")
ZONE = re.compile(r"^\d{2,5}$")


def read_steps(text: str) -> list[tuple[int, int]]:
    """`500 g ; 4,90` on each line → grams and cents, the lightest first. Raise ValidationError with the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip().strip('"') for cell in SPLIT.split(line) if cell.strip()]
        if not cells or (number == 1 and not any(sign.isdigit() for sign in line)):
            continue  # an empty line, or the names of the columns
        try:
            weight, price = cells[0], cells[1]
            found.append((parse_grams(weight), parse_cents(price)))
        except (ValueError, IndexError):
            says = _("Line %(n)s: write a weight, a semicolon and a price, such as “500 g ; 4,90”.")
            raise ValidationError(says, params={"n": number}) from None
    return sorted(found)


def write_steps(steps: Any) -> str:
    return "\n".join(f"{format_exact(grams)} ; {format_cents(cents)}" for grams, cents in steps)


def format_exact(grams: int) -> str:
    """Without rounding: `1250` is `1250 g`, `2000` is `2 kg`."""
    return format_grams(grams) if grams < 1_000 or grams % 100 == 0 else f"{grams}\u00a0g"


class CarriageForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    mode = forms.ChoiceField(label=_("How it is received"), choices=CarriageMode, widget=forms.RadioSelect)
    carrier = forms.CharField(label=_("Carrier"), help_text=_("As the buyer reads it. Never express."), max_length=60)
    zone = forms.CharField(
        label=_("Postal codes served"),
        help_text=_("Their first digits, such as 47, 82200. Empty: all of metropolitan France."),
        required=False,
        max_length=2_000,
    )
    length_cm = forms.IntegerField(label=_("Longest side, in cm"), required=False, min_value=1, max_value=1_000)
    sum_cm = forms.IntegerField(label=_("Three sides added, in cm"), required=False, min_value=1, max_value=2_000)
    source = forms.CharField(
        label=_("Where these prices come from"),
        help_text=_("The contract and its date: whoever checks them next year needs it."),
        required=False,
        max_length=160,
    )
    steps = forms.CharField(
        label=_("Prices by weight"),
        help_text=_("One line for each step: up to this weight, this price. Above the last one it is not carried."),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        required=False,
        max_length=8_000,
    )
    file = forms.FileField(
        label=_("Or a file"), help_text=_("CSV: weight;price. It replaces the lines above."), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("steps", "file"):  # one of the two: neither is called optional
            vars(self.fields[name])["asked_by_choice"] = True

    def clean_zone(self) -> list[str]:
        codes = re.split(r"[\s,;]+", self.cleaned_data["zone"].strip())
        codes = sorted({code for code in codes if code})
        if len(codes) > 300 or not all(ZONE.match(code) for code in codes):
            raise ValidationError(_("Write digits, 2 to 5 for each code: 47, 82200."))
        return codes

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text = data.get("steps") or ""
        try:
            if data.get("file"):
                text = _text(data["file"])
            data["steps"] = read_steps(text)
        except ValidationError as error:
            self.add_error("steps", error)
            return data
        if not data["steps"]:
            self.add_error("steps", _("Give one price at least."))
        elif len({grams for grams, _price in data["steps"]}) < len(data["steps"]):
            self.add_error("steps", _("One weight has two prices."))
        if data.get("length_cm") and data.get("sum_cm") and data["sum_cm"] < data["length_cm"]:
            self.add_error("sum_cm", _("The three sides added are not shorter than the longest."))
        return data

    @property
    def fields_of_action(self) -> dict[str, Any]:
        data = self.cleaned_data
        sizes = {f"max_{key}_mm": data[f"{key}_cm"] * 10 if data[f"{key}_cm"] else None for key in ("length", "sum")}
        return {name: data[name] for name in ("mode", "carrier", "zone", "source")} | sizes


def _text(file: Any) -> str:
    if file.size > LARGEST:
        raise ValidationError(_("This file is too large for a table of prices."))
    raw: bytes = file.read()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def initial_of(table: Carriage | None) -> dict[str, Any]:
    if table is None:
        return {"mode": CarriageMode.RELAY}
    return {
        "version": table.version,
        "mode": table.mode,
        "carrier": table.carrier,
        "zone": ", ".join(table.zone),
        "length_cm": table.max_length_mm // 10 if table.max_length_mm else None,
        "sum_cm": table.max_sum_mm // 10 if table.max_sum_mm else None,
        "source": table.source,
        "steps": write_steps(table.steps.values_list("up_to_g", "cents")),
    }
