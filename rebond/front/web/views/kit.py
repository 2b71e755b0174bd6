"""Every component of the kit in each of its states: for those who build pages, in debug and demonstration only."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rebond.core.access import public
from rebond.core.charts import Chart, Point
from rebond.core.forms import CentsField, GramsField

MONTHS = ((92, 88), (98, 90), (110, 97), (104, 101), (118, 104), (121, 112), (96, 90), (84, 82), (132, 120), (148, 131))


class SampleForm(forms.Form):
    title = forms.CharField(label=_("Title of the listing"), help_text=_("The name of the object, then its material."))
    price = CentsField(label=_("Price"))
    weight = GramsField(label=_("Weight"))
    state = forms.ChoiceField(label=_("Condition"), choices=[("good", _("Good")), ("new", _("New"))])
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput)
    told = forms.BooleanField(label=_("Tell me"), required=False)


def _charts() -> dict[str, Chart]:
    days = [datetime.date(2026, n, 1) for n in range(1, 11)]
    tonnes = [Point(f"{d:%m/%Y}", a, b, f"{d:%m}") for d, (a, b) in zip(days, MONTHS, strict=True)]
    hours = [
        Point(f"{d:%m/%Y}", Decimal(n * 6) / 10, Decimal(n * 6) / 10 + 1, f"{d:%m}") for n, d in enumerate(days, 1)
    ]
    prices = [Point(_("12 October"), 2800), Point(_("16 November"), 2500)]
    example = _("Example")
    return {
        "bars": Chart(
            _("October passes last year"),
            _("Tonnes a month"),
            _("From 92 in January to 148 in October."),
            tonnes,
            "2026",
            "2025",
            _("Month"),
            now=9,
            now_label=_("This month"),
        ),
        "line": Chart(
            _("Hours follow the aim"),
            example,
            _("6 in October, for an aim of 7."),
            hours,
            _("Hours"),
            _("Aim"),
            _("Month"),
        ),
        "step": Chart(
            _("A price lowered once"), _("Euros"), _("28 euros, then 25 euros."), prices, _("Price"), writes="cents"
        ),
    }


@public
@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    now = timezone.now()
    wrong = SampleForm({"title": "", "price": "vingt", "weight": "4,2", "state": "good", "password": ""})
    context: dict[str, Any] = {
        "form": SampleForm(initial={"title": "Chaise en hêtre", "price": 2500, "weight": 4200}),
        "wrong": wrong,
        "steps": [_("What"), _("Condition"), _("Price"), _("Read again")],
        "journey": [
            {"icon": "gift", "tint": "sable", "title": _("Given"), "text": "2 octobre"},
            {"icon": "wrench", "tint": "rose", "title": _("Repaired"), "text": "Joseph"},
            {"icon": "camera", "tint": "peche", "title": _("Photographed"), "text": "Awa"},
            {"icon": "pencil-line", "tint": "ciel", "title": _("Written"), "text": "Léa"},
        ],
        "entries": [
            {"text": _("Paid."), "at": now - datetime.timedelta(days=1), "state": "done"},
            {"text": _("Ready."), "at": now, "state": "now"},
            {"text": _("Taken away")},
        ],
        "parts": [
            {"n": 60, "label": _("Sellers"), "color": "blue"},
            {"n": 20, "label": _("Transport"), "color": "blue", "pattern": "hatch"},
            {"n": 12, "label": _("Network"), "color": "sun"},
            {"n": 8, "label": _("Payment"), "pattern": "dots"},
        ],
        "tints": ["sable", "ciel", "rose", "anis", "lilas", "menthe", "peche"],
        "charts": _charts(),
    }
    return render(request, "front/kit.html", context)
