"""The files that a device keeps, so that the stations' pages work without network."""

import hashlib
from functools import cache

from django.contrib.staticfiles import finders
from django.templatetags.static import static

_JS = (
    *("kiosk", "speak", "scan", "idle", "price", "live", "see"),
    *("rebond", "focus", "keep", "language", "print", "reveal", "strip", "toast"),
    *(f"offline/{name}" for name in ("store", "page", "app", "codes", "count", "draw", "flows", "list", "photos")),
    *("offline/pick", "offline/questions", "offline/strays"),
)
SHELL = (
    *(f"rebond/css/{name}.css" for name in ("tokens", "base", "layout", "components", "kiosk")),
    *(f"rebond/js/{name}.js" for name in _JS),
    "django_htmx/htmx-2.min.js",
    *(
        f"rebond/fonts/{name}.woff2"
        for name in ("bricolage-grotesque", "atkinson-hyperlegible-regular", "atkinson-hyperlegible-bold")
    ),
    "rebond/img/icon.svg",
)
PICTOGRAMS = (  # those that the screens without network draw by themselves
    *(
        "arrow-left",
        "arrow-right",
        "camera",
        "check",
        "circle-alert",
        "circle-check",
        "circle-question-mark",
        "circle-x",
        "clipboard-list",
    ),
    *(
        "git-compare",
        "hourglass",
        "list",
        "log-out",
        "package",
        "package-x",
        "pen-line",
        "rotate-ccw",
        "scale",
        "send",
        "shapes",
    ),
    *("tablet-smartphone", "trash-2", "truck", "warehouse"),
)
ICONS = (
    ("rebond/img/icon-192.png", 192, "any"),
    ("rebond/img/icon-512.png", 512, "any"),
    ("rebond/img/icon-maskable-192.png", 192, "maskable"),
    ("rebond/img/icon-maskable-512.png", 512, "maskable"),
)


@cache
def version() -> str:
    """Changes with any of the files: their hashed addresses, and what is in them where addresses carry no hash."""
    digest = hashlib.sha256()
    for name in SHELL:
        digest.update(static(name).encode())
        path = finders.find(name)
        if isinstance(path, str):
            with open(path, "rb") as file:  # noqa: PTH123 -- a path that the finders give
                digest.update(file.read())
    return digest.hexdigest()[:16]
