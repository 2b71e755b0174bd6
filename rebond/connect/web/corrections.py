"""The form of the report: a new value beside each wrong one, for one line or for all that say the same."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import Condition, DeliveryMode, Origin
from rebond.connect.fields import FIELDS
from rebond.connect.models import ImportRun
from rebond.connect.parsers import FieldError
from rebond.connect.phrases import reason

NEEDED = frozenset({"title", "price", "sale_price", "currency"})
LISTS: dict[str, Any] = {"condition": Condition, "origin": Origin, "delivery_modes": DeliveryMode}


class NewValue(forms.CharField):
    """A value that the column's own field understands."""

    def __init__(self, *, key: str, **kwargs: Any) -> None:
        attrs = {"class": "input input--sm", "autocomplete": "off", "maxlength": 2_000}
        if key in LISTS:
            attrs["list"] = f"list-{key}"
        super().__init__(required=False, max_length=2_000, widget=forms.TextInput(attrs=attrs), **kwargs)
        self.key = key

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text or self.key not in FIELDS:
            return text
        try:
            FIELDS[self.key].parse(text)
        except FieldError as error:
            raise forms.ValidationError(reason(error.code, error.params), code=error.code) from None
        return text


class CorrectionsForm(forms.Form):
    """`all-TOKEN`: for every line of a group; `TOKEN-LINE`: for one; `empty-TOKEN`: all are left empty."""

    def __init__(self, data: Any = None, *, run: ImportRun, groups: list[dict[str, Any]]) -> None:
        super().__init__(data)
        self.run, self.groups = run, groups
        for group in groups:
            token, key, column = group["token"], group["field"], group["column"]
            if group["is_whole"]:
                label = _("%(column)s: for all lines that say so") % {"column": column}
                self.fields[f"all-{token}"] = NewValue(key=key, label=label)
            for line in group["lines"]:
                label = _("%(column)s: line %(line)s") % {"column": column, "line": line}
                self.fields[f"{token}-{line}"] = NewValue(key=key, label=label)
            if key not in NEEDED and group["value"]:
                self.fields[f"empty-{token}"] = forms.BooleanField(label=_("Leave empty"), required=False)

    def rows(self) -> dict[str, dict[str, Any]]:
        """What the table draws beside a group, by token."""
        return {group["token"]: self._row(group) for group in self.groups}

    def _row(self, group: dict[str, Any]) -> dict[str, Any]:
        token = group["token"]
        lines = [(line, self[f"{token}-{line}"]) for line in group["lines"]]
        is_single = group["count"] == 1
        return {
            "whole": self[f"all-{token}"] if group["is_whole"] else None,
            "single": lines[0][1] if is_single else None,
            "lines": [] if is_single else lines,
            "empty": self[f"empty-{token}"] if f"empty-{token}" in self.fields else None,
            "is_open": any(field.errors for _line, field in lines),
            "others": group["count"] - len(lines),
        }

    def lists(self) -> list[tuple[str, list[str]]]:
        """The words to choose from, of the fields that have some: (id, words)."""
        keys = {group["field"] for group in self.groups}
        return [(f"list-{key}", [str(label) for label in LISTS[key].labels]) for key in sorted(keys & set(LISTS))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("Write at least one new value."), code="nothing")
        return data

    def corrections(self) -> tuple[dict[tuple[int, str], tuple[str, str]], dict[tuple[str, str], str]]:
        """What `correct_values` takes: by line, then by value."""
        lines: dict[tuple[int, str], tuple[str, str]] = {}
        values: dict[tuple[str, str], str] = {}
        for group in self.groups:
            column, before = group["column"], group["value"]
            for line, after in self._lines(group):
                lines[line, column] = (before, after)
            whole = self.cleaned_data.get(f"all-{group['token']}", "")
            if whole or (group["is_whole"] and self.cleaned_data.get(f"empty-{group['token']}")):
                values[column, before] = whole
        return lines, values

    def _lines(self, group: dict[str, Any]) -> Iterator[tuple[int, str]]:
        is_emptied = not group["is_whole"] and self.cleaned_data.get(f"empty-{group['token']}")
        for line in group["lines"]:
            after = self.cleaned_data.get(f"{group['token']}-{line}", "")
            if after or is_emptied:
                yield line, after


def attach(groups: list[dict[str, Any]], form: CorrectionsForm | None) -> list[dict[str, Any]]:
    """The groups of the report, each with what corrects it (`fix`), None where no value can."""
    fixes = {}
    if form is not None:
        rows = form.rows()
        fixes = {key_of(group): rows[group["token"]] for group in form.groups}
    return [{**group, "fix": fixes.get(key_of(group))} for group in groups]


def key_of(group: dict[str, Any]) -> tuple[str, ...]:
    return group["column"], group["value"], group["code"], group["reason"]
