"""Read settings from the environment, and only from here.

A wrong or missing value is one sentence that names the variable; it never falls back in silence.
Every secret ``NAME`` may be given as ``NAME_FILE``, the path of a file that holds it.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

# Every name that was ever asked for. docker-compose.yml is checked against it.
KNOWN: set[str] = set()

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str = "") -> str:
    """Return the value without surrounding space; an empty value counts as not set."""
    KNOWN.add(name)
    return os.environ.get(name, "").strip() or default


def choice(name: str, options: Iterable[str], default: str) -> str:
    value = text(name, default)
    allowed = list(options)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")
    return value in TRUE


def number(name: str, default: int, *, least: int = 0) -> int:
    value = text(name, str(default))
    # isascii: "²".isdigit() is true, and int("²") is an error.
    if not (value.isascii() and value.isdigit()) or int(value) < least:
        raise ImproperlyConfigured(
            f"{name} must be a whole number of at least {least}, not {value!r}."
        )
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated value as a list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def places(name: str) -> list[str]:
    """Return a list of places by their two letters of ISO 3166-1."""
    codes = words(name)
    for code in codes:
        if not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
            raise ImproperlyConfigured(
                f"{name} must hold codes of two capital letters such as CA, not {code!r}."
            )
    return codes


def time_zone(name: str, default: str = "UTC") -> str:
    """Return the name of a time zone, as the IANA lists them: Europe/Berlin, Pacific/Auckland."""
    value = text(name, default)
    if value not in available_timezones():
        raise ImproperlyConfigured(f"{name} must be a time zone such as UTC, not {value!r}.")
    return value


def secret(name: str, default: str = "") -> str:
    """Return the secret ``name``, or the content of the file that ``name_FILE`` names."""
    KNOWN.update({name, f"{name}_FILE"})
    value, path = text(name), text(f"{name}_FILE")
    if value and path:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; keep one of them.")
    if not path:
        return value or default
    try:
        held = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}.") from None
    if not held:
        raise ImproperlyConfigured(f"{name}_FILE names an empty file: {path}.")
    return held


def require(names: Iterable[str]) -> None:
    """Raise one error that lists every name that is not set, neither itself nor as a file."""
    missing = [name for name in names if not (text(name) or text(f"{name}_FILE"))]
    if missing:
        raise ImproperlyConfigured(
            f"KINHOLD_ENV is production, and these are not set: {', '.join(missing)}."
        )


def database(url: str) -> dict[str, object]:
    """Return Django's description of the PostgreSQL database at ``url``.

    The host may be a folder with a Unix socket: ``postgresql://user:word@%2Frun%2Fpg:5432/name``.
    What follows ``?`` is handed to libpq (``sslmode=verify-full`` and the like).
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://.")
    try:
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL has a port that is not a number.") from None
    # .hostname would turn the folder of a socket to lower case.
    host = parts.netloc.rpartition("@")[2].partition(":")[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "kinhold",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def mail(url: str) -> dict[str, object]:
    """Return Django's mail settings for ``smtp://user:word@host:port`` (``smtps`` for TLS at once).

    Without a URL, mail is written to standard output: an invitation can still be passed on by hand.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("KINHOLD_EMAIL_URL must be smtp://user:word@host:port.")
    at_once = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if at_once else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": at_once,
        "EMAIL_USE_TLS": not at_once,
        "EMAIL_TIMEOUT": 10,
    }


def load_file(path: Path) -> None:
    """Take ``KEY=VALUE`` lines of a file for names that the environment does not hold yet."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn a wrong setting into one sentence and exit code 2 instead of a traceback."""
    try:
        yield
    except ImproperlyConfigured as error:
        print(f"kinhold: {error}", file=sys.stderr)  # noqa: T201  logging may not be set up yet
        sys.exit(2)
