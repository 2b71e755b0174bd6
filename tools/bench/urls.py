"""The site's addresses and the floors beside them."""

import os

from django.urls import path

from rebond.config.urls import handler400, handler403, handler404, handler500
from rebond.config.urls import urlpatterns as site
from tools.bench import floors

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

if os.environ.get("BENCH_FRAGMENTS") == "0":
    floors.keep_no_fragments()

urlpatterns = [
    path("_bench/memory/<path:address>", floors.memory),
    path("_bench/plain/", floors.plain),
    path("_bench/constant/", floors.constant),
    path("_bench/process/", floors.process),
    *site,
]
