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
WEAK = {"ean13", "ean8", "upca", "upce"}
FORMATS = zxingcpp.BarcodeFormats(list(NAMES))


def look(grey: Any) -> Any:
    """What zxing-cpp finds in a grey picture of 8 bits."""
    view = memoryview(grey.write_to_memory()).cast("B", (grey.height, grey.width))
    return zxingcpp.read_barcodes(view, formats=FORMATS)


def read(image: Any) -> list[dict[str, str]]:
    """The codes of one picture, by two looks: as it is, then at another size and softer.

    EAN and UPC have one check figure, which one wrong reading in ten passes: both looks must agree on them. QR and
    Code 128 are taken from either.
    """
    grey = image.colourspace("b-w")[0].copy_memory()
    first = [named(code) for code in look(grey) if code.text]
    if first and not any(code["format"] in WEAK for code in first):
        return first
    scale = 2 if max(grey.width, grey.height) < 1000 else 0.5
    second = [named(code) for code in look(grey.resize(scale, kernel="cubic").gaussblur(0.6)) if code.text]
    both = [code for code in first if code in second or code["format"] not in WEAK]
    return both + [code for code in second if code["format"] not in WEAK and code not in both]


def named(code: Any) -> dict[str, str]:
    """A UPC-A is told as the EAN-13 that begins with 0: the same number (GTIN)."""
    kind = NAMES.get(code.format) or ("qr" if "QR" in str(code.format) else "other")  # models of QR have their own
    return {"text": code.text, "format": kind}
