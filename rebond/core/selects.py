"""`<select>` written as a string, the same as Django's template to the byte: a list of categories has 150 options."""

from typing import Any

from django.utils.html import conditional_escape

SELECT = "django/forms/widgets/select.html"
_OPTION = "django/forms/widgets/select_option.html"


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
