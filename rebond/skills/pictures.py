"""The picture of a badge: a seal with a pictogram, drawn by us, so nothing that somebody sent is ever decoded."""

from html import escape

import pyvips

from rebond.core.icons import render_icon
from rebond.skills.enums import BadgeTint

SIDE = 512
COLOURS = {  # the kit's tints (tokens.css), each with an ink of 4.5:1 and more on it
    BadgeTint.CIEL: ("#d6e0f6", "#2a3bd0"),
    BadgeTint.MENTHE: ("#d5e8de", "#1a6640"),
    BadgeTint.ANIS: ("#e6e9c4", "#50590f"),
    BadgeTint.PECHE: ("#fde0be", "#8f4300"),
    BadgeTint.ROSE: ("#f9dcd4", "#a8112f"),
    BadgeTint.LILAS: ("#e4dcf3", "#573a9c"),
    BadgeTint.SABLE: ("#f2e3c6", "#754700"),
}
# A seal of sixteen rounded teeth around a disc of 200, in a square of 512.
TEETH = "".join(f'<circle cx="256" cy="56" r="44" transform="rotate({n * 22.5:g} 256 256)"/>' for n in range(16))


def svg_of(*, name: str, tint: str, sign: str) -> str:
    """The drawing; `name` is its title, read by those who do not see it."""
    pale, deep = COLOURS[BadgeTint(tint)]
    drawn = render_icon(sign, x="156", y="156", width="200", height="200", stroke=deep, stroke_width="1.6")
    ring = f'fill="none" stroke="{deep}" stroke-width="4" stroke-dasharray="2 12" stroke-linecap="round"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}"'
        f' width="{SIDE}" height="{SIDE}" role="img">'
        f"<title>{escape(name, quote=False)}</title>"
        f'<g fill="{deep}">{TEETH}<circle cx="256" cy="256" r="212"/></g>'
        f'<circle cx="256" cy="256" r="184" fill="{pale}"/>'
        f'<circle cx="256" cy="256" r="164" {ring}/>'
        f"{drawn}</svg>"
    )


def png_of(*, name: str, tint: str, sign: str) -> bytes:
    """The same as a PNG of 512 × 512."""
    image = pyvips.Image.svgload_buffer(svg_of(name=name, tint=tint, sign=sign).encode())
    return bytes(image.pngsave_buffer(keep=pyvips.enums.ForeignKeep.NONE, compression=9))
