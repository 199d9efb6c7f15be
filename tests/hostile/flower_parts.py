"""Real Flower processes on loopback for stack tests and benches; no Django, no fixed port."""

import datetime as dt
import ipaddress
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def free_port() -> int:
    """Let the operating system choose a port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], *, limit_s: float, what: str) -> None:
    """Look again and again.

    Raises:
        TimeoutError: it did not come true in time.
    """
    give_up = time.monotonic() + limit_s
    while not ready():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{what} was not ready after {limit_s} s")
        time.sleep(0.1)


@dataclass
class Process:
    """A child process with its own session, whose output goes to a file."""

    name: str
    command: list[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> "Process":
        base = {k: v for k, v in os.environ.items() if not k.startswith(("KINHOLD", "DJANGO"))}
        base |= {
            "FLWR_TELEMETRY_ENABLED": "0",
            "FLWR_DISABLE_UPDATE_CHECK": "1",
            "PYTHONPATH": str(ROOT),
            "PATH": f"{BIN}:{base.get('PATH', '')}",
        }
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(
                self.command,
                stdout=output,
                stderr=output,
                env=base | dict(self.env),
                start_new_session=True,
            )
        return self

    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def ask_to_stop(self) -> None:
        if self.child is not None and self.alive():
            self.child.terminate()

    def stop(self) -> None:
        if self.child is None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.alive():
                os.killpg(self.child.pid, number)
                try:
                    self.child.wait(timeout=8)
                except subprocess.TimeoutExpired:
                    continue
        self.child.wait()


@dataclass(frozen=True)
class Tls:
    """A throw-away certificate authority and a server certificate for loopback."""

    ca: Path
    certificate: Path
    key: Path


def make_tls(folder: Path) -> Tls:
    """Write ``ca.crt``, ``server.pem`` and ``server.key`` into ``folder``."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    ca = _certificate(ca_name, ca_name, ca_key.public_key(), ca_key, authority=True)
    server = _certificate(name, ca_name, key.public_key(), ca_key, authority=False)
    tls = Tls(folder / "ca.crt", folder / "server.pem", folder / "server.key")
    tls.ca.write_bytes(ca.public_bytes(Encoding.PEM))
    tls.certificate.write_bytes(server.public_bytes(Encoding.PEM))
    tls.key.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    return tls


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    loopback = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )
    if not authority:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(signer, hashes.SHA256())


@dataclass
class SuperLink:
    """One SuperLink; governed ones wait for our aggregator, stock ones run their own."""

    folder: Path
    governed: bool
    tls: Tls = field(init=False)
    port: int = field(init=False)
    secret: Path = field(init=False)
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tls, self.port = make_tls(self.folder), free_port()
        self.secret = self.folder / "superexec.secret"
        self.secret.write_bytes(secrets.token_bytes(32))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> "SuperLink":
        command = [
            str(BIN / "flower-superlink"),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--ssl-ca-certfile", str(self.tls.ca)),
            *("--ssl-certfile", str(self.tls.certificate), "--ssl-keyfile", str(self.tls.key)),
            "--enable-supernode-auth",
            "--disable-runtime-dependency-installation",
            *("--database", str(self.folder / "superlink.db")),
        ]
        if self.governed:
            command += ["--isolation", "process"]
            command += ["--superexec-auth-secret-file", str(self.secret)]
        env = {"FLWR_HOME": str(self.folder / "flwr")}
        log = self.folder / "superlink.log"
        self.process = Process("superlink", command, log, env).start()
        wait_until(self._listens, limit_s=40, what="SuperLink")
        return self

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def aggregator(
    link: SuperLink, platform: str, token: str, module: str = "federation.aggregator"
) -> Process:
    """Make our aggregator for a governed SuperLink, or what stands in its place."""
    home = link.folder / "aggregator"
    env = {
        "KINHOLD_RUNTIME_ADDRESS": link.address,
        "KINHOLD_SUPERLINK_CA_FILE": str(link.tls.ca),
        "KINHOLD_SUPEREXEC_SECRET_FILE": str(link.secret),
        "KINHOLD_PLATFORM_URL": platform,
        "KINHOLD_AGGREGATOR_TOKEN": token,
        "KINHOLD_AGGREGATOR_HOME": str(home),
    }
    log = link.folder / "aggregator.log"
    return Process("aggregator", [sys.executable, "-m", module], log, env)


@dataclass
class StockNode:
    """A plain SuperNode that runs whatever it is sent; for comparison only."""

    folder: Path
    link: SuperLink
    data: Path
    public_key: str = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP384R1())
        path = self.folder / "supernode.key"
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        self.public_key = public.decode()

    def process(self) -> Process:
        command = [
            str(BIN / "flower-supernode"),
            *("--superlink", self.link.address),
            *("--root-certificates", str(self.link.tls.ca)),
            *("--auth-supernode-private-key", str(self.folder / "supernode.key")),
            *("--host", "127.0.0.1", "--port", str(free_port())),
            *("--isolation", "subprocess"),
        ]
        env = {"FLWR_HOME": str(self.folder / "flwr"), "KINHOLD_DATA": str(self.data)}
        return Process("stock node", command, self.folder / "supernode.log", env)
