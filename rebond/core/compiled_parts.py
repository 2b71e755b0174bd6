"""What the functions written from templates (rebond.core.compiled) call at rendering."""

from typing import Any

from django.conf import settings
from django.template.base import VariableDoesNotExist
from django.template.base import render_value_in_context as in_context
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]

from rebond.core.escaping import escape

MISSING = object()
KINDS_KEPT = 2_000
_kinds: dict[type, bool] = {}


def step(current: Any, bit: str) -> Any:
    """`current.bit` where this is one plain look-up; else MISSING, and Django tells what it is."""
    kind = type(current)
    if kind is dict:
        found = current.get(bit, MISSING)
    else:
        is_plain = _kinds.get(kind)
        if is_plain is None:
            is_plain = _learn(kind)
        if not is_plain:
            return MISSING
        try:
            found = getattr(current, bit, MISSING)
        except Exception:  # noqa: BLE001 -- a property failed: Django decides whether it is silent
            return MISSING
    return MISSING if callable(found) else found


def _learn(kind: type) -> bool:
    """Whether `value["word"]` cannot succeed, so that only an attribute is left to look for."""
    if len(_kinds) >= KINDS_KEPT:  # classes made at run time must not stay for ever
        _kinds.clear()
    getter = getattr(kind, "__getitem__", None)
    found = _kinds[kind] = getter is None or getter in {tuple.__getitem__, list.__getitem__}
    return found


def show(value: Any, context: Any) -> str:
    """What `{{ value }}` writes for anything but a plain or a safe text."""
    if type(value) is int and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    return str(in_context(value, context))


def sized(values: Any) -> Any:
    """What {% for %} goes through."""
    if values is None:
        return []
    return values if hasattr(values, "__len__") else list(values)


def unpacked(names: tuple[str, ...], item: Any) -> dict[str, Any]:
    """The values of `{% for a, b in rows %}`; raise ValueError where their number is another."""
    try:
        number = len(item)
    except TypeError:
        number = 1
    if number != len(names):
        raise ValueError(f"Need {len(names)} values to unpack in for loop; got {number}. ")
    return dict(zip(names, item, strict=True))


def judged(condition: Any, context: Any) -> Any:
    """A condition, Django's own way."""
    try:
        return condition.eval(context)
    except VariableDoesNotExist:
        return None


def absent(key: str, context: Any) -> str:
    """What {% blocktranslate %} writes for a name that the page does not have."""
    default: str = context.template.engine.string_if_invalid
    return default % key if "%s" in default else default


HELPERS = {
    "M": MISSING,
    "SafeData": SafeData,
    "SafeString": SafeString,
    "absent": absent,
    "conditional_escape": conditional_escape,
    "escape": escape,
    "judged": judged,
    "localtime": template_localtime,
    "mark_safe": mark_safe,
    "ngettext": translation.ngettext,
    "show": show,
    "sized": sized,
    "step": step,
    "unpacked": unpacked,
}
