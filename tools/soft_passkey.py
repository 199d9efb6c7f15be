"""A passkey in software: for tests, test vectors and the demo. Never for a steward.

Its signatures are real WebAuthn signatures, made as an authenticator and a browser make them
together; only the keys lie in plain JSON instead of in a device.
"""

import hashlib
import json
import os
from typing import Any, Self

import cbor2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from consent.grants.codec import b64u, unb64u
from consent.grants.statements import Answer, Ballot, challenge

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

_USER_PRESENT = 0x01
_USER_VERIFIED = 0x04
_ATTESTED = 0x40
_AAGUID = bytes(16)  # all zero: "no model told", as for attestation "none"


class SoftPasskey:
    """One credential of one person at one relying party."""

    def __init__(
        self,
        alg: str = "ES256",
        rp_id: str = "localhost",
        origin: str = "http://localhost:8000",
        *,
        key: PrivateKey | None = None,
        credential_id: bytes | None = None,
    ) -> None:
        """Make a new credential, or one with a given key (a test's fixed one).

        Args:
            alg: "ES256", "EdDSA" or "RS256".
            origin: where the browser says it is.
        Raises:
            ValueError: another algorithm, or a key that is not for it.
        """
        self.alg = alg
        self.rp_id = rp_id
        self.origin = origin
        self.key = key or _new_key(alg)
        self.cose = _cose(alg, self.key)
        self.credential_id = credential_id or os.urandom(32)

    def make_assertion(self, challenge: bytes) -> tuple[bytes, bytes, bytes]:
        """Return authenticator data, client data and the signature over both."""
        client_data = self._client_data("webauthn.get", challenge)
        authenticator_data = self._authenticator_data(_USER_PRESENT | _USER_VERIFIED)
        signature = self.sign_bytes(authenticator_data + hashlib.sha256(client_data).digest())
        return authenticator_data, client_data, signature

    def sign(self, statement: bytes, statement_type: str, answer: Answer | str) -> Ballot:
        """Cast a ballot with one answer on a canonical statement."""
        answer = Answer(answer)
        parts = self.make_assertion(challenge(statement_type, statement, answer))
        return Ballot(self.credential_id, *parts, answer)

    def make_attestation(
        self, challenge: bytes, user_handle: bytes, *, discoverable: bool = False
    ) -> dict[str, Any]:
        """Return the registration response that a browser would post.

        Args:
            user_handle: the relying party's id of the account; a real authenticator keeps it
                and gives it back with each assertion, which ``assertion_json`` is told.
            discoverable: add the extension result that says a passkey was made.
        """
        attested = _AAGUID + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._authenticator_data(_USER_PRESENT | _USER_VERIFIED | _ATTESTED)
        attestation = {"fmt": "none", "attStmt": {}, "authData": data + attested + self.cose}
        response = {
            "clientDataJSON": b64u(self._client_data("webauthn.create", challenge)),
            "attestationObject": b64u(cbor2.dumps(attestation)),
            "transports": ["internal"],
        }
        results = {"credProps": {"rk": True}} if discoverable else {}
        return self._credential(response, results)

    def assertion_json(self, challenge: bytes, user_handle: bytes) -> dict[str, Any]:
        """Return the authentication response that a browser would post."""
        authenticator_data, client_data, signature = self.make_assertion(challenge)
        response = {
            "clientDataJSON": b64u(client_data),
            "authenticatorData": b64u(authenticator_data),
            "signature": b64u(signature),
            "userHandle": b64u(user_handle),
        }
        return self._credential(response, {})

    def sign_bytes(self, message: bytes) -> bytes:
        """Sign any bytes; the same bytes give the same signature (for test vectors)."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(message)
        return self.key.sign(message, padding.PKCS1v15(), SHA256())

    def to_json(self) -> str:
        """Everything, the private key included, as JSON."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return json.dumps(
            {
                "alg": self.alg,
                "rp_id": self.rp_id,
                "origin": self.origin,
                "credential_id": b64u(self.credential_id),
                "key": pem.decode("ascii"),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        saved = json.loads(text)
        key = serialization.load_pem_private_key(saved["key"].encode("ascii"), None)
        return cls(
            saved["alg"],
            saved["rp_id"],
            saved["origin"],
            key=key,  # type: ignore[arg-type]  # __init__ refuses other kinds
            credential_id=unb64u(saved["credential_id"]),
        )

    def _client_data(self, kind: str, challenge: bytes) -> bytes:
        """Client data in the members and order that WebAuthn Level 3 prescribes (5.8.1.1)."""
        members = {
            "type": kind,
            "challenge": b64u(challenge),
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps(members, separators=(",", ":")).encode("utf-8")

    def _authenticator_data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode("ascii")).digest() + bytes([flags]) + bytes(4)

    def _credential(self, response: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": b64u(self.credential_id),
            "rawId": b64u(self.credential_id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": results,
        }


def _new_key(alg: str) -> PrivateKey:
    if alg == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if alg == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    if alg == "RS256":
        return rsa.generate_private_key(65537, 2048)
    raise ValueError(f"a soft passkey knows ES256, EdDSA and RS256, not {alg}")


def _cose(alg: str, key: PrivateKey) -> bytes:
    """The public key as COSE_Key; the members stand in canonical order already."""
    if alg == "ES256" and isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
    if alg == "EdDSA" and isinstance(key, ed25519.Ed25519PrivateKey):
        return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()})
    if alg == "RS256" and isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        n, e = (v.to_bytes((v.bit_length() + 7) // 8, "big") for v in (numbers.n, numbers.e))
        return cbor2.dumps({1: 3, 3: -257, -1: n, -2: e})
    raise ValueError(f"that key is not for {alg}")
