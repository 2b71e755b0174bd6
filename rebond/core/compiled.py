"""Flattened templates written as one Python function per list of nodes, language and escaping.

Django walks a tree of objects: each `{{ value }}` is five calls, each `{% if %}` ten. Here the tags that a page is
made of (values and their filters, if, for, with, include by name, simple tags, blocktranslate) become lines of a
function, made when the list is first rendered; a tag that is not known here is called as Django does. Whatever
is unusual at rendering (a missing name, something callable, an error in a condition) goes Django's own way for
this one expression, so the output is the same to the byte. The template stays the only source.
"""

import keyword
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.template.base import FilterExpression, NodeList, TextNode
from django.template.defaulttags import ForNode, IfNode, TemplateLiteral, WithNode
from django.template.exceptions import TemplateDoesNotExist
from django.template.library import SimpleNode
from django.template.loader_tags import IncludeNode
from django.template.smartif import OPERATORS
from django.templatetags.i18n import BlockTranslateNode
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from rebond.core.compiled_parts import HELPERS
from rebond.core.flat_nodes import Frozen, Value

Find = Callable[[str], "NodeList | None"]  # the nodes of a template that may be written in another's place


class CompiledList(NodeList):
    """A list of nodes that is rendered by its function. `find` gives the nodes of a template by its name."""

    find: Find
    made: dict[tuple[str | None, bool], Callable[[Any], SafeString]]

    def render(self, context: Any) -> SafeString:
        return self.function(context)(context)

    def function(self, context: Any) -> Callable[[Any], SafeString]:
        """What renders the list in the language and the escaping of now."""
        key = (translation.get_language(), context.autoescape)
        found = self.made.get(key)
        if found is None:
            found = self.made[key] = compile_list(self, context)
        return found


def function_of(nodes: NodeList, context: Any) -> Callable[[Any], SafeString]:
    """What renders `nodes` now; found once for a piece that is drawn many times."""
    return nodes.function(context) if isinstance(nodes, CompiledList) else nodes.render


def compile_list(nodes: CompiledList, context: Any) -> Callable[[Any], SafeString]:
    """The function that renders `nodes` in the language and the escaping of now."""
    writer = _Writer(nodes.find, context)
    writer.line("def made(context):")
    with writer.indented():
        writer.line("out = []; w = out.append; get = context.get; dicts = context.dicts")
        writer.nodes(nodes)
        writer.line('return SafeString("".join(out))')
    code = compile("\n".join(writer.lines), "<template>", "exec")
    exec(code, writer.names)  # noqa: S102 -- written from our templates' nodes: names and constants, never data
    made: Callable[[Any], SafeString] = writer.names["made"]
    return made


class _Writer:
    """Lines of one function. `bound` are the names that the innermost dictionary, `top`, surely has."""

    def __init__(self, find: Find, context: Any) -> None:
        self.find = find
        self.context = context
        self.autoescape: bool = context.autoescape
        self.lines: list[str] = []
        self.names: dict[str, Any] = dict(HELPERS)
        self.depth = 0
        self.count = 0
        self.pending: list[str] = []
        self.included: list[str] = []
        self.top = ""
        self.bound: frozenset[str] = frozenset()
        self.kinds: dict[type, Callable[[Any], None]] = {
            IfNode: self.if_node,
            ForNode: self.for_node,
            WithNode: self.with_node,
            IncludeNode: self.include_node,
            SimpleNode: self.simple_node,
            BlockTranslateNode: self.message_node,
        }

    # --- lines and names

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def indented(self) -> Iterator[None]:
        self.depth += 1
        start = len(self.lines)
        yield
        self.flush()
        if len(self.lines) == start:
            self.line("pass")
        self.depth -= 1

    def constant(self, value: Any) -> str:
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name

    def new(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def flush(self) -> None:
        text = "".join(self.pending)
        self.pending = []
        if text:
            self.line(f"w({text!r})")

    # --- nodes

    def nodes(self, nodes: Iterable[Any]) -> None:
        for node in nodes:
            if isinstance(node, TextNode):
                self.pending.append(node.s)
            elif isinstance(node, Frozen):
                self.pending.append(node.render(self.context))
            else:
                self.flush()
                self.node(node)
        self.flush()

    def node(self, node: Any) -> None:
        known = self.kinds.get(type(node))
        if known is not None:
            known(node)
        elif type(node) is Value:
            self.line(f"w({self.shown(self.value(node.filter_expression))})")
        else:
            self.other_node(node)

    def other_node(self, node: Any) -> None:
        self.line(f"w({self.constant(node.render_annotated)}(context))")

    def shown(self, name: str) -> str:
        plain = f"escape({name})" if self.autoescape else name
        return f"{name} if type({name}) is SafeString else {plain} if type({name}) is str else show({name}, context)"

    def if_node(self, node: IfNode) -> None:
        depth = self.depth
        for condition, nodes in node.conditions_nodelists:
            if condition is None:
                self.nodes(nodes)
                break
            self.line(f"if {self.condition(condition)}:")
            with self.indented():
                self.nodes(nodes)
            self.line("else:")
            self.depth += 1
        self.line("pass")
        self.depth = depth

    @contextmanager
    def scope(self, top: str, bound: Iterable[str]) -> Iterator[None]:
        """A dictionary on the context's stack, taken off whatever happens."""
        kept = (self.top, self.bound)
        self.top, self.bound = top, frozenset(bound)
        self.line(f"dicts.append({top})")
        self.line("try:")
        with self.indented():
            yield
        self.line("finally: dicts.pop()")
        self.top, self.bound = kept

    def for_node(self, node: ForNode) -> None:
        values, loop, top, index, size = self.value(node.sequence, ignore=True), *(self.new() for _ in range(4))
        self.line(f"{values} = sized({values}); {size} = len({values}); {top} = {{}}")
        self.line(f'{loop} = {{"parentloop": get("forloop", M), "length": {size}}}')
        self.line(f'if {loop}["parentloop"] is M: {loop}["parentloop"] = {{}}')
        with self.scope(top, ()):
            self.line(f"if {size} < 1:")
            with self.indented():
                self.nodes(node.nodelist_empty)
            self.line("else:")
            with self.indented():
                self.line(f'{top}["forloop"] = {loop}')
                item = self.new()
                walked = f"reversed({values})" if node.is_reversed else values
                self.line(f"for {index}, {item} in enumerate({walked}):")
                with self.indented():
                    self.turn(loop, index, size)
                    self.item(node, top, item)

    def turn(self, loop: str, index: str, size: str) -> None:
        self.line(f'{loop}["counter0"] = {index}; {loop}["counter"] = {index} + 1')
        self.line(f'{loop}["revcounter"] = {size} - {index}; {loop}["revcounter0"] = {size} - {index} - 1')
        self.line(f'{loop}["first"] = {index} == 0; {loop}["last"] = {index} == {size} - 1')

    def item(self, node: ForNode, top: str, item: str) -> None:
        names = tuple(node.loopvars)
        if len(names) > 1:
            inner = self.new()
            self.line(f"{inner} = unpacked({names!r}, {item})")
            with self.scope(inner, names):
                self.nodes(node.nodelist_loop)
            return
        self.line(f"{top}[{names[0]!r}] = {item}")
        self.top, self.bound = top, frozenset({names[0], "forloop"})
        self.nodes(node.nodelist_loop)

    def with_node(self, node: WithNode) -> None:
        top = self.values(node.extra_context)
        with self.scope(top, node.extra_context):
            self.nodes(node.nodelist)

    def values(self, given: dict[str, Any]) -> str:
        top = self.new()
        found = [f"{name!r}: {self.value(expression)}" for name, expression in given.items()]
        self.line(f"{top} = {{{', '.join(found)}}}")
        return top

    def include_node(self, node: IncludeNode) -> None:
        nodes, name = self.included_nodes(node)
        if nodes is None or name in self.included:
            self.other_node(node)
            return
        self.included.append(name)
        top = self.values(node.extra_context)
        if node.isolated_context:
            kept = self.new()
            self.line(f"{kept} = dicts")
            self.line('dicts = context.dicts = [{"True": True, "False": False, "None": None}]')
            self.line("try:")
            with self.indented(), self.scope(top, node.extra_context):
                self.nodes(nodes)
            self.line(f"finally: dicts = context.dicts = {kept}")
        else:
            with self.scope(top, node.extra_context):
                self.nodes(nodes)
        self.included.pop()

    def included_nodes(self, node: IncludeNode) -> tuple[NodeList | None, str]:
        name = node.template.var
        if not isinstance(name, str) or node.template.filters or name.startswith("."):
            return None, ""
        try:
            return self.find(name), name
        except TemplateDoesNotExist:
            return None, ""

    def simple_node(self, node: SimpleNode) -> None:
        if any(map(keyword.iskeyword, node.kwargs)):
            self.other_node(node)
            return
        given = ["context"] if node.takes_context else []
        given += [self.value(arg) for arg in node.args]
        given += [f"{key}={self.value(arg)}" for key, arg in node.kwargs.items()]
        name = self.new()
        self.line(f"{name} = {self.constant(node.func)}({', '.join(given)})")
        if node.target_var is not None:
            self.line(f"dicts[-1][{node.target_var!r}] = {name}")
        elif self.autoescape:
            self.line(f"w({name} if type({name}) is SafeString else conditional_escape({name}))")
        else:
            self.line(f"w({name})")

    def message_node(self, node: BlockTranslateNode) -> None:
        has_plural = bool(node.plural and node.countervar and node.counter)
        if node.asvar or node.message_context or (node.plural and not has_plural):
            self.other_node(node)
            return
        named = {key: self.value(expression) for key, expression in node.extra_context.items()}
        message, keys = node.render_token_list(node.singular)
        text, number = self.new(), "0"
        if has_plural:
            number = named[str(node.countervar)] = self.value(node.counter)
            plural, more = node.render_token_list(node.plural)
            keys = list(dict.fromkeys([*keys, *more]))
            self.line(f"if type({number}) is int: {text} = ngettext({message!r}, {plural!r}, {number})")
        else:
            self.line(f"{text} = {translation.gettext(message)!r}")
        data = ", ".join([f"{key!r}: {self.shown(named.get(key) or self.named(key))}" for key in keys])
        slow = f"{self.constant(node.render_annotated)}(context)"
        self.line(f"try: {text} = {text} % {{{data}}}")
        self.line(f"except (KeyError, ValueError, UnboundLocalError): {text} = {slow}")
        self.line(f"w({text})")

    def named(self, key: str) -> str:
        name = self.new()
        self.line(f"{name} = get({key!r}, M)")
        self.line(f"if {name} is M: {name} = absent({key!r}, context)")
        return name

    # --- expressions

    def value(self, given: Any, *, ignore: bool = False) -> str:
        """Lines that leave the value of a filter expression in a name; `ignore`: None where it is missing."""
        name = self.new()
        is_known = type(given) is FilterExpression
        slow = f"{self.constant(given.resolve)}(context{', ignore_failures=True' if ignore else ''})"
        if is_known and not given.is_var:
            self.line(f"{name} = {self.constant(given.var)}")
            self.filters(name, given)
        elif not is_known or given.var.lookups is None:
            self.line(f"{name} = {slow}")
        else:
            self.looked_up(name, given.var)
            self.line(f"if {name} is M: {name} = {slow}")
            if given.filters:
                self.line("else:")
                with self.indented():
                    self.filters(name, given)
        return name

    def looked_up(self, name: str, variable: Any) -> None:
        first, *bits = variable.lookups
        self.line(f"{name} = {self.top}[{first!r}]" if first in self.bound else f"{name} = get({first!r}, M)")
        self.line(f"if callable({name}): {name} = M")
        for bit in bits:
            self.line(f"{name} = step({name}, {bit!r})")

    def filters(self, name: str, given: FilterExpression) -> None:
        for function, args in given.filters:
            values = [self.argument(arg) if is_variable else self.constant(mark_safe(arg)) for is_variable, arg in args]
            if getattr(function, "expects_localtime", False):
                self.line(f"{name} = localtime({name}, context.use_tz)")
            if getattr(function, "needs_autoescape", False):
                values.append(f"autoescape={self.autoescape}")
            call = f"{self.constant(function)}({', '.join([name, *values])})"
            if getattr(function, "is_safe", False):
                self.line(f"{name} = mark_safe({call}) if isinstance({name}, SafeData) else {call}")
            else:
                self.line(f"{name} = {call}")

    def argument(self, variable: Any) -> str:
        name = self.new()
        if variable.lookups is None:
            self.line(f"{name} = M")
        else:
            self.looked_up(name, variable)
        self.line(f"if {name} is M: {name} = {self.constant(variable.resolve)}(context)")
        return name

    # --- conditions

    def condition(self, condition: Any) -> str:
        """Lines that leave a condition's truth in a name; any error in them is judged again by Django."""
        name = self.new()
        self.line("try:")
        with self.indented():
            self.line(f"{name} = {self.test(condition)}")
        self.line(f"except Exception: {name} = judged({self.constant(condition)}, context)")
        return name

    def test(self, condition: Any) -> str:
        kind = type(condition)
        if kind is TemplateLiteral:
            return self.value(condition.value, ignore=True)
        if OPERATORS.get(condition.id) is not kind:
            return f"{self.constant(condition.eval)}(context)"
        name = self.new()
        first = self.test(condition.first)
        if condition.id == "not":
            self.line(f"{name} = not {first}")
        elif condition.id in {"and", "or"}:
            self.line(f"{name} = {first}")
            self.line(f"if {'' if condition.id == 'and' else 'not '}{name}:")
            with self.indented():
                self.line(f"{name} = {self.test(condition.second)}")
        else:
            self.line(f"{name} = {first} {condition.id} {self.test(condition.second)}")
        return name
