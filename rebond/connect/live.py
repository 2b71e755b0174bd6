"""A PrestaShop shop read by its webservice: whole answers, page by page, into one XML file.

The key is used for this reading only and kept nowhere. Pictures are taken later from their public address.
"""

from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.connect.errors import AddressRefused, ImportRefused
from rebond.connect.fetch import Fetcher, Resolver, basic_auth, public_addresses
from rebond.connect.phrases import reason

PAGE = 100
MAX_PAGES = 1_000
MAX_ANSWER = 60_000_000
SHOP_REASONS: dict[str, str | Promise] = {
    "status": _("it refused the key, or this key may not read them."),
    "too_large": _("the answer is too large."),
}
LOOKUPS = (("categories", "[id,id_parent,name]"), ("stock_availables", "[id,id_product,id_product_attribute,quantity]"))
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n'


def read_shop(address: str, key: str, out: BinaryIO, *, resolve: Resolver = public_addresses) -> int:
    """Write categories, stocks then products of the shop at `address` into `out`; return the number of pages.

    Raise ImportRefused with a sentence for the person who gave the address and the key.
    """
    fetcher = Fetcher(max_bytes=MAX_ANSWER, timeout=30, deadline=120, resolve=resolve, headers=basic_auth(key))
    root = shop_root(address)
    out.write(HEAD)
    pages = 0
    for resource, display in (*LOOKUPS, ("products", "full")):
        for body in _pages(fetcher, root, resource, display):
            out.write(body)
            pages += 1
    out.write(b"</prestashop>\n")
    return pages


def shop_root(address: str) -> str:
    """`boutique.fr/api/` → `https://boutique.fr`; raise ImportRefused where it is no address."""
    text = address.strip() if "://" in address else f"https://{address.strip()}"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or parts.username is not None:
        raise ImportRefused(_("This is not the address of a shop, such as https://boutique.fr."))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/api')}"


def _pages(fetcher: Fetcher, root: str, resource: str, display: str) -> Iterator[bytes]:
    """The inside of each answer, until one is short."""
    for page in range(MAX_PAGES):
        url = f"{root}/api/{resource}?display={display}&limit={page * PAGE},{PAGE}&sort=[id_ASC]"
        try:
            answer = fetcher.get(url)
        except AddressRefused as error:
            raise ImportRefused(
                _("The shop did not give its %(what)s: %(why)s"),
                what=resource,
                why=SHOP_REASONS.get(error.code, reason(error.code)),
            ) from error
        inside, number = _inside(answer, resource)
        if inside:
            yield inside
        if number < PAGE:
            return
    raise ImportRefused(
        _("This shop has more than %(limit)s products: ask us to read it in parts."), limit=PAGE * MAX_PAGES
    )


ONE = {"categories": b"<category", "stock_availables": b"<stock_available", "products": b"<product"}


def _inside(answer: bytes, resource: str) -> tuple[bytes, int]:
    """The element `<resource>…</resource>` of an answer, and how many entries it holds."""
    start, end = answer.find(b"<" + resource.encode()), answer.rfind(b"</" + resource.encode() + b">")
    if b"<!DOCTYPE" in answer or b"<!ENTITY" in answer:
        raise ImportRefused(_("This XML file declares entities: it is refused."))
    if end < 0:
        if b"<prestashop" in answer:
            return b"", 0  # an empty list
        raise ImportRefused(_("This address does not answer as a PrestaShop webservice: is it switched on?"))
    body = answer[start : end + len(resource) + 3] + b"\n"
    single = ONE[resource]
    return body, body.count(single + b">") + body.count(single + b" ")
