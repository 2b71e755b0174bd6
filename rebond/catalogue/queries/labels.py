"""What a label says: the code, two words, the seller's letters and the weight (ui.md, section 13)."""

import re
from dataclasses import dataclass
from textwrap import shorten

import segno
from django.conf import settings

from rebond.catalogue.models import Item
from rebond.catalogue.validators import is_isbn
from rebond.core.codes import CODE
from rebond.core.label_printers import Ticket
from rebond.core.weights import format_grams

ROOM = 18  # signs of a line
QUIET = 2  # modules of ours around a QR
SMALL_WORDS = frozenset({"de", "du", "des", "la", "le", "les", "un", "une", "en", "et", "à", "au", "aux", "pour"})


@dataclass(frozen=True, slots=True)
class Label:
    """`code` is the six characters, `word` and `more` at most 18 signs each, `foot` letters and weight."""

    url: str
    letters: str
    code: str
    check: str
    word: str
    more: str
    foot: str


def label_of(item: Item) -> Label:
    """The label of one item; the QR holds an address of ours and nothing of a person."""
    found = CODE.match(item.code)
    letters, body, check = found.groups() if found else ("", item.code, "")
    word, more = book_words(item.title) if is_isbn(item.gtin) else two_words(item.title)
    weight = f" · {format_grams(item.weight_g)}" if item.weight_g else ""
    return Label(
        url=f"{settings.SITE_URL}/o/{item.code}",
        letters=letters,
        code=f"{body[:3]} {body[3:]}" if found else body,
        check=check,
        word=word,
        more=more,
        foot=f"{letters}{weight}",
    )


def ticket_of(item: Item) -> Ticket:
    """The same label for a label printer: the whole code, its check character with it, is printed under the words."""
    label = label_of(item)
    return Ticket(
        url=label.url,
        code=item.code,
        big=label.code,
        display=item.display_code.replace("\u00a0", " "),
        word=label.word,
        more=label.more,
        foot=label.foot.replace("\u00a0", " "),
    )


def book_words(title: str) -> tuple[str, str]:
    """`Le Père Goriot, Honoré de Balzac` → `Le Père Goriot`, `Honoré de Balzac`: the title, then who wrote it."""
    name, _comma, who = title.partition(",")
    return _fitting(name), _fitting(who)


def _fitting(text: str) -> str:
    """As many whole words as fit a line, or the beginning of a long one."""
    found = shorten(text, ROOM, placeholder="…")
    return found if found != "…" else f"{text.strip()[: ROOM - 1]}…"


def two_words(title: str) -> tuple[str, str]:
    """`Chaise en hêtre, années 60` → `Chaise`, `en hêtre`: the thing, then what tells it apart."""
    words = title.replace(",", " ").replace(".", " ").split()
    if len(words) > 3 and words[0].lower() == "lot" and words[1].lower() == "de":
        words = words[3:]  # "Lot de quatre CD": the thing is a CD
    while len(words) > 1 and words[0].lower() in SMALL_WORDS:
        words = words[1:]
    if not words:
        return "", ""
    more: list[str] = []
    for word in words[1:]:
        if len(" ".join([*more, word])) > 18:
            break
        more.append(word)
        if word.lower() not in SMALL_WORDS and len(more) > 1:
            break
    while more and more[-1].lower() in SMALL_WORDS:
        more.pop()
    return words[0][:18], " ".join(more)


def qr_svg(content: str) -> str:
    """A QR code, level M, black on white, with our own two quiet modules, as SVG text for a drawing."""
    made = segno.make_qr(content, error="m")
    size = made.symbol_size(border=0)[0]
    runs = []
    for y, row in enumerate(made.matrix):
        line = "".join("1" if cell else "0" for cell in row)
        runs += [f"M{m.start()} {y}h{m.end() - m.start()}v1h-{m.end() - m.start()}z" for m in re.finditer("1+", line)]
    box = size + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{QUIET} -{QUIET} {box} {box}" '
        f'width="{box}" height="{box}" shape-rendering="crispEdges"><path d="{"".join(runs)}"/></svg>'
    )
