"""Lucide's pictograms. The library opens its archive of 1,700 drawings anew for each one: 30 ms a pictogram."""

from functools import cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from lucide import IconDoesNotExist

SVG = "http://www.w3.org/2000/svg"


def render_icon(name: str, **attributes: str) -> str:
    """The drawing as inline SVG with these attributes (`aria_hidden` is `aria-hidden`), as the library writes it.

    Raise IconDoesNotExist for a name that it does not have.
    """
    try:
        text = _archive().read(f"{name}.svg").decode()
    except KeyError:
        raise IconDoesNotExist(f"The icon {name!r} does not exist.") from None
    svg = ElementTree.fromstring(text)  # noqa: S314 -- the library's own file
    for node in svg.iter():
        node.tag = node.tag.removeprefix(f"{{{SVG}}}")
    svg.attrib.update({key.replace("_", "-"): value for key, value in attributes.items()})
    return ElementTree.tostring(svg, encoding="unicode")


@cache
def _archive() -> ZipFile:
    """Read whole, once for each process: a reading moves no file's place that others share."""
    return ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))
