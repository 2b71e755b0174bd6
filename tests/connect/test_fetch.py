"""Addresses that people give: nothing private is ever reached."""

import contextlib
import http.server
import socket
import threading
import time

import pytest

from rebond.connect.errors import AddressRefused
from rebond.connect.fetch import Fetcher, basic_auth, is_public, public_addresses

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "not-an-ip",
    ],
)  # fmt: skip
def test_private_reserved_and_disguised_addresses_are_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "2606:4700::1111"])
def test_the_open_internet_is_allowed(address):
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("file:///etc/passwd", "address"),
        ("ftp://exemple.fr/a", "address"),
        ("http://user:secret@exemple.fr/", "address"),
        ("http://[::1/", "address"),
        ("http:///x", "address"),
        ("http://127.0.0.1/", "private"),
        ("http://0x7f000001/", "private"),
        ("http://2130706433/", "private"),
        ("http://localhost:8000/", "private"),
        ("http://[::ffff:127.0.0.1]/", "private"),
    ],
)
def test_addresses_that_must_not_be_fetched_are_refused(url, code):
    with pytest.raises(AddressRefused) as error:
        Fetcher(timeout=1).get(url)
    assert error.value.code == code


def test_a_host_with_one_private_address_among_others_is_refused(monkeypatch):
    answers = [(2, 1, 6, "", ("9.9.9.9", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(AddressRefused) as error:
        public_addresses("double.example", 80)
    assert error.value.code == "private"


class Handler(http.server.BaseHTTPRequestHandler):
    seen: list = []

    def do_GET(self):
        Handler.seen.append((self.headers["Host"], self.path, self.headers.get("Authorization")))
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        self.send_response(404 if self.path == "/missing" else 200)
        self.end_headers()
        self.wfile.write(b"x" * 3_000 if self.path == "/big" else b"hello")

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    Handler.seen = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield httpd.server_port
        httpd.shutdown()
        thread.join()


def here(host, port):
    """Stands for the public internet in these tests: names ending in .test are ours, others are looked up."""
    return ["127.0.0.1"] if host.endswith(".test") else public_addresses(host, port)


def test_a_body_is_fetched_by_the_checked_address_with_its_name(server):
    assert Fetcher(resolve=here).get(f"http://shop.test:{server}/été?a=b c") == b"hello"
    assert Handler.seen == [(f"shop.test:{server}", "/%C3%A9t%C3%A9?a=b%20c", None)]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("missing", "status"),
        ("big", "too_large"),
        ("to/http://127.0.0.1:1/", "private"),
        ("to/http://169.254.169.254/latest", "private"),
        ("to/file:///etc/passwd", "address"),
        ("to//to//to//to//to//to//to/x", "redirects"),
    ],
)
def test_each_redirect_is_checked_and_sizes_are_bounded(server, path, code):
    with pytest.raises(AddressRefused) as error:
        Fetcher(resolve=here, max_bytes=1_000).get(f"http://shop.test:{server}/{path}")
    assert error.value.code == code


def test_a_key_stays_with_the_site_it_was_given_for(server):
    fetcher = Fetcher(resolve=here, headers=basic_auth("KEY"))
    fetcher.get(f"http://shop.test:{server}/to/http://other.test:{server}/x")
    assert [auth for _host, _path, auth in Handler.seen] == ["Basic S0VZOg==", None]


@pytest.fixture
def drip():
    """A server that gives one byte of its headers every 20 ms, for ever."""
    stop = threading.Event()

    def serve(listening):
        taken, _address = listening.accept()
        with taken, contextlib.suppress(OSError):
            taken.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not stop.wait(0.02):
                taken.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        stop.set()
        thread.join()


def test_headers_that_trickle_end_with_the_deadline(drip):
    start = time.monotonic()
    with pytest.raises(AddressRefused) as error:
        Fetcher(resolve=here, timeout=5, deadline=0.3).get(f"http://slow.test:{drip}/")
    assert error.value.code == "too_slow"
    assert time.monotonic() - start < 60  # it would trickle for ever
