"""`rebond serve`: the web server and its workers together, stopped together."""

import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


def local_address() -> str:
    """This machine's address in its own network, without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # documentation range: never routed, UDP sends nothing here
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def make_certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """A certificate of our own for this address, kept for 30 days; return (certificate, key)."""
    certificate, key = folder / f"{address}.pem", folder / f"{address}.key"
    if certificate.exists() and time.time() - certificate.stat().st_mtime < 29 * 86_400:
        return certificate, key
    folder.mkdir(parents=True, exist_ok=True)
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Rebond")])
    alternatives = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(address))]
    now = datetime.now(tz=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(secret, hashes.SHA256())
    )
    key.touch(mode=0o600)
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return certificate, key


class Command(BaseCommand):
    help = "Serve the site with granian and two workers: all tasks, and mail and the index. Ctrl+C stops all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 2, 4), help="Web processes.")
        parser.add_argument("--threads", type=int, default=2, help="Requests that each web process answers at once.")
        parser.add_argument(
            "--https", action="store_true", help="Own certificate and local address, for phones and tablets."
        )
        parser.add_argument("--no-worker", action="store_true", help="The web server alone.")

    def handle(self, *args: Any, **options: Any) -> None:
        host = options["host"] or ("0.0.0.0" if options["https"] else "127.0.0.1")  # noqa: S104 -- phones of the same network
        self._refuse_busy_port(host, options["port"])
        commands, address = self._commands(host, options)
        running = [
            subprocess.Popen(command, env=self._environment(address), start_new_session=True)  # noqa: S603 -- our own programs
            for command in commands
        ]
        self.stdout.write(f"Rebond is at {address} (Ctrl+C stops it).")
        if options["https"]:
            self.stdout.write("The certificate is this machine's own: the browser asks once whether you trust it.")
            segno.make_qr(address).terminal(compact=True)
        sys.exit(self._wait(running))

    @staticmethod
    def _refuse_busy_port(host: str, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} cannot be used ({error.strerror}). Choose another: --port 8001"
                ) from error

    @staticmethod
    def _environment(address: str) -> dict[str, str]:
        environment = dict(os.environ)
        environment.setdefault("SITE_URL", address)
        if address.startswith("https://"):
            name = address.removeprefix("https://").rsplit(":", 1)[0]
            environment.setdefault("ALLOWED_HOSTS", f"localhost,127.0.0.1,{name}")
            environment.setdefault("CSRF_TRUSTED_ORIGINS", address)
        return environment

    @staticmethod
    def _commands(host: str, options: dict[str, Any]) -> tuple[list[list[str]], str]:
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(options["port"])]
        web += ["--workers", str(options["workers"]), "--no-ws", "--log-level", "warning", "--respawn-failed-workers"]
        web += ["--blocking-threads", str(options["threads"]), "--backpressure", "64"]
        address = f"http://localhost:{options['port']}"
        if options["https"]:
            place = local_address()
            certificate, key = make_certificate(settings.VAR_DIR / "certificate", place)
            web += ["--ssl-certificate", str(certificate), "--ssl-keyfile", str(key)]
            address = f"https://{place}:{options['port']}"
        commands = [[*web, "rebond.config.wsgi:application"]]
        if not options["no_worker"]:
            worker = [sys.executable, "-m", "rebond", "worker"]
            # A long import holds one worker for minutes: mail and the index do not wait for it.
            commands += [worker, [*worker, "--queues", "index,mail"]]
        return commands, address

    @staticmethod
    def _wait(running: list["subprocess.Popen[bytes]"]) -> int:
        """Until a signal or the end of one: then all stop, within ten seconds."""
        stopping = False

        def stop(_signal: int, _frame: FrameType | None) -> None:
            nonlocal stopping
            stopping = True

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        while not stopping and all(process.poll() is None for process in running):
            time.sleep(0.2)
        codes = [process.poll() for process in running]
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # its own session: granian's processes go with it
        return 0 if stopping else next((code for code in codes if code), 1)
