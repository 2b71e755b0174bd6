"""The application that granian serves during a bench."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.bench.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
