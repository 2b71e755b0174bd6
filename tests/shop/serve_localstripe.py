"""localstripe (from the Python package index) on a free port of this machine; says the port once it listens.

Run as a program of its own: it is GPL, and none of Rebond's code loads it. Nothing of it is kept on the disk (it writes
its memory under one fixed name, which two runs of the tests would share).
"""

import socket

from aiohttp import web
from localstripe import resources, server

resources.Store.dump_to_disk = lambda _store: None
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)  # noqa: T201 -- read by who started it
web.run_app(server.app, sock=listening, print=None, access_log=None)
