"""What a flattened template is made of (rebond.core.flatten): fixed text, plain values, quick look-ups."""

from typing import Any

from django.template.base import Node, Variable, VariableNode
from django.template.base import render_value_in_context as in_context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from rebond.core.escaping import escape

_MISSING = object()


class Frozen(Node):
    """Nodes without any variable: one text for each language."""

    child_nodelists = ()

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.texts: dict[tuple[str | None, bool], SafeString] = {}

    def render(self, context: Any) -> SafeString:
        key = (get_language(), context.autoescape)
        found = self.texts.get(key)
        if found is None:
            found = self.texts[key] = SafeString("".join([str(n.render_annotated(context)) for n in self.nodes]))
        return found

    render_annotated = render


class Value(VariableNode):
    """`{{ value }}`: plain text needs no local time and no local number."""

    def render(self, context: Any) -> str:
        try:
            output = self.filter_expression.resolve(context)
        except UnicodeDecodeError:
            return ""
        kind = type(output)
        if kind is SafeString:
            return output  # type: ignore[no-any-return]
        if kind is str:
            return escape(output) if context.autoescape else output
        return str(in_context(output, context))


class QuickVariable(Variable):
    """Looks up without an exception for each attribute; whatever is unusual goes Django's own way."""

    __slots__ = ()

    lookups: tuple[str, ...]

    def _resolve_lookup(self, context: Any) -> Any:
        current = context.get(self.lookups[0], _MISSING)
        if current is _MISSING or callable(current):
            return super()._resolve_lookup(context)  # type: ignore[misc]
        for bit in self.lookups[1:]:
            kind = type(current)
            if kind is dict:
                current = current.get(bit, _MISSING)
            elif hasattr(kind, "__getitem__"):
                return super()._resolve_lookup(context)  # type: ignore[misc]
            else:
                try:
                    current = getattr(current, bit, _MISSING)
                except Exception:  # noqa: BLE001 -- a property failed: Django decides whether it is silent
                    current = _MISSING
            if current is _MISSING or callable(current):
                return super()._resolve_lookup(context)  # type: ignore[misc]
        return current
