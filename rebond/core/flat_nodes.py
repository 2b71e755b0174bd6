"""What a flattened template is made of (rebond.core.flatten): fixed text, plain values, quick look-ups."""

from typing import Any

from django.template.base import Node, TextNode, Variable, VariableNode
from django.template.base import render_value_in_context as in_context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode
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


class QuickExtends(ExtendsNode):
    """`{% extends "a name" %}`: the parent and its blocks are looked for once, not at each rendering."""

    found: tuple[Any, dict[str, BlockNode]] | None = None

    def render(self, context: Any) -> Any:
        expression: Any = self.parent_name
        history = context.render_context.setdefault(self.context_key, [self.origin])
        if any(origin.template_name == expression.var for origin in history):  # another template of a name already used
            return super().render(context)
        if self.found is None:
            found: Any = self.get_parent(context)  # notes it in the history
            self.found = (found, _root_blocks(found))
        else:
            history.append(self.found[0].origin)
        parent, blocks = self.found
        block_context = context.render_context.get(BLOCK_CONTEXT_KEY)
        if block_context is None:
            block_context = context.render_context[BLOCK_CONTEXT_KEY] = BlockContext()
        block_context.add_blocks(self.blocks)
        block_context.add_blocks(blocks)
        with context.render_context.push_state(parent, isolated_context=False):
            return parent._render(context)  # noqa: SLF001 -- as Django does


def _root_blocks(parent: Any) -> dict[str, BlockNode]:
    """The blocks of a template that extends none: its children's blocks come before them."""
    first = next((node for node in parent.nodelist if not isinstance(node, TextNode)), None)
    if first is None or isinstance(first, ExtendsNode):
        return {}
    return {node.name: node for node in parent.nodelist.get_nodes_by_type(BlockNode)}
