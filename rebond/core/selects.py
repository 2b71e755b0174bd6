"""`<select>` written as a string, the same as Django's template to the byte: a list of categories has 150 options."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

SELECT = "django/forms/widgets/select.html"
_OPTION = "django/forms/widgets/select_option.html"


KEPT = 200  # drawings of one field: languages, chosen values


def kept_choices[F: Callable[[], list[Any]]](version: Callable[[], object]) -> Callable[[F], F]:
    """Make a function of choices work once for each language and `version` (what the choices are made from)."""

    def keep(function: F) -> F:
        kept: dict[str | None, tuple[object, list[Any]]] = {}

        @wraps(function)
        def choices() -> list[Any]:
            now, language = version(), get_language()
            found = kept.get(language)
            if found is None or found[0] is not now:
                found = kept[language] = (now, function())
            return found[1]

        return choices  # type: ignore[return-value]

    return keep


class KeptSelect(forms.Select):
    """A list whose choices are the same for everybody: drawn once for each chosen value and language.

    `version` gives what the choices are made from (the tree of categories): another object, another drawing.
    """

    def __init__(self, attrs: Any = None, choices: Any = (), *, version: Callable[[], object] | None = None) -> None:
        super().__init__(attrs, choices)
        self.version = version
        self.kept: dict[tuple[Any, ...], tuple[object, SafeString]] = {}  # shared by the copies of each form

    def render(self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None) -> SafeString:
        version = self.version() if self.version else None
        given = tuple(sorted((key, str(text)) for key, text in {**self.attrs, **(attrs or {})}.items()))
        key = (name, str(value), given, get_language())
        found = self.kept.get(key)
        if found is None or found[0] is not version:
            if len(self.kept) >= KEPT:
                self.kept.clear()
            found = self.kept[key] = (version, super().render(name, value, dict(attrs or {}), renderer))
        return found[1]


def select_html(widget: dict[str, Any]) -> str | None:
    """The widget's HTML, or None where an option has a template of its own."""
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        for option in options:
            if option["template_name"] != _OPTION:
                return None
            value, label = conditional_escape(str(option["value"])), conditional_escape(option["label"])
            parts.append(f'\n  <option value="{value}"{_attributes(option["attrs"])}>{label}</option>\n')
        if group:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>\n")
    return "".join(parts)


def _attributes(attrs: dict[str, Any]) -> str:
    found = []
    for name, value in attrs.items():
        if value is True:
            found.append(f" {conditional_escape(name)}")
        elif value is not False:
            found.append(f' {conditional_escape(name)}="{conditional_escape(str(value))}"')
    return "".join(found)
