"""Sockets that are done with by one moment, however slowly the other side speaks.

A timeout on a socket starts anew with every byte that arrives, so a peer that sends one byte
now and then could hold a call for hours. Looking up a host's name is left to the machine's
own resolver, which has limits of its own.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator


def dial(host: str, port: int, give_up: float) -> socket.socket:
    """Connect to the first address of the host that answers.

    Args:
        give_up: reading of the monotonic clock by which all addresses have had their turn.
    Raises:
        OSError: none answered.
    """
    error = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(give_up))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(_left(give_up))  # what comes next may be a handshake
        except OSError as failure:
            sock.close()
            error = failure
        else:
            return sock
    raise error


@contextlib.contextmanager
def cut_off(sock: socket.socket, give_up: float) -> Iterator[None]:
    """Let what is done with the socket inside go on until ``give_up`` and no longer.

    Raises:
        TimeoutError: the time was over; the socket cannot be used any more.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            # Not SSLSocket's own shutdown, which drops the encryption under a running read.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    sock.settimeout(_left(give_up))
    timer = threading.Timer(_left(give_up), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if late.is_set():  # a cut answer can look like a whole one, so this decides
            raise TimeoutError("it took too long")


def _left(give_up: float) -> float:
    left = give_up - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left
