"""Templates made flat when they are loaded: what does not depend on the page is rendered once per language.

A page of the shop is some 170 words, pictograms and addresses that never change, between a few values that
do. Runs of such nodes become one node that keeps their text; an include by a constant name is put in its
place; a value that is plain text skips what dates and numbers need. The output is the same to the byte.
With `DEBUG` nothing is touched: the error page then shows the lines as they were written.
"""

import threading
from collections.abc import Iterable
from typing import Any

from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable, VariableNode
from django.template.defaulttags import (
    CommentNode,
    CycleNode,
    IfChangedNode,
    LoadNode,
    PartialDefNode,
    PartialNode,
    ResetCycleNode,
    URLNode,
)
from django.template.exceptions import TemplateDoesNotExist
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders import cached
from django.template.smartif import TokenBase
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode

from rebond.core.compiled import CompiledList
from rebond.core.flat_nodes import Frozen, QuickExtends, QuickVariable, Value

# An include of a template with one of these stays an include: their state belongs to a template.
STATEFUL = (BlockNode, ExtendsNode, CycleNode, ResetCycleNode, IfChangedNode, PartialDefNode, PartialNode)
CONSTANT_TAGS = frozenset({"icon", "in_french"})  # simple tags whose text depends on arguments and language alone


class Loader(cached.Loader):
    """The cached loader, its templates flattened once."""

    def __init__(self, engine: Any, loaders: list[Any]) -> None:
        super().__init__(engine, loaders)
        self.lock = threading.RLock()  # held by the thread that flattens: nobody renders a half-made template

    def get_template(self, template_name: str, skip: Any = None) -> Any:
        template = self.get_template_cache.get(template_name) if skip is None else None
        if getattr(template, "is_flat", False):
            return template
        with self.lock:
            template = super().get_template(template_name, skip)
            if not self.engine.debug and not hasattr(template, "is_flat"):
                template.is_flat = False  # type: ignore[attr-defined]  # being made: an include of itself stays one
                flatten(template.nodelist, self)
                template.is_flat = True  # type: ignore[attr-defined]
            return template

    def nodes_of(self, name: str) -> NodeList | None:
        """The nodes of a template that may stand in the place of its {% include %}; None where it must stay one."""
        template = self.get_template(name)
        is_fit = template.is_flat and not template.nodelist.get_nodes_by_type(STATEFUL)
        return template.nodelist if is_fit else None


def flatten(nodes: NodeList, loader: Loader) -> None:
    """Flatten in place this list and all below it."""
    if isinstance(nodes, CompiledList):
        return  # of a template that several include
    made: list[Node] = []
    run: list[Node] = []
    for node in [inner for written in nodes for inner in _spread(written, loader)]:
        if is_constant(node):
            run.append(node)
            continue
        made += _frozen(run)
        run = []
        made.append(_quickened(node, loader))
    nodes[:] = made + _frozen(run)
    nodes.__class__ = CompiledList
    nodes.find, nodes.made = loader.nodes_of, {}  # type: ignore[attr-defined]


def _frozen(run: list[Node]) -> list[Node]:
    """Silent nodes and texts cost nothing to keep as they are; anything more becomes one."""
    if not any(not isinstance(node, (TextNode, Frozen)) for node in run) and len(run) < 2:
        return run
    return [Frozen(run)]


def _spread(node: Node, loader: Loader) -> list[Node]:
    """The nodes of a template included by a constant name, or the node itself."""
    if not isinstance(node, IncludeNode) or node.extra_context or node.isolated_context:
        return [node]
    name = node.template.var
    if not isinstance(name, str) or node.template.filters or name.startswith("."):
        return [node]
    try:
        nodes = loader.nodes_of(name)
    except TemplateDoesNotExist:
        return [node]
    if nodes is None or _sets_names(nodes):
        return [node]
    return list(nodes)


def _sets_names(nodes: NodeList) -> bool:
    """Whether a tag of the list leaves a name in the context: an include keeps it to itself."""
    names = ("asvar", "target_var", "varname", "variable", "variable_name")
    return any(getattr(node, name, None) for node in nodes.get_nodes_by_type(Node) for name in names)


def is_constant(node: Node) -> bool:
    """Whether the node's text depends on the language alone."""
    match node:
        case TextNode() | Frozen() | LoadNode() | CommentNode():
            found = True
        case TranslateNode():
            found = node.asvar is None and _is_word(node.filter_expression) and _is_literal(node.message_context)
        case BlockTranslateNode():
            parts = (node.extra_context, node.plural, node.countervar, node.asvar)
            words = not any(parts) and not node.render_token_list(node.singular)[1]
            found = words and _is_literal(node.message_context)
        case SimpleNode():
            is_known = node.func.__name__ in CONSTANT_TAGS and node.target_var is None and not node.takes_context
            found = is_known and all(map(_is_literal, [*node.args, *node.kwargs.values()]))
        case StaticNode():
            found = node.varname is None and _is_literal(node.path)
        case URLNode():
            found = not (node.args or node.kwargs or node.asvar) and _is_literal(node.view_name)
        case _:
            found = False
    return found


def _is_literal(expression: Any) -> bool:
    if expression is None:
        return True
    return isinstance(expression, FilterExpression) and not expression.is_var and not expression.filters


def _is_word(expression: FilterExpression) -> bool:
    """A word between quotes: TranslateNode holds it as a variable with a literal."""
    var = expression.var
    return isinstance(var, Variable) and var.lookups is None and not expression.filters


def _quickened(node: Node, loader: Loader) -> Node:
    """The node with its own lists flattened and its variables quick."""
    for value in vars(node).values():
        _quicken(value, loader)
    if type(node) is VariableNode:
        node.__class__ = Value
    if type(node) is ExtendsNode and _is_literal(node.parent_name):
        node.__class__ = QuickExtends
    if isinstance(node, BlockTranslateNode):
        _remember_message(node)
    return node


def _quicken(value: Any, loader: Loader) -> None:
    match value:
        case NodeList():
            flatten(value, loader)
        case FilterExpression():
            _quicken(value.var, loader)
            _quicken([arg for _, args in value.filters for is_var, arg in args if is_var], loader)
        case Variable():
            if type(value) is Variable and value.lookups is not None:
                value.__class__ = QuickVariable
        case TokenBase():  # a condition of {% if %}
            _quicken([getattr(value, name, None) for name in ("value", "first", "second")], loader)
        case list() | tuple():
            _quicken_all(value, loader)
        case dict():
            _quicken_all(value.values(), loader)


def _quicken_all(values: Iterable[Any], loader: Loader) -> None:
    for value in values:
        _quicken(value, loader)


def _remember_message(node: BlockTranslateNode) -> None:
    """The message of {% blocktranslate %} is put together at each rendering: once is enough."""
    made = {id(tokens): node.render_token_list(tokens) for tokens in (node.singular, node.plural) if tokens}

    def known(tokens: Any) -> tuple[str, list[str]]:
        message, names = made[id(tokens)]
        return message, list(names)

    node.render_token_list = known  # type: ignore[method-assign]
