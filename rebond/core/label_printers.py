"""Labels as files for label printers: ZPL (Zebra and what imitates it) and EPL2 (older ones), at 203 dots an inch.

The file goes to the printer as it is (a shared printer, a print service, `lp -o raw`). Distances are dots: 8 a mm.
ZPL is UTF-8 (`^CI28`); EPL is Windows 1252 (`I8,A,001`), what that cannot say loses its accent, or becomes `?`.
"""

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import segno

DOTS_MM = 8
CONTENT_TYPE = "application/octet-stream"  # a browser keeps the bytes and shows nothing


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one label says: `url` in its QR, `code` in its bars (letters and figures only), the rest to be read."""

    url: str
    code: str
    big: str  # the six characters, as people say them
    display: str  # the whole code with its check character
    word: str
    more: str
    foot: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A roll: `wide` and `high` in dots."""

    key: str
    wide: int
    high: int


ROLL_62 = Paper("62", 62 * DOTS_MM, 29 * DOTS_MM)
SHEET_4X6 = Paper("4x6", 812, 1218)  # 4 × 6 inches


def plain(text: str) -> str:
    """Any space, a line's end too, is a plain one; signs that are not printed are left out."""
    spaced = (" " if sign.isspace() else sign for sign in text)
    return "".join(sign for sign in spaced if sign.isprintable())


def zpl_text(text: str) -> str:
    """Text of a `^FH` field: what commands it, or begins a hexadecimal sign, is written by its number."""
    return "".join(f"_{ord(sign):02X}" if sign in "^~_" else sign for sign in plain(text))


def _field(x: int, y: int, text: str, *, high: int, room: int) -> str:
    """One line in the printer's own font, narrowed until it fits `room` dots (a sign is about 0.6 of its width)."""
    if not text:
        return ""
    wide = min(high, max(10, room * 10 // (6 * len(text))))
    return f"^FO{x},{y}^A0N,{high},{wide}^FH_^FD{zpl_text(text)}^FS\n"


def _qr(x: int, y: int, content: str, room: int) -> str:
    """A QR of level M as large as fits `room` dots; the printer counts the same modules as segno."""
    modules = segno.make_qr(content, error="m", boost_error=False).symbol_size(border=0)[0]
    size = max(1, min(10, room // modules))
    return f"^FO{x},{y}^BQN,2,{size}^FH_^FDMA,{zpl_text(content)}^FS\n"


def zpl(tickets: Iterable[Ticket], paper: Paper) -> bytes:
    """One `^XA…^XZ` for each ticket, one copy each."""
    draw = _zpl_4x6 if paper is SHEET_4X6 else _zpl_62
    head = f"^XA\n^CI28\n^PW{paper.wide}\n^LL{paper.high}\n^LH0,0\n"
    return "".join(f"{head}{draw(ticket)}^PQ1\n^XZ\n" for ticket in tickets).encode()


def _zpl_62(ticket: Ticket) -> str:
    x, room = 228, 252
    return (
        _qr(12, 12, ticket.url, 204)
        + _field(x, 22, ticket.big, high=62, room=room)
        + _field(x, 96, ticket.word, high=36, room=room)
        + _field(x, 136, ticket.more, high=36, room=room)
        + _field(x, 182, ticket.display, high=26, room=room)
        + _field(x, 208, ticket.foot, high=22, room=room)
    )


def _zpl_4x6(ticket: Ticket) -> str:
    room = 732
    return (
        _field(40, 50, ticket.big, high=180, room=room)
        + _field(40, 250, ticket.word, high=90, room=room)
        + _field(40, 350, ticket.more, high=90, room=room)
        + _qr(40, 480, ticket.url, 400)
        + f"^FO40,920^BY4^BCN,130,N,N,N,A^FD{ticket.code}^FS\n"
        + _field(40, 1080, ticket.display, high=60, room=room)
        + _field(40, 1150, ticket.foot, high=40, room=room)
    )


def epl_text(text: str) -> bytes:
    """Text between quotes, in Windows 1252."""
    found = bytearray()
    for sign in plain(text):
        try:
            made = sign.encode("cp1252")
        except UnicodeEncodeError:
            made = unicodedata.normalize("NFKD", sign).encode("cp1252", "ignore") or b"?"
        found += b"\\" + made if made in {b'"', b"\\"} else made
    return bytes(found)


# The printer's fonts: (name, width of a sign, height) at 203 dots an inch.
EPL_FONTS = {2: (10, 16), 3: (12, 20), 4: (14, 24)}


def _line(x: int, y: int, text: str, *, font: int, times: int, room: int) -> bytes:
    """One line; in a smaller size, then cut, where it does not fit `room` dots."""
    if not text:
        return b""
    while times > 1 and len(text) * (EPL_FONTS[font][0] + 2) * times > room:
        times -= 1
    kept = text[: room // (EPL_FONTS[font][0] * times)]
    return f"A{x},{y},0,{font},{times},{times},N,".encode() + b'"' + epl_text(kept) + b'"\n'


def epl(tickets: Iterable[Ticket], paper: Paper) -> bytes:
    """One `N…P1` for each ticket: bars (Code 128) rather than a QR, which older printers do not know."""
    draw = _epl_4x6 if paper is SHEET_4X6 else _epl_62
    head = f"\nN\nI8,A,001\nq{paper.wide}\nQ{paper.high},24\n".encode()
    return b"".join(head + draw(ticket) + b"P1\n" for ticket in tickets)


def _bars(x: int, y: int, code: str, *, narrow: int, high: int) -> bytes:
    return f'B{x},{y},0,1,{narrow},{narrow},{high},N,"{code}"\n'.encode()


def _epl_62(ticket: Ticket) -> bytes:
    room = 472
    return (
        _line(12, 8, ticket.big, font=4, times=2, room=room)
        + _line(12, 62, f"{ticket.word} {ticket.more}".strip(), font=3, times=1, room=room)
        + _bars(12, 92, ticket.code, narrow=3, high=80)
        + _line(12, 182, ticket.display, font=3, times=1, room=room)
        + _line(12, 208, ticket.foot, font=2, times=1, room=room)
    )


def _epl_4x6(ticket: Ticket) -> bytes:
    room = 740
    return (
        _line(40, 50, ticket.big, font=4, times=6, room=room)
        + _line(40, 230, ticket.word, font=4, times=3, room=room)
        + _line(40, 320, ticket.more, font=4, times=3, room=room)
        + _bars(40, 460, ticket.code, narrow=4, high=240)
        + _line(40, 740, ticket.display, font=4, times=3, room=room)
        + _line(40, 840, ticket.foot, font=4, times=2, room=room)
    )


# Key of the choice → (file ending, what makes the bytes, paper).
FILES: dict[str, tuple[str, Callable[[Iterable[Ticket], Paper], bytes], Paper]] = {
    "zpl-62": ("zpl", zpl, ROLL_62),
    "zpl-4x6": ("zpl", zpl, SHEET_4X6),
    "epl-62": ("epl", epl, ROLL_62),
    "epl-4x6": ("epl", epl, SHEET_4X6),
}
