"""A certificate authority for one machine, and the server certificate it vouches for."""

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tools.stack import files

LIFETIME = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)


def ensure_server_certificate(folder: Path, names: Sequence[str] = ("localhost",)) -> None:
    """Make ``ca.crt``, ``server.pem`` and ``server.key``, unless good ones exist.

    The certificate is for the host ``names`` and for 127.0.0.1.

    The authority's key is thrown away at once: nothing else can ever be signed with it, and a new
    server certificate comes with a new authority.
    """
    files.make_folder(folder)
    if _still_good(folder):
        return
    ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = _name("Kinhold SuperLink authority")
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, _authority_extensions())
    server = _certificate(_name(names[0]), ca_name, server_key, ca_key, _server_extensions(names))
    files.write_private(folder / "server.key", _pem(server_key))
    files.write_private(folder / "server.pem", server.public_bytes(serialization.Encoding.PEM))
    files.write_private(folder / "ca.crt", ca.public_bytes(serialization.Encoding.PEM))


def _still_good(folder: Path) -> bool:
    if not all((folder / name).is_file() for name in ("ca.crt", "server.pem", "server.key")):
        return False
    certificate = x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())
    return certificate.not_valid_after_utc - RENEW_BEFORE > datetime.now(UTC)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _authority_extensions() -> list[x509.ExtensionType]:
    return [
        x509.BasicConstraints(ca=True, path_length=0),
        _usage(certificates=True),
    ]


def _server_extensions(names: Sequence[str]) -> list[x509.ExtensionType]:
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    hosts = [x509.DNSName(name) for name in names]
    return [
        x509.BasicConstraints(ca=False, path_length=None),
        _usage(certificates=False),
        x509.SubjectAlternativeName([*hosts, loopback]),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
    ]


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        key_cert_sign=certificates,
        crl_sign=certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    extensions: list[x509.ExtensionType],
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))  # clocks differ a little
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    for extension in extensions:
        basic = isinstance(extension, x509.BasicConstraints | x509.KeyUsage)
        builder = builder.add_extension(extension, critical=basic)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def ensure_checkpoint_key(path: Path) -> None:
    """Make the platform's Ed25519 key the first time; every node pins it through its charter."""
    if not path.is_file():
        files.make_folder(path.parent)
        files.write_private(path, _pem(ed25519.Ed25519PrivateKey.generate()))
