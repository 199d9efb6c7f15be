"""The node's two key pairs, made once by ``init`` and readable by its owner only.

The receipt key (Ed25519) signs receipts and requests to the platform; the SuperNode key
(EC P-384) is what Flower's SuperNode authentication takes. Neither ever leaves the node.
"""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from federation.node.errors import NodeError
from federation.node.home import Home

_PRIVATE = 0o600


def make_keys(home: Home) -> None:
    """Write both private keys.

    Raises:
        FileExistsError: a key is there already; it is never written over.
    """
    home.keys.mkdir(mode=0o700, exist_ok=True)
    receipt = Ed25519PrivateKey.generate()
    write_private(
        home.receipt_key,
        receipt.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    supernode = ec.generate_private_key(ec.SECP384R1())
    write_private(
        home.supernode_key,
        supernode.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()),
    )


def write_private(path: Path, content: bytes) -> None:
    """Create a file that nobody else can read, not even for a moment.

    Raises:
        FileExistsError: the path is taken.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def receipt_key(home: Home) -> Ed25519PrivateKey:
    """Load the key that signs receipts.

    Raises:
        NodeError: it is missing, damaged, or readable by others.
    """
    try:
        key = load_pem_private_key(read_private(home.receipt_key), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise NodeError(f"{home.receipt_key} is not an Ed25519 private key.")
    return key


def public_receipt_key(home: Home) -> bytes:
    """Give the raw public key that receipts are verified with.

    Raises:
        NodeError: as for ``receipt_key``.
    """
    return receipt_key(home).public_key().public_bytes_raw()


def supernode_public_key(home: Home) -> str:
    """Give the SuperNode's public key as one OpenSSH line.

    Raises:
        NodeError: the private key is missing, damaged, or readable by others.
    """
    try:
        key = load_ssh_private_key(read_private(home.supernode_key), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise NodeError(f"{home.supernode_key} is not an OpenSSH EC private key.")
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def read_private(path: Path) -> bytes:
    """Read a file of this node that nobody else may read.

    Raises:
        NodeError: it is missing, or others can read it.
    """
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except OSError as error:
        raise NodeError(f"Cannot read {path}: {error.strerror}.") from None
    if mode & 0o077:
        raise NodeError(f"{path} can be read by others. Put it right with: chmod 600 {path}")
    return content
