"""The two bodies of a mail from its templates: plain text always, HTML in the kit's layout.

`room/mail/name.txt` is asked for. `room/mail/name.html` (extending `mail/base.html`) is optional: without
it the HTML is made from the text, where a paragraph of two lines whose second one is an address becomes
a button (first line: its words).
"""

import re
from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.context import make_context
from django.template.loader import get_template, render_to_string
from django.utils.translation import get_language

ADDRESS = re.compile(r"^https?://\S+$")
LINK = re.compile(r"(https?://[^\s<>\"]+)")


def render_mail(template: str, context: dict[str, Any], *, subject: str) -> tuple[str, str]:
    """Text and HTML of `template` ("shop/mail/alert"); raise TemplateDoesNotExist without its text."""
    base = context | {"SITE_URL": settings.SITE_URL, "LANGUAGE_CODE": get_language(), "subject": subject}
    plain: Any = get_template(f"{template}.txt")
    text = _tidy(plain.template.render(make_context(base, None, autoescape=False)))
    try:
        return text, render_to_string(f"{template}.html", base)
    except TemplateDoesNotExist:
        return text, html_from_text(text, base)


def html_from_text(text: str, base: dict[str, Any]) -> str:
    """The kit's layout around the paragraphs of `text`."""
    return render_to_string("mail/text.html", base | {"blocks": [_block(part) for part in text.strip().split("\n\n")]})


def _block(paragraph: str) -> dict[str, Any]:
    lines = paragraph.split("\n")
    if len(lines) == 2 and ADDRESS.match(lines[1].strip()):
        return {"url": lines[1].strip(), "label": lines[0].strip().rstrip(":\u00a0 "), "points": [], "lines": []}
    if all(line.startswith("- ") for line in lines):
        return {"url": "", "points": [_pieces(line[2:]) for line in lines], "lines": []}
    return {"url": "", "points": [], "lines": [_pieces(line) for line in lines]}


def _pieces(line: str) -> list[tuple[str, bool]]:
    return [(part, bool(ADDRESS.match(part))) for part in LINK.split(line) if part]


def _tidy(text: str) -> str:
    """No blank at the end of lines, at most one empty line between two paragraphs."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.strip().splitlines())) + "\n"
