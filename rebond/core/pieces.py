"""One small template drawn many times in a row: the cards of a page."""

from typing import Any

from django.template import Context
from django.template.loader import get_template


class Piece:
    """`draw = Piece("shop/_card.html")`, then `draw({"card": card, …})` for each: one context for all of them.

    The template sees the values given and nothing of the page. Made for one request: not shared between threads.
    """

    def __init__(self, name: str) -> None:
        found: Any = get_template(name)
        self.template = found.template
        context: Any = Context()
        context.template = context.render_context.template = self.template
        self.context = context

    def __call__(self, values: dict[str, Any]) -> str:
        """The piece with these values, without the space around it."""
        self.context.dicts[1:] = [values]
        text: str = self.template.nodelist.render(self.context)
        return text.strip()
