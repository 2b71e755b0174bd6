"""Fields in French form, and how an invalid form is shown (ui.md, section 5)."""

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from rebond.core.money import parse_cents, split_cents
from rebond.core.selects import SELECT, select_html
from rebond.core.signs import seen
from rebond.core.weights import parse_grams

NBSP = "\u00a0"
# The kit's tints (ui.md, section 2), for the forms that choose one.
TINTS = (
    ("ciel", _("Sky")),
    ("menthe", _("Mint")),
    ("anis", _("Anise")),
    ("peche", _("Peach")),
    ("rose", _("Rose")),
    ("lilas", _("Lilac")),
    ("sable", _("Sand")),
)
type Errors = type[Exception] | tuple[type[Exception], ...]


def bind_errors(form: forms.Form, call: Callable[[], Any], errors: Errors) -> Any:
    """Run an action; its refusal becomes an error of the form (on its field where it names one). None then."""
    try:
        return call()
    except errors as refused:
        field = getattr(refused, "field", None)
        form.add_error(field if field in form.fields else None, str(refused))
        return None


class WordsField(forms.CharField):
    """What people write and papers print: signs that nobody sees, which break the file in a paper, are left out."""

    def to_python(self, value: Any) -> Any:
        text = seen(value) if isinstance(value, str) else value
        return super().to_python(text)


class DayInput(forms.DateInput):
    """A day, by the browser's own calendar, whatever the language."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class CentsField(forms.Field):
    """An amount of money: `25`, `25,50`, `25.50 €` → cents."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Write an amount such as 25 or 25.50."),
        "min": _("The smallest amount is %(limit)s."),
        "max": _("The largest amount is %(limit)s."),
    }

    def __init__(self, *, min_cents: int = 0, max_cents: int = 100_000_000, **kwargs: Any) -> None:
        self.min_cents, self.max_cents = min_cents, max_cents
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return parse_cents(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        for code, wrong, limit in (
            ("min", value < self.min_cents, self.min_cents),
            ("max", value > self.max_cents, self.max_cents),
        ):
            if wrong:
                whole, rest = split_cents(limit)
                raise ValidationError(self.error_messages[code], code=code, params={"limit": f"{whole},{rest}{NBSP}€"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            whole, rest = split_cents(value)
            return f"{whole},{rest}"
        return value


class GramsField(forms.Field):
    """A weight: `1,2`, `1,2 kg`, `350 g` → grams."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Write a weight such as 1.2 kg or 350 g."),
        "max": _("This weight is above 2,000 kg: check it."),
    }

    def __init__(self, *, max_g: int = 2_000_000, **kwargs: Any) -> None:
        self.max_g = max_g
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            grams = parse_grams(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if grams > self.max_g:
            raise ValidationError(self.error_messages["max"], code="max")
        return grams

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return f"{value}{NBSP}g" if value < 1000 else f"{value / 1000:g}".replace(".", ",") + f"{NBSP}kg"
        return value


class CentimetresField(forms.DecimalField):
    """Centimetres as people measure them (`42`, `42,5`), kept as whole millimetres."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=0, max_value=2_000, decimal_places=1, max_digits=5, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace(",", ".").removesuffix("cm").strip()
        return super().to_python(value)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return None if not found else int(found * 10)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return f"{value / 10:g}".replace(".", ",")
        return value


def count_chosen(form: forms.BaseForm, *, but: Collection[str] = ("q", "tri")) -> int:
    """How many filters of a valid or partly valid GET form are set: the number on the button that opens them."""
    return sum(1 for name, value in form.cleaned_data.items() if value not in ("", None) and name not in but)


class Renderer(DjangoTemplates):
    """Forms drawn as the kit asks: label, hint, control, error; a summary of errors on top."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"

    def get_template(self, template_name: str) -> Any:
        return get_template(template_name) if template_name.startswith("ui/") else super().get_template(template_name)

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """A choice list without a template: a list of categories took half of its page."""
        drawn = select_html(context["widget"]) if template_name == SELECT else None
        return mark_safe(drawn.strip()) if drawn is not None else super().render(template_name, context, request)
