"""Run one function of `asks` under the site's settings: `python -m tools.bench.prepare plan | bare | plans`.

Another module's is named with it: `shift_data:build`. What follows are its arguments.
"""

import importlib
import json
import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.bench.settings")
    django.setup()
    module, _, name = sys.argv[1].rpartition(":")
    asks = importlib.import_module(f"tools.bench.{module or 'asks'}")
    print(json.dumps(getattr(asks, name)(*sys.argv[2:])))
