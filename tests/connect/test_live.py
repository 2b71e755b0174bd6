"""A PrestaShop shop read by its webservice: paged, with its key, from a server of the test's own."""

import http.server
import io
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from rebond.catalogue.models import Item
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.actions.uploads import upload_shop
from rebond.connect.errors import ImportRefused
from rebond.connect.live import read_shop, shop_root
from rebond.connect.models import ImportRun

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
PRODUCTS = 230
HEAD = '<?xml version="1.0"?><prestashop xmlns:xlink="http://www.w3.org/1999/xlink">'


def product(n):
    return (
        f"<product><id>{n}</id><reference>P{n}</reference><id_category_default>5</id_category_default><price>12.500000</price>"
        f"<condition>used</condition><active>1</active><name><language id='1'>Lampe {n}</language></name></product>"
    )


class Shop(http.server.BaseHTTPRequestHandler):
    asked: list = []

    def do_GET(self):
        parts = urlsplit(self.path)
        if self.headers.get("Authorization") != "Basic S0VZOg==":
            self.send_response(401)
            self.end_headers()
            return
        resource = parts.path.rsplit("/", 1)[-1]
        start, size = map(int, parse_qs(parts.query)["limit"][0].split(","))
        Shop.asked.append((resource, start))
        if resource == "categories":
            rows = (
                "<category><id>5</id><id_parent>2</id_parent><name><language id='1'>Romans</language></name></category>"
            )
        elif resource == "stock_availables":
            rows = "<stock_available><id_product>1</id_product><id_product_attribute>0</id_product_attribute><quantity>7</quantity></stock_available>"
        else:
            rows = "".join(product(n) for n in range(start + 1, min(start + size, PRODUCTS) + 1))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{HEAD}<{resource}>{rows}</{resource}></prestashop>".encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def shop():
    Shop.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield f"http://shop.test:{httpd.server_port}/"
        httpd.shutdown()
        thread.join()


def here(host, port):
    return ["127.0.0.1"]


def test_a_shop_is_read_page_by_page_and_imported(seller, owner, novels, shop):
    run = upload_shop(seller=seller, address=shop, key="KEY", by=owner, resolve=here)
    assert [a for a in Shop.asked if a[0] == "products"] == [("products", 0), ("products", 100), ("products", 200)]
    assert run.format == "prestashop-xml"
    start_import(run=run, by=owner, enqueue=False)
    run_batches(run_id=run.pk)
    run.refresh_from_db()
    assert (run.rows_read, run.created) == (PRODUCTS, PRODUCTS - 0)
    first = Item.objects.get(external_ref="P1")
    assert (first.title, first.quantity, first.category, first.price_cents) == ("Lampe 1", 7, novels, 1250)


def test_a_wrong_key_or_a_shop_without_webservice_says_so(seller, owner, shop):
    with pytest.raises(ImportRefused, match="refused the key"):
        upload_shop(seller=seller, address=shop, key="WRONG", by=owner, resolve=here)
    with pytest.raises(ImportRefused, match="private network"):
        read_shop("http://10.0.0.1", "KEY", io.BytesIO())
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize(
    ("address", "root"),
    [
        ("boutique.fr", "https://boutique.fr"),
        ("http://a.fr/shop/api/", "http://a.fr/shop"),
        (" https://a.fr/ ", "https://a.fr"),
    ],
)
def test_the_address_of_a_shop_is_understood(address, root):
    assert shop_root(address) == root


@pytest.mark.parametrize("address", ["", "ftp://a.fr", "http://user:pw@a.fr", "http://[::1"])
def test_what_is_no_shop_is_refused(address):
    with pytest.raises(ImportRefused):
        shop_root(address)
