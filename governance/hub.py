"""Asks the Local Contexts Hub about one project. Optional: nothing in Kinhold needs its answer.

Source: the Hub's public API, version 2 (``projects/<uuid>/``, header ``X-Api-Key``), as read from
localcontexts/localcontextshub, api/versioned/v2. Pictures and the official texts of notices, which
stand in its answer too, are dropped unread: they are not ours to show.

What comes from elsewhere is not believed: no redirect is followed, no address inside the operator's
own network is called, the answer has a limit and must have the shape we know.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from consent.grants.codec import parse_json
from consent.grants.errors import Malformed
from governance.errors import HubTrouble
from governance.labels import Label, language_tag
from governance.rules import LabelKind

TIMEOUT_S = 5.0  # from connecting to the last byte; looking up the name has the machine's limit
MAX_ANSWER_BYTES = 512 * 1024
MAX_LABELS = 100
MAX_TEXTS = 60
MAX_TEXT = 8000  # characters
MAX_NAME = 200

# Written as if it stood in the open internet, and yet led elsewhere: to an IPv4 address behind a
# translator or tunnel (RFC 6052, 8215, 3056, 4291), or to one of a site's own (RFC 3879).
_LEADS_ON = [
    ipaddress.IPv6Network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96", "fec0::/10")
]

_FAMILIES = {"bc_labels": "BC", "tk_labels": "TK"}


@dataclass(frozen=True)
class HubText:
    language: str
    name: str
    text: str


@dataclass(frozen=True)
class HubLabel:
    """A community's own label, as it stands at the Hub; the first text is the original."""

    uuid: str
    family: str
    type: str
    community: str
    texts: tuple[HubText, ...]


@dataclass(frozen=True)
class Project:
    title: str
    labels: tuple[HubLabel, ...]
    notices: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """Return what the cache keeps."""
        return asdict(self)

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> "Project":
        """Return the project that ``body()`` was made from."""
        labels = tuple(
            HubLabel(**{**row, "texts": tuple(HubText(**text) for text in row["texts"])})
            for row in body["labels"]
        )
        return cls(body["title"], labels, tuple(body["notices"]))

    def fitting(self, label: Label, label_uuid: UUID | None) -> list[HubLabel]:
        """Return the labels that may be this one: by its own number, or else by its kind."""
        same = [row for row in self.labels if (row.family, row.type) == (label.family, label.type)]
        if label_uuid is not None:
            return [row for row in same if row.uuid == str(label_uuid)]
        return same

    def has_notice(self, label: Label) -> bool:
        return label.kind is LabelKind.NOTICE and label.type in self.notices


def fetch(project: UUID, *, url: str, key: str = "", loopback: bool = False) -> Project:
    """Ask the Hub about a project.

    Args:
        url: where the API is, such as ``https://localcontextshub.org/api/v2/``.
        loopback: let ``http://127.0.0.1`` through, for tests and trials on one machine.
    Raises:
        HubTrouble: a sentence says why there is no answer, or none that can be used.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    plain = loopback and host in {"127.0.0.1", "::1"}
    if parts.scheme != "https" and not (plain and parts.scheme == "http"):
        raise HubTrouble(_("The Hub's address must start with https://."))
    headers = {"Accept": "application/json", "Host": parts.netloc.rpartition("@")[2]}
    if key:
        headers["X-Api-Key"] = key
    path = f"{parts.path.rstrip('/')}/projects/{project}/"
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with _connected(host, port, tls=parts.scheme == "https", inside=plain) as connection:
            connection.request("GET", path, headers=headers)
            body = _body(connection.getresponse())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise HubTrouble(_("The Hub could not be reached.")) from error
    return read(body, project)


def read(body: bytes, project: UUID) -> Project:
    """Read an answer, strictly.

    Raises:
        HubTrouble: it is not about this project, or not in the shape we know.
    """
    try:
        document = parse_json(body, limit=MAX_ANSWER_BYTES, floats=True)
        if UUID(_line(document, "unique_id")) != project:
            raise HubTrouble(_("The Hub answered about another project."))
        return Project(
            title=_line(document, "title"),
            labels=tuple(_labels(document)),
            notices=tuple(_line(row, "notice_type") for row in _rows(document, "notice")),
        )
    except (Malformed, ValueError) as error:
        raise HubTrouble(_("The Hub's answer has not the shape we know.")) from error


def _body(answer: http.client.HTTPResponse) -> bytes:
    if answer.status != 200:
        raise HubTrouble(_refusal(answer.status))
    if answer.headers.get_content_type() != "application/json":
        raise HubTrouble(_("The Hub's answer has not the shape we know."))
    body = answer.read(MAX_ANSWER_BYTES + 1)
    if len(body) > MAX_ANSWER_BYTES:
        raise HubTrouble(_("The Hub's answer is too long."))
    return body


def _refusal(status: int) -> str:
    if status == 404:
        return _("The Hub knows no project with this number.")
    if status in (401, 403):
        return _("The Hub does not accept this platform's key, or does not show it this project.")
    if status == 429:
        return _("The Hub asks us to wait. Try again later.")
    if 300 <= status < 400:
        # Followed, it could lead to a machine inside the operator's own network.
        return _("The Hub sends us elsewhere. Its address in the settings must be changed.")
    return _("The Hub answered with error {status}.").format(status=status)


@contextmanager
def _connected(
    host: str, port: int, *, tls: bool, inside: bool
) -> Iterator[http.client.HTTPConnection]:
    """Connect to an address that was looked at first, and cut the call off when its time is up.

    The very address that was checked is called: a name that is looked up twice may lead to a
    second place.
    """
    address = _address(host, port, inside=inside)
    connection = http.client.HTTPConnection(host, port)
    held = [socket.create_connection(address, timeout=TIMEOUT_S)]
    late = threading.Event()
    # The socket's own timeout starts anew with every byte that trickles in.
    timer = threading.Timer(TIMEOUT_S, _cut, [held, late])
    timer.daemon = True
    timer.start()
    try:
        if tls:
            context = ssl.create_default_context()
            held[0] = wrapped = context.wrap_socket(
                held[0], server_hostname=host, do_handshake_on_connect=False
            )
            wrapped.do_handshake()
        connection.sock = held[0]
        yield connection
        if late.is_set():  # a cut answer can look like a whole one
            raise TimeoutError("it took too long")
    finally:
        timer.cancel()
        connection.close()
        held[0].close()


def _cut(held: list[socket.socket], late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        # Not SSLSocket's own shutdown, which drops the encryption under a running read.
        socket.socket.shutdown(held[0], socket.SHUT_RDWR)


def _address(host: str, port: int, *, inside: bool) -> tuple[str, int]:
    """Return the first address of a host, if none of its addresses is inside a network.

    Raises:
        HubTrouble: one is private, of this machine, or otherwise nobody's in the open internet.
        OSError: there is no such host.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = [str(entry[4][0]) for entry in found]
    for number in numbers:
        place = ipaddress.ip_address(number)
        elsewhere = any(place in network for network in _LEADS_ON)
        if not inside and (not place.is_global or place.is_multicast or elsewhere):
            raise HubTrouble(_("The Hub's address leads into a private network."))
    return numbers[0], port


def _labels(document: Mapping[str, Any]) -> Iterator[HubLabel]:
    for field, family in _FAMILIES.items():
        for row in _rows(document, field):
            original = HubText(_tag(row), _line(row, "name"), _text(row, "label_text"))
            translations = [
                HubText(_tag(each), _line(each, "translated_name"), _text(each, "translated_text"))
                for each in _rows(row, "translations", most=MAX_TEXTS)
            ]
            yield HubLabel(
                uuid=str(UUID(_line(row, "unique_id"))),
                family=family,
                type=_line(row, "label_type"),
                community=_line(row, "community"),
                texts=(original, *translations),
            )


def _rows(document: Mapping[str, Any], field: str, *, most: int = MAX_LABELS) -> list[Any]:
    """Return a list of objects; one that is missing is empty: the Hub leaves out what it has not.

    Raises:
        ValueError: it is something else, or too long.
    """
    rows = document.get(field) or []
    if not isinstance(rows, list) or len(rows) > most:
        raise ValueError(f"{field} is not a list of at most {most}")
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{field} holds something else than objects")
    return rows


def _tag(row: Mapping[str, Any]) -> str:
    """Return the language; ``und`` is the tag for one that is not told."""
    return language_tag(_text(row, "language_tag") or "und")


def _line(row: Mapping[str, Any], field: str) -> str:
    return _text(row, field, most=MAX_NAME)


def _text(row: Mapping[str, Any], field: str, *, most: int = MAX_TEXT) -> str:
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise ValueError(f"{field} is not a text of at most {most} characters")
    return value.strip()
