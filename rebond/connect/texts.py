"""Foreign text made plain: HTML to paragraphs, control characters out, one form for comparisons."""

import html
import re
import unicodedata

import nh3

MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|</?(?:script|style)", re.IGNORECASE)
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
BREAK = re.compile(r"<(?:br|hr)\b[^>]*>", re.IGNORECASE)
BLOCK = re.compile(r"</(?:p|div|li|tr|h[1-6]|ul|ol|table|blockquote|section)\s*>", re.IGNORECASE)
ITEM = re.compile(r"<li\b[^>]*>", re.IGNORECASE)
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
SPACES = re.compile(r"[^\S\n]+")
LINES = re.compile(r"\n{3,}")


def strip_markup(text: str) -> str:
    """HTML → the words a reader would see, one line per paragraph; text without markup is left as it is.

    Nothing here makes text safe to print raw: templates escape it. It keeps tags from showing to buyers.
    """
    if "<" in text and MARKUP.search(text):
        text = BREAK.sub("\n", text)
        text = BLOCK.sub("\n\n", ITEM.sub("\n– ", text))
        text = nh3.clean(text, tags=set(), clean_content_tags={"script", "style", "iframe", "object", "template"})
        return html.unescape(text)
    return html.unescape(text) if "&" in text and ENTITY.search(text) else text


def clean_line(text: str) -> str:
    """One line of plain text."""
    if not text:
        return ""
    text = strip_markup(text)
    return " ".join((text if text.isprintable() else CONTROL.sub(" ", text)).split())


def clean_paragraphs(text: str) -> str:
    """Plain paragraphs: line ends kept, at most one empty line between two."""
    if not text:
        return ""
    text = strip_markup(text.replace("\\n", "\n") if "\n" not in text else text)
    text = CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (_single_spaces(line).strip() for line in text.split("\n"))
    return LINES.sub("\n\n", "\n".join(lines)).strip()


def _single_spaces(line: str) -> str:
    """The only printable space is the usual one: where there are no two of them, nothing is to be done."""
    return line if "  " not in line and line.isprintable() else SPACES.sub(" ", line)


def fold(text: str) -> str:
    """A form for comparing headings and categories: no accent, no case, no sign, single spaces."""
    flat = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    flat = "".join(c for c in flat if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w.>]+", " ", flat.replace("_", " ")).split())
