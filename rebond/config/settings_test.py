"""Overrides for tests only."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["REBOND_ENV"] = ""  # nobody's own .env changes what is tested
if "REBOND_VAR" not in os.environ:  # ours: taken away when this process, which made it, ends
    os.environ["REBOND_VAR"] = tempfile.mkdtemp(prefix="rebond-test-")
    atexit.register(shutil.rmtree, os.environ["REBOND_VAR"], ignore_errors=True)
_base = os.environ["REBOND_VAR"]
if _worker := os.environ.get("PYTEST_XDIST_WORKER"):  # each process of pytest-xdist has its own files and index
    os.environ["REBOND_VAR"] = str(Path(_base) / _worker)

from rebond.config.settings import *  # noqa: E402, F403
from rebond.config.settings import DATABASES, STORAGES, TEMPLATES, VAR_DIR  # noqa: E402

SECRET_KEY = "test-only-key-that-is-long-enough-for-every-signature"  # noqa: S105
SEALED_KEY = SECRET_KEY
SITE_URL = "http://testserver"
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = ["http://testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "local"},
}
PUBLIC_CACHE_SECONDS = 0
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
(Path(VAR_DIR) / "static").mkdir(parents=True, exist_ok=True)
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: threads and processes of the concurrency tests open it too.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}


class UndefinedVariable(str):
    """A template variable that does not exist fails the test (house style, rule 42)."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"undefined template variable: {name}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")  # type: ignore[index]
