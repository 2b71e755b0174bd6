"""A PrestaShop shop read by its webservice: whole answers, page by page, into one XML file.

The key is used for this reading only. Pictures are taken later from their public address.
"""

import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.connect.errors import AddressRefused, ImportRefused
from rebond.connect.fetch import Fetcher, Resolver, basic_auth, public_addresses
from rebond.connect.phrases import reason

PAGE = 100
MAX_PAGES = 1_000
MAX_ANSWER = 60_000_000
MAX_FILE = 1_500_000_000
ANSWER_SECONDS = 120  # for one answer, from the name to its last byte
ALL_SECONDS = 3_600  # for the whole shop
NAMES: dict[str, Promise] = {
    "categories": pgettext_lazy("shop", "categories"),
    "product_options": pgettext_lazy("shop", "attributes"),
    "product_option_values": pgettext_lazy("shop", "attribute values"),
    "combinations": pgettext_lazy("shop", "combinations"),
    "stock_availables": pgettext_lazy("shop", "stocks"),
    "products": pgettext_lazy("shop", "products"),
}
# What products point to comes first: a file is read once, in order.
RESOURCES: tuple[tuple[str, str], ...] = (
    ("categories", "[id,id_parent,name]"),
    ("product_options", "[id,name]"),
    ("product_option_values", "[id,id_attribute_group,name]"),
    ("combinations", "full"),
    ("stock_availables", "[id,id_product,id_product_attribute,quantity]"),
    ("products", "full"),
)
HOST = re.compile(r"^(?:[\w-]+\.)+[\w-]+$|^[0-9a-f:]+$", re.IGNORECASE)
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink" ordered="1">\n'
MAY_NOT = _("This key may not read the %(what)s: tick “View” (GET) for “%(name)s” in PrestaShop.")
STATUSES: dict[int, Promise] = {
    401: _("The shop refused the key: copy it again from PrestaShop, and check that it is active."),
    403: MAY_NOT,
    404: _("There is no PrestaShop webservice at this address: is it switched on?"),
    405: MAY_NOT,
    429: _("The shop asks us to wait: try again in an hour."),
}
OTHER_STATUS = _("The shop has a problem of its own (answer %(status)s for the %(what)s): try again later.")
Told = Callable[[str, int, int], None]


@dataclass(slots=True)
class ShopReader:
    """`told` hears (resource, products read, products in all) before each answer; what it raises stops the reading.

    `resolve` is given only by tests, to reach a server of their own.
    """

    address: str
    key: str = field(repr=False)
    told: Told = lambda _resource, _done, _total: None
    resolve: Resolver = public_addresses
    _until: float = 0
    _total: int = 0

    def read(self, out: BinaryIO) -> int:
        """Write all that products need, then the products, into `out`; return the number of products.

        Raise ImportRefused with a sentence for the person who gave the address and the key.
        """
        self._until = time.monotonic() + ALL_SECONDS
        root = shop_root(self.address)
        self.told("products", 0, 0)
        self._total = _count(self._get(root, "products", "[id]", ""), "products")
        out.write(HEAD)
        done = 0
        for resource, display in RESOURCES:
            for body, number in self._pages(root, resource, display):
                out.write(body)
                if out.tell() > MAX_FILE:
                    raise ImportRefused(_("This shop is too large to be read at once: ask us to read it in parts."))
                done += number if resource == "products" else 0
        out.write(b"</prestashop>\n")
        return done

    def _pages(self, root: str, resource: str, display: str) -> Iterator[tuple[bytes, int]]:
        """The inside of each answer with its number of entries, until one is short."""
        for page in range(MAX_PAGES):
            done = min(page * PAGE, self._total) if resource == "products" else 0
            self.told(resource, done, self._total)
            limit = f"&limit={page * PAGE},{PAGE}&sort=[id_ASC]"
            inside, number = _inside(self._get(root, resource, display, limit), resource)
            if inside:
                yield inside, number
            if number < PAGE:
                return
        raise ImportRefused(
            _("This shop has more than %(limit)s products: ask us to read it in parts."), limit=PAGE * MAX_PAGES
        )

    def _get(self, root: str, resource: str, display: str, limit: str) -> bytes:
        left = self._until - time.monotonic()
        fetcher = Fetcher(
            max_bytes=MAX_ANSWER,
            timeout=30,
            deadline=max(0, min(ANSWER_SECONDS, left)),
            resolve=self.resolve,
            headers=basic_auth(self.key),
        )
        try:
            return fetcher.get(f"{root}/api/{resource}?display={display}{limit}")
        except AddressRefused as error:
            raise _refusal(error, resource) from None


def _refusal(error: AddressRefused, resource: str) -> ImportRefused:
    """What went wrong, in words for the person who gave the address and the key."""
    what = NAMES[resource]
    if error.code == "status":
        sentence = STATUSES.get(error.status, OTHER_STATUS)
        return ImportRefused(sentence, status=error.status, what=what, name=resource)
    if error.code == "too_large":
        return ImportRefused(_("The shop did not give its %(what)s: the answer is too large."), what=what)
    return ImportRefused(_("The shop did not give its %(what)s. %(why)s"), what=what, why=reason(error.code))


def shop_root(address: str) -> str:
    """`boutique.fr/api/` → `https://boutique.fr`; raise ImportRefused where it is no address."""
    text = address.strip() if "://" in address else f"https://{address.strip()}"
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not HOST.match(host) or parts.scheme not in {"http", "https"} or parts.username is not None:
        raise ImportRefused(_("This is not the address of a shop, such as https://boutique.fr."))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/api')}"


def shop_file_name(address: str) -> str:
    """The name under which what a shop gave is kept: `boutique.fr.xml`."""
    return f"{re.sub(r'[^a-z0-9.-]+', '-', shop_root(address).split('://')[1].lower())[:60]}.xml"


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
    return body, _entries(answer)


def _count(answer: bytes, resource: str) -> int:
    return _inside(answer, resource)[1]


def _entries(answer: bytes) -> int:
    """How many entries the list of an answer holds."""
    depth = number = 0
    try:
        for event, element in iterparse(io.BytesIO(answer), events=("start", "end")):
            depth += 1 if event == "start" else -1
            if event == "end" and depth == 2:
                number += 1
                element.clear()
    except (ParseError, DefusedXmlException):
        raise ImportRefused(_("This address does not answer as a PrestaShop webservice: is it switched on?")) from None
    return number
