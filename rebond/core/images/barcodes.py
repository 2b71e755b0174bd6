"""Codes on a picture: run by `render.py` in the child that decodes (decision 0006). zxing-cpp reads them."""

from typing import Any

import zxingcpp

NAMES = {
    zxingcpp.BarcodeFormat.QRCode: "qr",
    zxingcpp.BarcodeFormat.EAN13: "ean13",
    zxingcpp.BarcodeFormat.EAN8: "ean8",
    zxingcpp.BarcodeFormat.UPCA: "upca",
    zxingcpp.BarcodeFormat.UPCE: "upce",
    zxingcpp.BarcodeFormat.Code128: "code128",
}
FORMATS = zxingcpp.BarcodeFormats(list(NAMES))


def look(grey: Any) -> Any:
    """What zxing-cpp finds in a grey picture of 8 bits."""
    view = memoryview(grey.write_to_memory()).cast("B", (grey.height, grey.width))
    return zxingcpp.read_barcodes(view, formats=FORMATS)


def read(image: Any) -> list[dict[str, str]]:
    """The codes of one picture, largest first; a second look, larger and softer, where the first finds none."""
    grey = image.colourspace("b-w")[0]
    found = look(grey)
    if not found and max(grey.width, grey.height) < 1000:
        found = look(grey.resize(2, kernel="cubic").gaussblur(0.6))
    return [named(code) for code in found if code.text]


def named(code: Any) -> dict[str, str]:
    """A UPC-A is an EAN-13 that begins with 0: its own 12 figures are what is printed under it."""
    kind = NAMES.get(code.format, "other")
    if kind == "ean13" and code.text.startswith("0"):
        return {"text": code.text[1:], "format": "upca"}
    return {"text": code.text, "format": kind}
