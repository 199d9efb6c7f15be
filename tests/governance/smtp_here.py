"""A real mail server on this machine: what leaves, and what happens when it does not."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, WORD = "kinhold", "a word with / and @"


@dataclass
class Box:
    """What the server got, and how it answers.

    Attributes:
        answers: what it says to each address in turn; when none is left, it takes the mail.
        stalls: ``EHLO`` or ``DATA``: there it stops answering, and ``reached`` is set.
    """

    port: int = 0
    got: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    stalls: str = ""
    slow_s: float = 0.0
    reached: threading.Event = field(default_factory=threading.Event)

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: Any
    ) -> Any:
        await self._stall("EHLO")
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.slow_s)
        self.got.append(bytes(envelope.content or b""))
        self.to.extend(envelope.rcpt_tos)
        await self._stall("DATA")
        return "250 taken"

    async def _stall(self, at: str) -> None:
        if self.stalls == at:
            self.reached.set()
            await asyncio.sleep(3600)

    @property
    def mails(self) -> list[Message]:
        return [message_from_bytes(raw) for raw in self.got]


class _Here(Controller):
    """A controller whose port the system chooses."""

    def __init__(self, box: Box, **options: Any) -> None:
        self._socket = socket()
        self._socket.bind(("127.0.0.1", 0))
        box.port = self._socket.getsockname()[1]
        super().__init__(box, hostname="127.0.0.1", port=box.port, **options)

    def _create_server(self) -> Any:
        return self.loop.create_server(
            self._factory_invoker, sock=self._socket, ssl=self.ssl_context
        )


@contextmanager
def serving(**options: Any) -> Iterator[Box]:
    box = Box()
    server = _Here(box, **options)
    server.start()
    try:
        yield box
    finally:
        server.stop()


def login(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> Any:
    """Let in who says the right name and word."""
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        WORD.encode(),
    )
    return AuthResult(success=right)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1; return its file, for those who trust it, and the server's
    context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "mail.pem", folder / "mail.key"
    public.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context
