"""A PrestaShop shop read by its webservice: paged, with its key, from a server of the test's own."""

import http.server
import io
import logging
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.urls import reverse

from rebond.catalogue.models import Item
from rebond.connect.actions import intake
from rebond.connect.actions.intake import forget_keys, read_again, read_import, start_shop, stop_reading
from rebond.connect.actions.running import run_batches, start_import
from rebond.connect.errors import ImportRefused, WrongImportState
from rebond.connect.live import ShopReader, shop_root
from rebond.connect.models import ImportRun
from rebond.core.models import Job
from rebond.journal.models import Entry

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
PRODUCTS = 230
KEY = "CLE0123456789ABCDEF"
AUTH = "Basic Q0xFMDEyMzQ1Njc4OUFCQ0RFRjo="
HEAD = '<?xml version="1.0"?><prestashop xmlns:xlink="http://www.w3.org/1999/xlink">'
ROWS = {
    "categories": "<category><id>5</id><id_parent>2</id_parent><name><language id='1'>Romans</language></name></category>",
    "product_options": "<product_option><id>1</id><name><language id='1'>Taille</language></name></product_option>",
    "product_option_values": "<product_option_value><id>7</id><id_attribute_group>1</id_attribute_group>"
    "<name><language id='1'>L</language></name></product_option_value>",
    "combinations": "<combination><id>90</id><id_product>2</id_product><reference>P2-L</reference><price>1.5</price>"
    "<quantity>0</quantity><associations><product_option_values><product_option_value><id>7</id></product_option_value>"
    "</product_option_values></associations></combination>",
    "stock_availables": "<stock_available><id_product>1</id_product><id_product_attribute>0</id_product_attribute>"
    "<quantity>7</quantity></stock_available>"
    "<stock_available><id_product>2</id_product><id_product_attribute>90</id_product_attribute>"
    "<quantity>3</quantity></stock_available>",
}


def product(n):
    return (
        f"<product><id>{n}</id><reference>P{n}</reference><id_category_default>5</id_category_default><price>12.500000</price>"
        f"<condition>used</condition><active>1</active><name><language id='1'>Lampe {n}</language></name></product>"
    )


class Shop(http.server.BaseHTTPRequestHandler):
    asked: list = []
    answers: dict = {}  # resource → (status, body)

    def do_GET(self):
        parts = urlsplit(self.path)
        resource, query = parts.path.rsplit("/", 1)[-1], parse_qs(parts.query)
        if self.headers.get("Authorization") != AUTH:
            self._say(401, b"")
        elif resource in Shop.answers:
            self._say(*Shop.answers[resource])
        elif query["display"] == ["[id]"]:
            self._list(resource, "".join(f"<product><id>{n + 1}</id></product>" for n in range(PRODUCTS)))
        else:
            start, size = map(int, query["limit"][0].split(","))
            Shop.asked.append((resource, start))
            if resource == "products":
                self._list(resource, "".join(product(n) for n in range(start + 1, min(start + size, PRODUCTS) + 1)))
            else:
                self._list(resource, ROWS[resource])

    def _list(self, resource, rows):
        self._say(200, f"{HEAD}<{resource}>{rows}</{resource}></prestashop>".encode())

    def _say(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def shop():
    Shop.asked, Shop.answers = [], {}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield f"http://shop.test:{httpd.server_port}/"
        httpd.shutdown()
        thread.join()


@pytest.fixture
def asked(seller, owner, shop, monkeypatch):
    """A reading that was asked for, the test's server standing for one with a certificate."""
    monkeypatch.setattr(intake, "_checked", shop_root)
    return start_shop(seller=seller, address=shop, key=KEY, by=owner, enqueue=False)


def here(host, port):
    return ["127.0.0.1"]


def read(run, resolve=here):
    read_import(run_id=run.pk, resolve=resolve)
    run.refresh_from_db()
    return run


def test_a_shop_is_read_page_by_page_and_imported(owner, novels, asked):
    run = read(asked)
    assert [a for a in Shop.asked if a[0] == "products"] == [("products", 0), ("products", 100), ("products", 200)]
    assert (run.state, run.format, run.key, run.error) == ("uploaded", "prestashop-xml", "", "")
    assert (run.job.state, run.job.done, run.job.total) == ("done", 200, PRODUCTS)
    start_import(run=run, by=owner, enqueue=False)
    run_batches(run_id=run.pk)
    run.refresh_from_db()
    assert (run.rows_read, run.created, run.skipped) == (PRODUCTS + 1, PRODUCTS, 1)
    large = Item.objects.get(external_ref="P2-L")
    assert (large.title, large.size, large.quantity, large.price_cents) == ("Lampe 2 – L", "L", 3, 1400)
    first = Item.objects.get(external_ref="P1")
    assert (first.title, first.quantity, first.category, first.price_cents) == ("Lampe 1", 7, novels, 1250)


def test_reading_twice_reads_once(asked):
    read(asked)
    times = len(Shop.asked)
    assert read(asked).state == "uploaded"
    assert len(Shop.asked) == times


def test_the_key_is_sealed_while_it_waits_then_gone_and_never_said(asked, caplog):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {ImportRun._meta.db_table}")
        stored = cursor.fetchone()[0]
    assert stored
    assert KEY not in stored
    assert KEY not in repr(ShopReader("https://a.fr", KEY))
    with caplog.at_level(logging.DEBUG):
        read(asked)
    assert KEY not in caplog.text
    assert AUTH not in caplog.text
    assert all(KEY not in str(e.data) for e in Entry.objects.all())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {ImportRun._meta.db_table}")
        assert cursor.fetchone()[0] == ""


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"products": (401, b"")}, "a refusé la clé"),
        ({"combinations": (403, b"")}, "ne peut pas lire"),
        ({"categories": (404, b"")}, "aucun service web PrestaShop"),
        ({"stock_availables": (503, b"")}, "réponse 503"),
        ({"products": (429, b"")}, "dans une heure"),
        ({"products": (200, b"<html>Bonjour</html>")}, "ne répond pas comme un service web"),
        (
            {"categories": (200, f"{HEAD}<categories><category></categories></prestashop>".encode())},
            "ne répond pas comme",
        ),
        (
            {"products": (200, b"<!DOCTYPE x [<!ENTITY a 'b'>]><prestashop><products></products></prestashop>")},
            "entités",
        ),
    ],
)
def test_what_goes_wrong_is_told_in_the_persons_words(asked, answers, said):
    Shop.answers = answers
    run = read(asked)
    assert (run.state, run.key, run.job.state) == ("unread", "", "failed")
    assert said in run.error


@pytest.mark.parametrize(("code", "said"), [("private", "réseau privé"), ("unknown_host", "n’existe pas")])
def test_private_networks_and_unknown_hosts_are_told(seller, owner, monkeypatch, code, said):
    def looked_up(*args, **kwargs):
        if code == "unknown_host":
            raise OSError
        return [(2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr("socket.getaddrinfo", looked_up)
    run = start_shop(seller=seller, address="https://interne.example", key=KEY, by=owner, enqueue=False)
    read_import(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == "unread"
    assert said in run.error


def test_an_answer_too_large_is_told(asked, monkeypatch):
    monkeypatch.setattr("rebond.connect.live.MAX_ANSWER", 3_000)
    assert "trop lourde" in read(asked).error


def test_a_shop_that_takes_too_long_is_told(asked, monkeypatch):
    monkeypatch.setattr("rebond.connect.live.ALL_SECONDS", 0)
    assert "trop de temps" in read(asked).error


def test_a_shop_without_products_says_so(asked):
    Shop.answers = {"products": (200, f"{HEAD}<products></products></prestashop>".encode())}
    assert "aucun produit" in read(asked).error


def test_the_key_travels_by_https_only(seller, owner):
    with pytest.raises(ImportRefused, match="https"):
        start_shop(seller=seller, address="http://boutique.fr", key=KEY, by=owner)
    assert ImportRun.objects.count() == 0


def test_a_reading_is_stopped_between_two_answers_and_asked_again(asked, owner, monkeypatch):
    def stop_then_count(answer, resource):
        stop_reading(run=ImportRun.objects.get(), by=owner)
        return 230

    with monkeypatch.context() as patched:
        patched.setattr("rebond.connect.live._count", stop_then_count)
        run = read(asked)
    assert (run.state, run.key, run.file, Shop.asked) == ("unread", "", None, [])
    with pytest.raises(WrongImportState):
        stop_reading(run=run, by=owner)
    read_again(run=run, key=KEY, by=owner, enqueue=False)
    assert read(run).state == "uploaded"
    with pytest.raises(WrongImportState):
        read_again(run=run, key=KEY, by=owner)


def test_a_reading_that_never_ended_forgets_its_key(asked, owner):
    assert forget_keys(before=asked.touched_at) == 0
    assert forget_keys(before=asked.touched_at + intake.timezone.timedelta(hours=1)) == 1
    asked.refresh_from_db()
    assert (asked.state, asked.key) == ("unread", "")


def test_the_page_shows_how_far_it_is_what_went_wrong_and_asks_the_key_again(as_user, owner, asked):
    url = reverse("connect:import-detail", args=[asked.public_id])
    Job.objects.update(state="running", done=100, total=230, message="products")
    page = as_user(owner).get(url).content.decode()
    assert 'aria-valuenow="43"' in page
    assert "sur 230 produits" in page
    Shop.answers = {"products": (401, b"")}
    read(asked)
    page = as_user(owner).get(url).content.decode()
    assert "a refusé la clé" in page
    again = reverse("connect:import-read", args=[asked.public_id])
    short = as_user(owner).post(again, {"key": "court"})
    assert short.status_code == 422
    assert 'value="court"' not in short.content.decode()
    assert as_user(owner).post(again, {"key": KEY}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.key) == ("reading", KEY)


def test_the_form_opens_the_reading_at_once(as_user, owner, seller):
    response = as_user(owner).post(reverse("connect:shop-read"), {"address": "boutique.example", "key": KEY})
    run = ImportRun.objects.get()
    assert (response.status_code, response["Location"]) == (302, reverse("connect:import-detail", args=[run.public_id]))
    assert (run.state, run.address, run.name) == ("reading", "https://boutique.example", "boutique.example.xml")
    client = as_user(owner)
    assert client.post(reverse("connect:import-read-stop", args=[run.public_id])).status_code == 302
    run.refresh_from_db()
    assert (run.state, run.key) == ("unread", "")


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


@pytest.mark.parametrize(
    "address", ["", "ftp://a.fr", "http://user:pw@a.fr", "http://[::1", "https://a.fr:port", "https://a b.fr"]
)
def test_what_is_no_shop_is_refused(address):
    with pytest.raises(ImportRefused):
        ShopReader(address, KEY, resolve=here).read(io.BytesIO())
