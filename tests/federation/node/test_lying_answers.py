"""A platform whose answers are made to fill a node's memory, keep it waiting, or break it.

Each answer is served to every call a node makes. What must come of it is "no answer": a node
goes on with what it holds. Sizes are those of real attacks; the test counts what was read.
"""

import gzip
import resource
import time
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.node.books.receipts import Account, count_unsent, write_receipt
from federation.node.decision import sync
from federation.node.platform import Platform, PlatformUnreachable
from tests.federation.node.conftest import AT, Made
from tests.federation.node.raw_platform import answering

MB = 1_048_576
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

CALLS: dict[str, Callable[[Platform], object]] = {
    "charters": lambda client: client.charters(),
    "grants": lambda client: client.grants(),
    "notices": lambda client: client.notices(),
    "charters of a holder": lambda client: client.charters(of="coast"),
    "description": lambda client: client.post_description(b"{}", b""),
}


def _whole(body: bytes, *headers: bytes) -> Callable[[], Iterator[bytes]]:
    lines = b"".join(header + b"\r\n" for header in headers)
    return lambda: iter([_HEAD + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body])


def _endless(opening: bytes, piece: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield opening
        for _ in range(2_000 * MB // len(piece)):  # two gigabytes, were they read
            yield piece

    return pieces


def _dripping(opening: bytes) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        yield opening
        while True:
            time.sleep(0.1)
            yield b" "

    return pieces


_BOMB = gzip.compress(b" " * 50 * MB)
_NAMES = b'{"charters": %b, "grants": %b, "list": %b, "signature": %b}'
LIES: dict[str, Callable[[], Iterator[bytes]]] = {
    "a body without end": _endless(_HEAD + b"\r\n", b"x" * MB),
    "chunks without end": _endless(
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n" % MB + b"x" * MB + b"\r\n"
    ),
    "one chunk of an exabyte": _endless(
        _HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFF\r\n", b"x" * MB
    ),
    "a length of a petabyte": _endless(_HEAD + b"Content-Length: %d\r\n\r\n" % 10**15, b"x" * MB),
    "headers without end": _endless(_HEAD, b"X-More: %b\r\n" % (b"y" * 60_000)),
    "a status without end": _endless(b"HTTP/1.1 200 ", b"z" * MB),
    "go on, go on, without end": _endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "more promised than sent": _dripping(_HEAD + b"Content-Length: 100\r\n\r\n{}"),
    "a length below zero": lambda: iter([_HEAD + b"Content-Length: -5\r\n\r\n{}"]),
    "two lengths": lambda: iter([_HEAD + b"Content-Length: 2\r\nContent-Length: 90\r\n\r\n{}"]),
    "less promised than sent": _whole(b"{"),
    "a zip bomb": _whole(_BOMB, b"Content-Encoding: gzip"),
    "lists in lists": _whole(b'{"charters":' + b"[" * MB + b"]" * MB + b"}"),
    "objects in objects": _whole(b'{"charters":' * 100_000 + b"1" + b"}" * 100_000),
    "deep in a text": _whole(_NAMES % ((b'"' + b"[" * MB + b'"',) * 4)),
    "not a number": _whole(_NAMES % ((b"[NaN, Infinity, -Infinity]",) * 4)),
    "a number of a million digits": _whole(_NAMES % ((b"9" * MB,) * 4)),
    "other types": _whole(_NAMES % (b"{}", b'[["x"]]', b"7", b"null")),
    "a name twice": _whole(b'{"charters": [], "charters": [], "list": "", "list": ""}'),
    "not UTF-8": _whole(b'{"charters": ["\xff\xfe"]}'),
    "sent on to itself": lambda: iter(
        [b"HTTP/1.1 307 Again\r\nLocation: /api/v1/node/charters\r\nContent-Length: 0\r\n\r\n"]
    ),
}


_READ: dict[str, set[str]] = {
    "a length below zero": {"description"},
    "two lengths": {"description"},
    "other types": {"description"},
    "deep in a text": {"description", "notices"},
}
"""Calls to which a lie is an answer in form; what stands in it is looked at elsewhere."""


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_made_to_harm_is_no_answer_whichever_call_it_is_for(lie: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    with answering(LIES[lie]) as (client, sent):
        for name in CALLS.keys() - _READ.get(lie, set()):
            with pytest.raises(PlatformUnreachable):
                CALLS[name](client)

    assert sent[0] < len(CALLS) * 40 * MB  # 16 MB are read of one; the rest lies in the kernel
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB
    assert time.monotonic() - begun < len(CALLS) * 4


@pytest.mark.parametrize("lie", ["a body without end", "other types", "sent on to itself"])
def test_a_receipt_that_is_answered_with_a_lie_waits_or_counts_and_is_never_lost(
    made: Made, lie: str
) -> None:
    key = Ed25519PrivateKey.generate()
    write_receipt(made.state, Account(), community="river", node="river-node", key=key)

    with answering(LIES[lie]) as (client, _):
        taken = sync.send_receipts(made.state, client)

    # A 200 with nonsense in it is a 200: the node cannot know better, and keeps its own copy.
    assert taken == (1 if lie == "other types" else 0)
    assert count_unsent(made.state) == 1 - taken
    assert len(list(made.state.db.execute("SELECT 1 FROM receipts"))) == 1


def test_a_round_of_fetching_from_such_a_platform_changes_nothing(made: Made) -> None:
    with answering(LIES["lists in lists"]) as (client, _):
        findings = sync.fetch_all(made.state, client, at=AT)

    assert not findings.reached
    assert len(made.state.chain()) == 1
    assert made.state.notices() is None
