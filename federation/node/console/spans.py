"""Times, lengths of time and sizes in words."""

from datetime import datetime

from consent.grants.codec import time_text

_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"))
_SIZES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def span_words(seconds: float) -> str:
    """Say a length of time in its two largest units: "3 days 4 hours"."""
    left, parts = int(seconds), []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number} {unit}{'' if number == 1 else 's'}")
    return " ".join(parts[:2]) or "less than a minute"


def moment(at: datetime) -> str:
    """Write a time for people: ``2030-01-01 12:00 UTC``."""
    return moment_of(time_text(at))


def moment_of(text: str) -> str:
    """Shorten a time that stands in a paper of the node."""
    return f"{text[:10]} {text[11:16]} UTC"


def size_words(count: int) -> str:
    """Say a number of bytes: "3.2 GB"."""
    for size, unit in _SIZES:
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
