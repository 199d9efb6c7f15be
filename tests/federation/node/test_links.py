"""What ``init`` and ``doctor`` find of the ways to platform and SuperLink, over real sockets."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation.node.setting_up.checks import links
from federation.node.setting_up.checks.links import Answer
from tests.hostile.flower_parts import Tls, make_tls

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("apart", "level"), [(0, "ok"), (-29, "ok"), (45, "look"), (-299, "look"), (301, "wrong")]
)
def test_a_clock_is_held_against_the_platforms(apart: int, level: str) -> None:
    assert links.clock(Answer(date=NOON), now=NOON.timestamp() + apart).level == level


def test_a_clock_that_cannot_be_compared_is_told() -> None:
    assert links.clock(Answer("down")).level == "look"


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return make_tls(tmp_path)


@pytest.fixture
def secure_server(tls: Tls) -> Iterator[str]:
    """A server that shakes hands as its certificate says, and says what time it is there."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls.certificate, tls.key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with (
                    contextlib.suppress(OSError),
                    context.wrap_socket(caller, server_side=True) as sock,
                ):
                    sock.recv(65_536)
                    sock.sendall(b"HTTP/1.1 200 OK\r\nDate: Tue, 01 Jan 2030 12:00:00 GMT\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_trusted_certificate_is_ok_and_any_other_is_wrong(tls: Tls, secure_server: str) -> None:
    url = f"https://{secure_server}"

    assert links.ask_platform(url, tls.ca) == Answer(date=NOON)
    assert links.superlink("x", links.ask_superlink(secure_server, tls.ca)).level == "ok"

    for found in (
        links.platform(url, links.ask_platform(url, None)),
        links.superlink("x", links.ask_superlink(secure_server, None)),
    ):
        assert found.level == "wrong"
        assert "is not trusted" in found.text
        assert "_ca" in found.do


@pytest.fixture
def odd_server() -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers every call with the first bytes in the list, and hangs up."""
    answers: list[bytes] = [b""]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.recv(65_536)
                    caller.sendall(answers[0])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", answers
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_odd_answers_of_a_platform_are_findings(odd_server: tuple[str, list[bytes]]) -> None:
    address, answers = odd_server
    head = b"HTTP/1.1 501 No\r\n"
    for answers[0], problem in (
        (b"", True),
        (b"\x16\x03\x01" * 20, True),
        (head * 200_000, True),
        (head + b"Date: yesterday\r\n\r\n", False),
        (head + b"Date: Tue, 99 Foo 2030 12:00:00\r\n\r\n", False),
    ):
        answer = links.ask_platform(f"http://{address}", None)
        assert (bool(answer.problem), answer.date) == (problem, None)

    answers[0] = head + b"Date: Tue, 01 Jan 2030 12:00:00 GMT\r\n\r\n"
    assert links.ask_platform(f"http://{address}", None) == Answer(date=NOON)


def test_a_server_that_speaks_no_tls_is_not_trusted(odd_server: tuple[str, list[bytes]]) -> None:
    address, answers = odd_server
    answers[0] = b"hello"

    answer = links.ask_superlink(address, None)

    found = links.superlink(address, answer)
    assert (answer.distrusted, found.level) == (True, "wrong")


def test_a_certificate_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("no certificate")

    for ca in (tmp_path / "ca.crt", tmp_path / "none"):
        answer = links.ask_superlink("127.0.0.1:1", ca)
        assert "certificate file cannot be used" in answer.problem


@pytest.mark.parametrize("address", ["nowhere.invalid:1", "127.0.0.1:99999", "127.0.0.1:1", ".:1"])
def test_an_address_that_leads_nowhere_is_told(address: str) -> None:
    assert links.ask_superlink(address, None).problem
    assert links.ask_platform(f"https://{address}", None).problem


def test_a_platform_without_encryption_is_told_unless_it_is_on_this_machine() -> None:
    assert links.platform("http://kinhold.example", Answer()).level == "look"
    assert links.platform("http://127.0.0.1:8000", Answer()).level == "ok"
    assert links.platform("https://kinhold.example", Answer()).level == "ok"
