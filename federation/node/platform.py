"""Speaks to the platform: five small calls, each signed with the node's receipt key.

The platform may be hostile. So: answers are read up to a limit and no further, redirects are
never followed, every call ends by one moment, and nothing that arrives is believed before
``consent.grants`` has verified it.
"""

import http.client
import json
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.calls import call_bytes
from consent.grants.codec import b64u, parse_json
from consent.grants.errors import GrantRefused
from federation.node.deadline import cut_off, dial
from federation.node.home import NodeConfig

_ANSWER_LIMIT = 16 * 1_048_576
_CHUNK = 65_536


class PlatformUnreachable(Exception):
    """No answer, or none that could be read. A node goes on with what it already holds."""


class Platform:
    """A connection that is made at the first call and kept for the next ones.

    Args:
        url: scheme and host of the platform, no path.
        ca: certificate to trust for https instead of the system's.
        timeout_s: longest time for one call, from connecting to the last byte of the body.
        clock: seconds since 1970; the platform accepts a difference of 300 s.
    """

    def __init__(
        self,
        url: str,
        *,
        community: str,
        node: str,
        key: Ed25519PrivateKey,
        ca: Path | None = None,
        timeout_s: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = urlsplit(url)
        self._who = f"{community}/{node}"
        self._key = key
        self._ca = ca
        self._timeout_s = timeout_s
        self._clock = clock
        self._kept: http.client.HTTPConnection | None = None

    @classmethod
    def of(cls, config: NodeConfig, key: Ed25519PrivateKey, *, timeout_s: float = 5.0) -> Self:
        """Make the client that a node's settings describe."""
        return cls(
            config.platform,
            community=config.community,
            node=config.name,
            key=key,
            ca=config.platform_ca,
            timeout_s=timeout_s,
        )

    def charters(self, *, of: str = "") -> list[str]:
        """Give a community's charters as envelopes, oldest first, unverified.

        Args:
            of: another community that holds a dataset here too; the node's own if empty.
        """
        return self._texts(_about("charters", of), "charters")

    def grants(self, *, of: str = "") -> list[str]:
        """Give a community's adopted grants as envelopes, unverified; ``of`` as above."""
        return self._texts(_about("grants", of), "grants")

    def notices(self, *, of: str = "") -> tuple[bytes, str]:
        """Give the newest list of notices: its exact bytes and the signature's base64url."""
        answer = self._get(_about("notices", of))
        text, signature = answer.get("list"), answer.get("signature")
        if not isinstance(text, str) or not isinstance(signature, str):
            raise PlatformUnreachable("the platform's answer to notices has no list")
        return text.encode("utf-8", "surrogatepass"), signature

    def post_receipt(self, receipt: bytes, signature: bytes) -> int:
        """Hand a receipt in; return 201 (new), 200 (known) or 409 (another in its place).

        Raises:
            PlatformUnreachable: any other answer; the receipt must be sent again.
        """
        body = json.dumps({"receipt": receipt.decode(), "signature": b64u(signature)}).encode()
        status, _ = self._call("POST", "receipts", body)
        if status not in (200, 201, 409):
            raise PlatformUnreachable(f"the platform answered {status} to a receipt")
        return status

    def post_description(self, text: bytes, signature: bytes) -> tuple[int, dict[str, Any]]:
        """Hand a dataset's description in; return the answer's status and body.

        201 is new, 200 known; another one holds a problem document with a sentence in ``detail``.

        Raises:
            PlatformUnreachable: no answer, or none that could be read.
        """
        body = json.dumps({"description": text.decode(), "signature": b64u(signature)}).encode()
        status, answer = self._call("POST", "datasets", body)
        try:
            return status, parse_json(answer, limit=_ANSWER_LIMIT, floats=True)
        except GrantRefused as refusal:
            raise PlatformUnreachable(f"the platform answered {status}: {refusal}") from refusal

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _texts(self, name: str, member: str) -> list[str]:
        items = self._get(name).get(member)
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise PlatformUnreachable(f"the platform's answer to {name} is not a list of texts")
        return items

    def _get(self, name: str) -> dict[str, Any]:
        status, body = self._call("GET", name, b"")
        if status != 200:
            raise PlatformUnreachable(f"the platform answered {status} to {name}")
        try:
            return parse_json(body, limit=_ANSWER_LIMIT, floats=True)
        except GrantRefused as refusal:
            raise PlatformUnreachable(f"the platform's answer to {name}: {refusal}") from refusal

    def _call(self, method: str, name: str, body: bytes) -> tuple[int, bytes]:
        path = f"/api/v1/node/{name}"
        headers = self._signed_headers(method, path, body)
        give_up = time.monotonic() + self._timeout_s
        fresh = self._kept is None
        try:
            return self._send(method, path, body, headers, give_up)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if fresh or time.monotonic() >= give_up:
                raise PlatformUnreachable(f"the platform does not answer: {error}") from error
        try:  # the kept connection had gone stale; a new one decides, in the time that is left
            return self._send(method, path, body, headers, give_up)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise PlatformUnreachable(f"the platform does not answer: {error}") from error

    def _send(
        self, method: str, path: str, body: bytes, headers: dict[str, str], give_up: float
    ) -> tuple[int, bytes]:
        if self._kept is None:
            self._kept = self._connect(give_up)
        if self._kept.sock is None:
            raise http.client.NotConnected("the connection was closed after the last answer")
        with cut_off(self._kept.sock, give_up):
            self._kept.request(method, path, body or None, headers)
            answer = self._kept.getresponse()
            return answer.status, _read(answer)

    def _connect(self, give_up: float) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        secure = self._url.scheme != "http"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(host, port)
        # Connected here, because http.client would give each address of the host a whole wait.
        sock = dial(host, connection.port, give_up)
        if secure:
            try:
                trust = ssl.create_default_context(cafile=str(self._ca) if self._ca else None)
                sock = trust.wrap_socket(sock, server_hostname=host)
            except BaseException:
                sock.close()
                raise
        connection.sock = sock
        return connection

    def _signed_headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        now = str(int(self._clock()))
        message = call_bytes(method, path, now, body)
        headers = {
            "Kinhold-Node": self._who,
            "Kinhold-Time": now,
            "Kinhold-Signature": b64u(self._key.sign(message)),
            "Accept": "application/json",
        }
        if body:
            headers["Content-Type"] = "application/json"
        return headers


def _about(name: str, community: str) -> str:
    # Short names of communities need no escaping; node.toml lets no other through.
    return f"{name}?community={community}" if community else name


def _read(answer: http.client.HTTPResponse) -> bytes:
    """Read a body that may be endless."""
    content = bytearray()
    while chunk := answer.read1(_CHUNK):
        content += chunk
        if len(content) > _ANSWER_LIMIT:
            raise http.client.HTTPException(f"an answer of more than {_ANSWER_LIMIT} bytes")
    answer.close()  # read1 leaves a whole answer open, and then no other can be asked for
    return bytes(content)
