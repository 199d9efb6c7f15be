"""The node's calls to a platform that may be hostile: signed, bounded, never redirected."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.node import platform as platform_module
from federation.node.platform import Platform, PlatformUnreachable
from tests.federation.node.conftest import Made
from tests.federation.node.raw_platform import answering


@contextmanager
def _answers(raw: bytes) -> Iterator[Platform]:
    """Serve one fixed answer to whatever is asked, then hang up."""
    with answering(lambda: iter([raw]), timeout_s=2.0) as (client, _):
        yield client


def _http(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (_http("500 Broken", b"{}"), "answered 500 to charters"),
        (_http("302 Found", b"", "Location: http://127.0.0.1:9/"), "answered 302 to charters"),
        (_http("200 OK", b"not json"), "not JSON"),
        (_http("200 OK", b"[]"), "not a JSON object"),
        (_http("200 OK", b"{}"), "not a list of texts"),
        (_http("200 OK", b'{"charters": [1]}'), "not a list of texts"),
        (_http("200 OK", b'{"a":' * 50 + b"1" + b"}" * 50), "nested more than"),
        (_http("200 OK", b'{"charters": [], "charters": []}'), "twice|not JSON"),
        (b"nonsense\r\n\r\n", "does not answer"),
        (b"", "does not answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "does not answer"),
    ],
)
def test_an_odd_answer_is_no_answer(raw: bytes, reason: str) -> None:
    with _answers(raw) as client, pytest.raises(PlatformUnreachable, match=reason):
        client.charters()


def test_an_endless_answer_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_module, "_ANSWER_LIMIT", 100_000)
    endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 300_000

    with _answers(endless) as client, pytest.raises(PlatformUnreachable, match="more than 100000"):
        client.charters()


def test_an_answer_that_never_comes_is_waited_for_a_while_only() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    client = Platform(
        f"http://127.0.0.1:{server.getsockname()[1]}",
        community="river",
        node="river-node",
        key=Ed25519PrivateKey.generate(),
        timeout_s=0.2,
    )

    with pytest.raises(PlatformUnreachable, match="does not answer"):
        client.notices()
    server.close()


@contextmanager
def _drips(opening: bytes) -> Iterator[int]:
    """Serve an opening, then one byte every twentieth of a second for as long as it is read."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            try:
                connection.sendall(opening)
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.05)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield server.getsockname()[1]
    server.close()


@pytest.mark.parametrize(
    "opening",
    [
        b"HTTP/1.1 ",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n",
    ],
    ids=["status", "headers", "body"],
)
def test_an_answer_in_drips_is_cut_off_at_the_deadline(opening: bytes) -> None:
    with _drips(opening) as port:
        client = Platform(
            f"http://127.0.0.1:{port}",
            community="river",
            node="river-node",
            key=Ed25519PrivateKey.generate(),
            timeout_s=0.5,
        )
        begun = time.monotonic()

        with pytest.raises(PlatformUnreachable, match="took too long"):
            client.charters()

        assert time.monotonic() - begun < 1.5


def test_one_connection_serves_many_calls(made: Made) -> None:
    client = made.link()
    client.charters()
    assert client._kept is not None
    first = client._kept.sock

    client.grants()
    client.notices()

    assert client._kept.sock is first


def test_a_connection_that_went_stale_is_made_anew(made: Made) -> None:
    client = made.link()
    assert client.charters() == [made.charter.to_json()]
    assert client._kept is not None
    assert client._kept.sock is not None
    client._kept.sock.shutdown(socket.SHUT_RDWR)

    assert client.charters() == [made.charter.to_json()]


def test_every_call_is_signed_with_the_nodes_own_key(made: Made) -> None:
    stranger = Platform(
        made.platform.url, community="river", node="river-node", key=Ed25519PrivateKey.generate()
    )

    with pytest.raises(PlatformUnreachable, match="answered 401"):
        stranger.notices()
    with pytest.raises(PlatformUnreachable, match="answered 401 to a receipt"):
        stranger.post_receipt(b"{}", b"")
