"""Fetching from addresses that people give: public hosts only, by the very address that was checked (SSRF).

The name is resolved once, every address it gives must be public, and the connection goes to one of them; each
redirect is checked again. No proxy of the environment, bounded in size and time: each reading of the socket is
given what is left of the deadline, so that a site which trickles its headers byte by byte holds nobody.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from rebond.connect.errors import AddressRefused

Resolver = Callable[[str, int], list[str]]
MAX_REDIRECTS = 4
REDIRECTS = frozenset({301, 302, 303, 307, 308})
USER_AGENT = "Rebond-import/1.0"
CHUNK = 1 << 16


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet (IPv4 written inside IPv6 is looked at as such)."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not (
        ip.is_multicast or ip.is_private or ip.is_reserved or ip.is_loopback or ip.is_link_local or ip.is_unspecified
    )


def is_address(host: str) -> bool:
    """Whether a host is written as an IP address (and so needs no look-up)."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of `host`; raise AddressRefused where it has none, or one that is not public."""
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError, ValueError):
        raise AddressRefused("unknown_host") from None
    if not found:
        raise AddressRefused("unknown_host")
    if not all(is_public(address) for address in found):
        raise AddressRefused("private")
    return sorted(found, key=lambda a: ":" in a)


class _Limited(io.RawIOBase):
    """What a socket gives, until the deadline of the whole answer."""

    def __init__(self, sock: socket.socket, timeout: float, until: float) -> None:
        self._sock, self._timeout, self._until = sock, timeout, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._until, self._timeout))
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        super().close()
        self._sock.close()


class _Wire:
    """The part of a socket that `http.client` uses, its answer read through `_Limited`."""

    def __init__(self, sock: socket.socket, timeout: float, until: float) -> None:
        self._sock, self._timeout, self._until = sock, timeout, until
        self._is_read = False

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._until, self._timeout))
        self._sock.sendall(data)

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.BufferedReader:
        self._is_read = True
        return io.BufferedReader(_Limited(self._sock, self._timeout, self._until))

    def close(self) -> None:
        if not self._is_read:  # else it goes with the answer: `http.client` closes first, and reads after
            self._sock.close()


def _left(until: float, timeout: float) -> float:
    """Seconds that one more step may take; raise TimeoutError after the deadline."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, timeout)


@dataclass(slots=True)
class Fetcher:
    """`resolve` is given only by tests, to reach a server of their own; `deadline` seconds for everything."""

    max_bytes: int = 25_000_000
    timeout: float = 10
    deadline: float = 30
    resolve: Resolver = public_addresses
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, url: str) -> bytes:
        """The body at `url`, redirects followed; raise AddressRefused."""
        return b"".join(self.chunks(url))

    def chunks(self, url: str) -> Iterator[bytes]:
        """The body at `url` piece by piece, at most `max_bytes`."""
        until = time.monotonic() + self.deadline
        headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity", **self.headers}
        origin = _origin(url)
        for _hop in range(MAX_REDIRECTS + 1):
            with self._open(url, headers, until) as response:
                if response.status not in REDIRECTS:
                    yield from self._body(response)
                    return
                url = _join(url, response.headers.get("Location", ""))
            if _origin(url) != origin:
                headers.pop("Authorization", None)  # a key is for the site it was given for
        raise AddressRefused("redirects")

    def _body(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        if response.status != 200:
            raise AddressRefused("status", status=response.status)
        declared = response.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared) > self.max_bytes:
            raise AddressRefused("too_large")
        size = 0
        while True:
            try:
                chunk = response.read1(CHUNK)
            except TimeoutError:
                raise AddressRefused("too_slow") from None
            except (OSError, http.client.HTTPException):
                raise AddressRefused("unreachable") from None
            if not chunk:
                return
            size += len(chunk)
            if size > self.max_bytes:
                raise AddressRefused("too_large")
            yield chunk

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str], until: float) -> Iterator[http.client.HTTPResponse]:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise AddressRefused("address") from None
        if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
            raise AddressRefused("address")
        connection = self._connect(parts.scheme, host, port, until)
        try:
            path = quote(parts.path or "/", safe="/%:=&?~#+!$,;'@()*[]") + (
                f"?{quote(parts.query, safe='/%:=&?~+!$,;@()*[]')}" if parts.query else ""
            )
            connection.request("GET", path, headers=dict(headers))
            response = connection.getresponse()
            try:
                yield response
            finally:
                response.close()
        except TimeoutError:
            raise AddressRefused("too_slow") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise AddressRefused("unreachable") from None
        finally:
            connection.close()

    def _connect(self, scheme: str, host: str, port: int, until: float) -> http.client.HTTPConnection:
        """A connection whose socket is to a checked address; the name stays for TLS and the Host header."""
        why = "unreachable"
        for address in self.resolve(host, port):
            try:
                sock: Any = socket.create_connection((address, port), timeout=_left(until, self.timeout))
                if scheme == "https":
                    sock.settimeout(_left(until, self.timeout))
                    sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
            except ssl.SSLCertVerificationError:
                why = "certificate"
                continue
            except TimeoutError:
                why = "too_slow"
                continue
            except (OSError, ssl.SSLError):
                continue
            connection = http.client.HTTPConnection(host, port, timeout=self.timeout)
            connection.sock = _Wire(sock, self.timeout, until)
            connection.default_port = 443 if scheme == "https" else 80  # so that the Host header is the plain name
            return connection
        raise AddressRefused(why)


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise AddressRefused("address") from None


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("address") from None
    return parts.scheme, parts.hostname or "", port


def basic_auth(user: str, secret: str = "") -> dict[str, str]:
    """The header of Basic authentication."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode("ascii")}
