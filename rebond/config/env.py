"""Readers of environment variables: a wrong value stops the start with its name and what is expected."""

import os
import re
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def load_env_file(path: Path) -> None:
    """Put what the file says into the environment, for this process and its children; what is there already wins.

    A line is `NAME=value`, empty, or a comment that begins with `#`. The value is all that follows, as it is:
    `#`, `$` and spaces mean nothing; quotes around the whole of it are taken off.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path}: cannot be read ({error})") from None
    for number, line in enumerate(text.splitlines(), start=1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals or not NAME.fullmatch(name.strip()):
            raise ImproperlyConfigured(f"{path}, line {number}: expected NAME=value")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name.strip(), value)


def env_str(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: expected 1, 0, true, false, yes, no, on or off")


def env_url(name: str, default: str) -> str:
    """A public address: scheme, host, perhaps a port; no slash at the end."""
    value = (os.environ.get(name) or default).rstrip("/")
    try:
        parts = urlsplit(value)
        is_good = parts.scheme in {"http", "https"} and parts.hostname and (parts.port or 1)
    except ValueError:
        is_good = False
    if not is_good or value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc or " " in value:
        raise ImproperlyConfigured(f"{name}={value!r}: expected an address like https://rebond.example")
    return value


def env_int(name: str, *, default: int, minimum: int = 0) -> int:
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: expected a whole number") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name}={value!r}: expected at least {minimum}")
    return number


def env_choice(name: str, *, choices: tuple[str, ...], default: str) -> str:
    value = os.environ.get(name) or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r}: expected one of {', '.join(choices)}")
    return value


def env_list(name: str, *, default: list[str]) -> list[str]:
    value = os.environ.get(name)
    if value is None:
        return default
    return [part.strip() for part in value.split(",") if part.strip()]


def env_path(name: str, *, default: Path) -> Path:
    value = os.environ.get(name)
    return Path(value).expanduser().resolve() if value else default


def env_secret(name: str, *, file: Path | None = None) -> str | None:
    """The variable NAME, else the content of the file NAME_FILE, else of `file`, else None."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={path!r}: cannot be read ({error.strerror})") from None
    if file is not None and file.exists():
        return file.read_text(encoding="utf-8").strip()
    return None


def env_keys(name: str, *, begins: tuple[str, ...], is_needed: bool) -> list[str]:
    """Secrets of a service, separated by commas, each beginning as the service writes them. A value is never shown."""
    values = [part.strip() for part in (env_secret(name) or "").split(",") if part.strip()]
    expected = " or ".join(f"{word}…" for word in begins)
    if is_needed and not values:
        raise ImproperlyConfigured(f"{name} is not set: expected {expected}, from your account at the provider")
    if not all(value.startswith(begins) and " " not in value for value in values):
        raise ImproperlyConfigured(f"{name}: expected a value that begins with {expected}")
    return values


def env_key(name: str, *, begins: tuple[str, ...], is_needed: bool) -> str:
    """One secret of a service, or empty; see `env_keys`."""
    values = env_keys(name, begins=begins, is_needed=is_needed)
    if len(values) > 1:
        raise ImproperlyConfigured(f"{name}: expected one value")
    return values[0] if values else ""


def split_secret_url(name: str, url: str) -> SplitResult:
    """The parts of an address that holds a password; no piece of it is shown where it is not understood."""
    try:
        parts = urlsplit(url)
        _port = parts.port  # raises where it is no port: a slash in the password ends the host too early
    except ValueError:
        raise ImproperlyConfigured(
            f"{name}: the host or its port is not understood; in a password, write / as %2F, # as %23, ? as %3F"
        ) from None
    return parts


def env_services(name: str, *, begins: tuple[str, ...]) -> str:
    """Addresses of a service, separated by commas, perhaps with passwords; or empty. None is ever shown."""
    values = env_keys(name, begins=begins, is_needed=False)
    for value in values:
        split_secret_url(name, value)
    return ",".join(values)
