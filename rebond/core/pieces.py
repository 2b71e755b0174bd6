"""One small template drawn many times in a row: the cards of a page."""

from typing import Any

from django.template import Context
from django.template.loader import get_template

from rebond.core.compiled import function_of


class Piece:
    """`draw = Piece("shop/_card.html")`, then `draw({"card": card, …})` for each: one context for all of them.

    The template sees the values given and nothing of the page. Made for one request, in its
    language: not shared between threads.
    """

    def __init__(self, name: str) -> None:
        found: Any = get_template(name)
        context: Any = Context()
        context.template = context.render_context.template = found.template
        self.context = context
        self.render = function_of(found.template.nodelist, context)

    def __call__(self, values: dict[str, Any]) -> str:
        """The piece with these values, without the space around it."""
        self.context.dicts[1:] = [values]
        return self.render(self.context).strip()
