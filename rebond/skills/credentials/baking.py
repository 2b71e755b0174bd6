"""A badge inside of its picture (Open Badges 3.0, 5.3): one iTXt chunk of a PNG, one element of an SVG."""

import re
import struct
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from rebond.skills.errors import CredentialRefused

PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD, OLD_KEYWORD = b"openbadgecredential", b"openbadges"
SPACE, OLD_SPACE = "https://purl.imsglobal.org/ob/v3p0", "http://openbadges.org"
ROOT = re.compile(r"<svg\b[^>]*(?<!/)>")


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """(kind, content, where it begins) of each chunk, each with its right checksum."""
    at = len(PNG)
    if not picture.startswith(PNG):
        raise CredentialRefused("png_broken")
    while at + 12 <= len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        content, end = picture[at + 8 : at + 8 + length], at + 12 + length
        if end > len(picture) or zlib.crc32(kind + content) != struct.unpack(">I", picture[end - 4 : end])[0]:
            raise CredentialRefused("png_broken")
        yield kind, content, at
        if kind == b"IEND":
            return
        at = end
    raise CredentialRefused("png_broken")


def _texts(picture: bytes) -> list[bytes]:
    found = []
    for kind, content, _at in _chunks(picture):
        keyword, _zero, rest = content.partition(b"\0")
        if kind == b"iTXt" and keyword == KEYWORD:
            if len(rest) < 2 or rest[0] != 0:
                raise CredentialRefused("png_packed")
            found.append(rest[2:].split(b"\0", 2)[-1])
        elif kind in {b"iTXt", b"tEXt"} and keyword == OLD_KEYWORD:
            raise CredentialRefused("old_badge")
    return found


def bake_png(picture: bytes, text: str) -> bytes:
    """The same picture with the badge in it. Raise CredentialRefused for one that has a badge already."""
    if _texts(picture):
        raise CredentialRefused("png_two")
    end = next(at for kind, _content, at in _chunks(picture) if kind == b"IEND")
    content = KEYWORD + b"\0\0\0\0\0" + text.encode()
    chunk = struct.pack(">I", len(content)) + b"iTXt" + content + struct.pack(">I", zlib.crc32(b"iTXt" + content))
    return picture[:end] + chunk + picture[end:]


def unbake_png(picture: bytes) -> str:
    """The JSON or the token in a picture. Raise CredentialRefused for none, for two, for a compressed one."""
    found = _texts(picture)
    if len(found) != 1:
        raise CredentialRefused("png_two" if found else "png_empty")
    try:
        return found[0].decode()
    except UnicodeDecodeError:
        raise CredentialRefused("png_broken") from None


def bake_svg(drawing: str, text: str) -> str:
    """The same drawing with the badge right after its root. JSON stands as character data, a token in `verify`."""
    if SPACE in drawing or not (root := ROOT.search(drawing)):
        raise CredentialRefused("svg_two" if SPACE in drawing else "svg_broken")
    opening = f'<openbadges:credential xmlns:openbadges="{SPACE}"'
    if text.startswith("{"):
        safe = text.replace("]]>", "]]\\u003e")  # the same JSON, and no end of the character data
        element = f"{opening}><![CDATA[{safe}]]></openbadges:credential>"
    else:
        element = f'{opening} verify="{text}"/>'
    return drawing[: root.end()] + element + drawing[root.end() :]


def unbake_svg(drawing: bytes) -> str:
    """The JSON or the token in a drawing. Raise CredentialRefused for none, for two, and for entities."""
    try:
        root = fromstring(drawing, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise CredentialRefused("svg_broken") from None
    if root.find(f".//{{{OLD_SPACE}}}assertion") is not None:
        raise CredentialRefused("old_badge")
    found = root.findall(f".//{{{SPACE}}}credential")
    if len(found) != 1:
        raise CredentialRefused("svg_two" if found else "svg_empty")
    return (found[0].get("verify") or found[0].text or "").strip()
