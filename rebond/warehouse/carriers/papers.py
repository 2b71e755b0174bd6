"""Labels that we draw ourselves, for carriers that give none: a PDF and the same for Zebra printers."""

from collections.abc import Sequence

import zxingcpp
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rebond.core.label_printers import SHEET_4X6, zpl_text
from rebond.core.pdf import render_pdf
from rebond.core.weights import format_grams
from rebond.warehouse.carriers.contract import Address, Kind, Wanted

ROOM = 732  # dots between the margins of a 4 × 6 inch label


def draw_label(kind: Kind, wanted: Wanted, number: str, *, way: str = "", point: str = "") -> tuple[bytes, bytes]:
    """The PDF (100 × 150 mm) and the ZPL (4 × 6 inches, 203 dots an inch). Without a number there are no bars."""
    to = lines_of(wanted.receiver) + ([wanted.receiver.phone] if wanted.receiver.phone else [])
    sender = f"{_('From:')} {', '.join(lines_of(wanted.sender))}"
    at = f"{_('Pick-up point:')} {point}" if point else ""
    weight = format_grams(wanted.grams)
    data = {
        "lang": get_language() or "fr",
        "title": _("Label %(number)s") % {"number": number or wanted.reference},
        "carrier": str(kind.label),
        "way": way,
        "from": sender,
        "to_label": _("For"),
        "to": to,
        "point": at,
        "bars": bars_svg(number) if number else "",
        "number": number,
        "weight": weight,
        "foot": wanted.reference,
    }
    zpl = _zpl(f"{kind.label}  {way}", sender, to, at, number, f"{weight}   {wanted.reference}")
    return render_pdf("warehouse/carrier_label", data), zpl


def lines_of(address: Address) -> list[str]:
    """As written on a parcel."""
    town = f"{address.postal_code} {address.city}".strip()
    return [line for line in (address.name, address.address, town) if line]


def bars_svg(number: str) -> str:
    """The number as Code 128."""
    made: str = zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.Code128).to_svg(
        add_hrt=False, add_quiet_zones=True
    )
    return made[made.index("<svg") :]  # without its document type, which asks for a file of elsewhere


def _text(y: int, words: str, high: int) -> str:
    wide = min(high, max(10, ROOM * 10 // (6 * max(1, len(words)))))
    return f"^FO40,{y}^A0N,{high},{wide}^FH_^FD{zpl_text(words)}^FS\n" if words else ""


def _zpl(head: str, sender: str, to: Sequence[str], at: str, number: str, foot: str) -> bytes:
    drawn = f"^XA\n^CI28\n^PW{SHEET_4X6.wide}\n^LL{SHEET_4X6.high}\n^LH0,0\n"
    drawn += _text(40, head, 60) + _text(120, sender, 30)
    drawn += "^FO40,170^GB732,4,4^FS\n"
    for n, line in enumerate(to):
        drawn += _text(220 + 75 * n, line, 64 if n == 0 else 54)
    drawn += _text(560, at, 36)
    if number:
        drawn += f"^FO60,640^BY3^BCN,260,N,N,N,A^FD{number}^FS\n" + _text(930, number, 60)
    return f"{drawn}{_text(1060, foot, 40)}^PQ1\n^XZ\n".encode()
