"""localstripe as a process of its own, and what it tells: its messages with their signature, as it sent them."""

import importlib.util
import json
import queue
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

from tests.shop.stripe_shapes import SECRET

IS_INSTALLED = importlib.util.find_spec("localstripe") is not None
AT_MOST = 60  # seconds that a test waits for what is told before it says that nothing came


class Mailbox:
    """The address where it tells: each message's bytes and headers, kept until a test takes them."""

    def __init__(self):
        self.came, self.kept = queue.Queue(), []
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                mailbox.came.put((body, self.headers["Stripe-Signature"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def take(self, kind, subject):
        """The message of this kind about this object, once it came (it is sent a second after); raise queue.Empty."""
        while True:
            for body, signature in self.kept:
                told = json.loads(body)
                if (told["type"], told["data"]["object"]["id"]) == (kind, subject):
                    return body, signature
            self.kept.append(self.came.get(timeout=AT_MOST))

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class LocalStripe:
    """The process; `url` answers as Stripe's API."""

    def __init__(self, mailbox):
        script = Path(__file__).with_name("serve_localstripe.py")
        self.process = subprocess.Popen(
            [sys.executable, "-P", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        port = self.process.stdout.readline().strip()  # said once it listens; nothing where it stopped
        assert port, f"localstripe did not start: {self.process.wait()}"
        self.url, self.mailbox = f"http://127.0.0.1:{port}", mailbox
        hook = {"url": mailbox.url, "secret": SECRET}
        self.ask("/_config/webhooks/rebond", json.dumps(hook).encode())

    def ask(self, path, body=None):
        """One request, as it answers."""
        headers = {"Authorization": "Bearer sk_test_x", "Content-Type": "application/json"}
        with urlopen(Request(self.url + path, body, headers), timeout=AT_MOST) as answer:
            return answer.read()

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=AT_MOST)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
