"""A wire between the browser and the live server that a test cuts when it wants, whoever asks (page or worker)."""

import contextlib
import socket
import threading
import time


class Wire:
    """`cut()`: nobody answers. `deafen()`: posts arrive and are done, their answer is lost. `mend()`: all passes."""

    def __init__(self, port):
        self.port = port
        self.mode = "open"
        self.lost = []  # first lines of the posts whose answer was lost
        self.posts = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self):
        self.mode = "cut"

    def deafen(self):
        self.mode = "deaf"

    def hold(self):
        """Posts go in, and nothing comes out until it is mended."""
        self.mode = "held"
        self.posts.clear()

    def wait_for_post(self):
        """Until a post is on its way."""
        for _try in range(500):
            if self.posts:
                return
            time.sleep(0.02)
        raise AssertionError("nothing was posted")

    def mend(self):
        self.mode = "open"

    def close(self):
        self.mode = "cut"
        self.listener.close()

    def _listen(self):
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            if self.mode == "cut":
                client.close()
            else:
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client):
        with client, contextlib.suppress(OSError):
            asked = _whole_request(client)
            first = asked.split(b"\r\n", 1)[0].decode()
            if not first or self.mode == "cut":
                return
            is_post = first.startswith("POST")
            if is_post:
                self.posts.append(first)
            is_lost = is_post and self.mode == "deaf"
            while is_post and self.mode == "held":
                time.sleep(0.02)
            with socket.create_connection(("127.0.0.1", self.port)) as server:
                server.sendall(_closing(asked))
                answer = b"".join(iter(lambda: server.recv(65536), b""))
            if is_lost:
                self.lost.append(first)
            elif self.mode != "cut":
                client.sendall(_closing(answer))


def _whole_request(client):
    data = b""
    while b"\r\n\r\n" not in data:
        part = client.recv(65536)
        if not part:
            return b""
        data += part
    head, _gap, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def _closing(message):
    """One request for each connection: a cut is then a cut."""
    head, gap, body = message.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join([*kept, b"Connection: close"]) + gap + body
