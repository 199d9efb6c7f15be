"""A platform that answers with exact bytes, whatever it is asked."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.node.platform import Platform


@contextmanager
def answering(
    pieces: Callable[[], Iterator[bytes]], *, timeout_s: float = 0.6
) -> Iterator[tuple[Platform, list[int]]]:
    """Answer every call with these pieces for as long as somebody reads; count the bytes."""
    server, sent = socket.create_server(("127.0.0.1", 0)), [0]

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                _hear_out(connection)
                try:
                    for piece in pieces():
                        connection.sendall(piece)
                        sent[0] += len(piece)
                except OSError:
                    continue

    threading.Thread(target=serve, daemon=True).start()
    client = Platform(
        f"http://127.0.0.1:{server.getsockname()[1]}",
        community="river",
        node="river-node",
        key=Ed25519PrivateKey.generate(),
        timeout_s=timeout_s,
    )
    try:
        yield client, sent
    finally:
        client.close()
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def _hear_out(connection: socket.socket) -> None:
    """Read one call to its end: hanging up on an unread one would break the answer."""
    call = connection.recv(65_536)
    length = re.search(rb"Content-Length: (\d+)", call)
    wanted = call.find(b"\r\n\r\n") + 4 + (int(length[1]) if length else 0)
    while call and len(call) < wanted:
        more = connection.recv(65_536)
        call = call + more if more else b""
