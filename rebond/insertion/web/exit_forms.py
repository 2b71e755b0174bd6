"""What counsellors write about exits, and the coordinator about their reasons."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import DayInput, WordsField
from rebond.insertion.actions.exit import LONGEST, Told
from rebond.insertion.enums import Counting, ExitCategory, StructureKind
from rebond.insertion.exit_rules import BY_HOURS, BY_TIME
from rebond.insertion.models import Exit, ExitReason
from rebond.insertion.queries.reasons import reasons_on

OFF = {"autocomplete": "off"}
HOURS = {"autocomplete": "off", "inputmode": "decimal"}


class ReasonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Under the category that each counts for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=ExitReason.objects.none(), to_field_name="public_id", **kwargs)

    def of_day(self, day: datetime.date, kept: ExitReason | None) -> None:
        """Those of that day, and the one that is written already."""
        rows = list(reasons_on(day).order_by("label"))
        if kept is not None and kept not in rows:
            rows.append(kept)
        self.queryset = ExitReason.objects.filter(pk__in=[row.pk for row in rows])
        groups = [
            (one.label, [(row.public_id, row.label) for row in rows if row.category == one]) for one in ExitCategory
        ]
        self.choices = [("", "—"), *(group for group in groups if group[1])]


class ExitForm(forms.Form):
    """The questions that the kind of structure asks; a permanent insertion contract says its kind."""

    left_on = forms.DateField(label=_("Last day"), widget=DayInput())
    reason = ReasonField(label=_("Reason of the exit"), help_text=_("The table is the network’s: its category counts."))
    kind = forms.ChoiceField(label=_("Kind of structure"), choices=StructureKind.choices)
    hours_in_year = forms.DecimalField(
        label=_("Hours in the year of the exit"),
        help_text=_("From 1 January of that year to the last day. The exit counts from one hour on."),
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        widget=forms.TextInput(attrs=HOURS),
        localize=True,
    )
    hours_in_all = forms.DecimalField(
        label=_("Hours in all"),
        help_text=_("All those of their contracts with you. The exit counts from 150 hours on."),
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        widget=forms.TextInput(attrs=HOURS),
        localize=True,
    )
    employer = WordsField(
        label=_("Employer or school that takes them"),
        required=False,
        max_length=LONGEST["employer"],
        widget=forms.TextInput(attrs=OFF),
    )
    note = WordsField(
        label=pgettext_lazy("exit", "Note"),
        help_text=_("In words that the person can read: they read all of it."),
        required=False,
        max_length=LONGEST["note"],
        widget=forms.Textarea(attrs=OFF | {"rows": 3}),
    )

    def __init__(self, data: Any = None, *, kind: str, may_choose: bool, kept: Exit | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        day = parse_date(str((data or {}).get("left_on", ""))) if data else None
        day = day or self.initial.get("left_on") or timezone.localdate()
        self.fields["reason"].of_day(day, kept.reason if kept else None)  # type: ignore[attr-defined]
        if may_choose:
            return
        del self.fields["kind"]
        for name, kinds in (("hours_in_year", BY_TIME), ("hours_in_all", BY_HOURS)):
            self.fields[name].required = True
            if kind not in kinds:
                del self.fields[name]

    @property
    def told(self) -> Told:
        return Told(**{name: said for name, said in self.cleaned_data.items() if name != "why"})


class CorrectForm(ExitForm):
    why = WordsField(
        label=pgettext_lazy("exit", "What was wrong"),
        max_length=LONGEST["why"],
        help_text=_("It stays beside what was written before."),
        widget=forms.TextInput(attrs=OFF),
    )


class ReasonForm(forms.Form):
    label = WordsField(label=pgettext_lazy("reason", "Words"), max_length=120, widget=forms.TextInput(attrs=OFF))
    category = forms.ChoiceField(label=_("Counts as"), choices=ExitCategory.choices)
    valid_from = forms.DateField(
        label=pgettext_lazy("reason", "From"),
        help_text=_("Exits that are written keep the category they had."),
        widget=DayInput(),
    )


class CloseForm(forms.Form):
    valid_to = forms.DateField(label=_("Last day"), widget=DayInput())


class ExitsForm(forms.Form):
    """The period of a list, and what is shown of it."""

    du = forms.DateField(label=pgettext_lazy("day", "From"), required=False, widget=DayInput())
    au = forms.DateField(label=pgettext_lazy("day", "To"), required=False, widget=DayInput())
    categorie = forms.ChoiceField(
        label=pgettext_lazy("exit", "Category"),
        required=False,
        choices=[("", pgettext_lazy("exit", "All")), *ExitCategory.choices],
    )
    compte = forms.ChoiceField(
        label=pgettext_lazy("exit", "Counting"),
        required=False,
        choices=[("", pgettext_lazy("exit", "All")), *Counting.choices],
    )
