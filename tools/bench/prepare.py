"""Run one function of `asks` under the site's settings: `python -m tools.bench.prepare plan | bare | plans`."""

import importlib
import json
import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.bench.settings")
    django.setup()
    asks = importlib.import_module("tools.bench.asks")
    print(json.dumps(getattr(asks, sys.argv[1])()))
