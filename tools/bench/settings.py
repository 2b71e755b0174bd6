"""The site's own settings, with the floors' addresses added: same middleware, same server."""

from rebond.config.settings import *  # noqa: F403

ROOT_URLCONF = "tools.bench.urls"
WSGI_APPLICATION = "tools.bench.wsgi.application"
