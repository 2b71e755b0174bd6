"""The load: raw keep-alive connections in a process of their own, so that the server's CPU is counted apart.

    python -m tools.bench.load PLAN.json

PLAN: {"port", "paths", "connections", "seconds", "cookie", "workers"}; answers one JSON object. The kernel deals
connections between the server's processes by a hash: hundreds evenly, 16 as it happens (11 and 5, 13 and 3), and
then half of the machine waits. So as many connections are opened as it takes for each process to have its share.
"""

import json
import selectors
import socket
import sys
import time
from pathlib import Path


class Connection:
    """One request in flight at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.end = -1
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.buffer, self.end = b"", -1
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def process(self, port: int) -> bytes:
        """The server's process at the other end, in its own words."""
        self.send(f"GET /_bench/process/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        while not (status := self.read()):
            pass
        if status != 200:
            sys.exit(f"bench: the server does not tell its process ({status})")
        return self.buffer.rpartition(b"\r\n\r\n")[2]

    def read(self) -> int:
        """The status once the answer is whole, else 0; -1 where the server closed."""
        data = self.socket.recv(262_144)
        if not data:
            return -1
        self.buffer += data
        if self.end < 0:
            head = self.buffer.find(b"\r\n\r\n")
            if head < 0:
                return 0
            headers = self.buffer[:head].lower()
            mark = headers.find(b"content-length:")
            if mark < 0:
                if not self.buffer.endswith(b"0\r\n\r\n"):
                    return 0
                self.end = len(self.buffer)
            else:
                self.end = head + 4 + int(headers[mark + 15 :].split(b"\r\n", 1)[0])
        return int(self.buffer[9:12]) if len(self.buffer) >= self.end else 0


def dealt(plan: dict) -> list[Connection]:
    """The connections, the same number to each of `workers` processes (or one more)."""
    workers, wanted = plan.get("workers", 1), plan["connections"]
    most = -(-wanted // workers)
    found: dict[bytes, list[Connection]] = {}
    left: list[Connection] = []
    for _ in range(40 * wanted):
        connection = Connection(plan["port"])
        own = found.setdefault(connection.process(plan["port"]) if wanted > 1 else b"", [])
        (own if len(own) < most else left).append(connection)
        if sum(map(len, found.values())) == wanted:
            break
    for connection in left:
        connection.socket.close()
    return [connection for own in found.values() for connection in own]


def percentile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def run(plan: dict) -> dict:
    cookie = f"Cookie: {plan['cookie']}\r\n" if plan.get("cookie") else ""
    requests = [
        f"GET {path} HTTP/1.1\r\nHost: localhost:{plan['port']}\r\nAccept: text/html\r\n{cookie}\r\n".encode()
        for path in plan["paths"]
    ]
    selector = selectors.DefaultSelector()
    place = 0
    for number, connection in enumerate(dealt(plan)):
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        place = number
        connection.send(requests[place % len(requests)])
    place += 1
    times: list[float] = []
    wrong = size = 0
    start = time.perf_counter()
    stop = start + plan["seconds"]
    open_ones = plan["connections"]
    while open_ones and time.perf_counter() < stop + 60:
        for key, _ in selector.select(timeout=1):
            connection = key.data
            status = connection.read()
            if not status:
                continue
            now = time.perf_counter()
            times.append(now - connection.sent_at)
            size = max(size, len(connection.buffer))
            wrong += status != 200
            if now >= stop or status < 0:
                selector.unregister(connection.socket)
                connection.socket.close()
                open_ones -= 1
            else:
                connection.send(requests[place % len(requests)])
                place += 1
    elapsed = time.perf_counter() - start
    times.sort()
    ms = {f"p{p}": round(percentile(times, p / 100) * 1000, 3) for p in (50, 95, 99)}
    return {"n": len(times), "seconds": elapsed, "rps": len(times) / elapsed, "wrong": wrong, "bytes": size, **ms}


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
