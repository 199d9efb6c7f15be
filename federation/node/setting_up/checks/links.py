"""The two ways out: to the platform and to its SuperLink. Nothing but connecting is done."""

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from federation.node.deadline import cut_off, dial
from federation.node.setting_up.checks.finding import Finding

_LIMIT_S = 4.0
CLOCK_LIMIT_S, CLOCK_WARNING_S = 300, 30
"""The platform accepts a call whose time differs by at most the first of them."""

Talk = Callable[[socket.socket], datetime | None]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Answer:
    """What came of connecting.

    Attributes:
        problem: a sentence, "" when the other side answered.
        distrusted: the certificate is why it did not.
        date: the other side's clock, None if it did not tell.
    """

    problem: str = ""
    distrusted: bool = False
    date: datetime | None = None


def ask_platform(url: str, ca: Path | None) -> Answer:
    """Ask the platform for nothing, to see whether it answers and what time it has there."""
    parts = urlsplit(url)
    secure = parts.scheme != "http"
    try:
        host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    except ValueError:
        return Answer("its address has no port that there is")

    def talk(sock: socket.socket) -> datetime | None:
        connection = http.client.HTTPConnection(host, port)
        connection.sock = sock
        connection.request("HEAD", "/healthz")
        return _date_of(connection.getresponse().getheader("Date"))

    return _try(host, port, _trust(ca) if secure else None, talk)


def ask_superlink(address: str, ca: Path | None) -> Answer:
    """Connect to SuperLink and shake hands, as the SuperNode will."""
    host, _, port = address.rpartition(":")

    def trust() -> ssl.SSLContext:
        context = _trust(ca)()
        context.set_alpn_protocols(["h2"])
        return context

    return _try(host, int(port), trust, lambda _sock: None)


def platform(url: str, answer: Answer) -> Finding:
    """Judge the way to the platform."""
    if answer.problem:
        return _no_way("platform", f"The platform at {url}", answer, "platform_ca")
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        return Finding(
            "platform",
            "look",
            f"The platform at {url} answers, but nothing on the way is encrypted.",
            "Use its https address.",
        )
    return Finding("platform", "ok", f"The platform at {url} answers.")


def superlink(address: str, answer: Answer) -> Finding:
    """Judge the way to SuperLink."""
    if answer.problem:
        return _no_way("superlink", f"SuperLink at {address}", answer, "superlink_ca")
    return Finding("superlink", "ok", f"SuperLink at {address} answers, and is trusted.")


def clock(answer: Answer, *, now: float | None = None) -> Finding:
    """Hold this machine's clock against the platform's.

    Args:
        now: seconds since 1970; this machine's clock if None.
    """
    if answer.date is None:
        return Finding("clock", "look", "The clock could not be compared with the platform's.")
    here = time.time() if now is None else now
    apart = round(abs(here - answer.date.timestamp()))
    seconds = "1 second" if apart == 1 else f"{apart} seconds"
    told = f"This machine's clock and the platform's are {seconds} apart."
    if apart < CLOCK_WARNING_S:
        return Finding("clock", "ok", told)
    do = "If it is this one that is wrong: timedatectl set-ntp true"
    if apart <= CLOCK_LIMIT_S:
        return Finding("clock", "look", f"{told} Beyond {CLOCK_LIMIT_S} nothing works.", do)
    return Finding("clock", "wrong", f"{told} The platform refuses what this node says.", do)


def _no_way(check: str, what: str, answer: Answer, setting: str) -> Finding:
    if answer.distrusted:
        return Finding(
            check,
            "wrong",
            f"{what} is not trusted: {answer.problem}.",
            f"If it has a certificate of its own, get the file and name it in {setting}.",
        )
    return Finding(
        check,
        "look",
        f"{what} does not answer: {answer.problem}.",
        "Is the address right, and does the link work? Only outbound connections are needed.",
    )


def _trust(ca: Path | None) -> Callable[[], ssl.SSLContext]:
    return lambda: ssl.create_default_context(cafile=str(ca) if ca else None)


def _try(
    host: str,
    port: int,
    trust: Callable[[], ssl.SSLContext] | None,
    talk: Talk,
) -> Answer:
    give_up = time.monotonic() + _LIMIT_S
    try:
        context = trust() if trust else None
    except (OSError, ssl.SSLError) as error:
        return Answer(f"its certificate file cannot be used ({_short(error)})", distrusted=True)
    try:
        with contextlib.closing(dial(host, port, give_up)) as plain:
            if context is None:
                return Answer(date=_in_time(talk, plain, give_up))
            with context.wrap_socket(plain, server_hostname=host) as sock:
                return Answer(date=_in_time(talk, sock, give_up))
    except ssl.SSLCertVerificationError as error:
        return Answer(error.verify_message, distrusted=True)
    except ssl.SSLError as error:
        return Answer(f"no encrypted connection ({error.reason or 'unknown'})", distrusted=True)
    except (OSError, UnicodeError, OverflowError, http.client.HTTPException) as error:
        return Answer(_short(error))


def _in_time(talk: Talk, sock: socket.socket, give_up: float) -> datetime | None:
    with cut_off(sock, give_up):
        return talk(sock)


def _short(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error) or type(error).__name__).strip().rstrip(".")


def _date_of(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo else None
