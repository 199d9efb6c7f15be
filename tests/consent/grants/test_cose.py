"""Keys in a charter: three algorithms, one spelling each."""

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.grants.cose import load_ed25519, load_key
from consent.grants.errors import BadSignature, GrantRefused, Malformed
from tests.consent.grants.cast import AMINA, BELA
from tools.soft_passkey import SoftPasskey

RSA = SoftPasskey("RS256")
P256 = cbor2.loads(AMINA.cose)
OKP = cbor2.loads(BELA.cose)
N = cbor2.loads(RSA.cose)


def encoded(key: dict) -> bytes:
    return cbor2.dumps(key)


def weak_rsa() -> bytes:
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose
    return SoftPasskey("RS256", key=small).cose


def other_curve() -> bytes:
    point = ec.derive_private_key(7, ec.SECP384R1()).public_key().public_numbers()
    x, y = (number.to_bytes(48, "big") for number in (point.x, point.y))
    return encoded({1: 2, 3: -35, -1: 2, -2: x, -3: y})


@pytest.mark.parametrize(
    ("passkey", "algorithm"), [(AMINA, "ES256"), (BELA, "EdDSA"), (RSA, "RS256")]
)
def test_each_algorithm_verifies_its_own_signature_and_no_other(passkey, algorithm):
    key = load_key(passkey.cose)

    assert key.algorithm == algorithm
    key.verify(passkey.sign_bytes(b"yes"), b"yes")
    for signature, message in [
        (passkey.sign_bytes(b"yes"), b"no"),
        (passkey.sign_bytes(b"yes")[:-1], b"yes"),
        (b"", b"yes"),
        (b"\x00" * 64, b"yes"),
    ]:
        with pytest.raises(BadSignature):
            key.verify(signature, message)


@pytest.mark.parametrize(
    "cose",
    [
        b"",
        b"\xa0",
        b"\x80",
        AMINA.cose[:-1],
        AMINA.cose + b"\x00",
        encoded([1, 2]),
        encoded({1: 2, 3: "ES256"}),
        encoded(P256 | {3: -35}),
        encoded(P256 | {3: -8}),
        encoded(P256 | {1: 1}),
        encoded(P256 | {-1: 2}),
        encoded(P256 | {-2: P256[-2][1:]}),
        encoded(P256 | {-3: b"\x00" + P256[-3]}),
        encoded(P256 | {-3: bytes(32)}),
        encoded(P256 | {-3: True}),
        encoded(OKP | {-2: "x" * 32}),
        b"\xa6\x01\x02" + AMINA.cose[1:],
        encoded(P256 | {-3: 5}),
        encoded({label: P256[label] for label in (1, 3, -1, -2)}),
        encoded({label: P256[label] for label in (3, 1, -1, -2, -3)}),
        encoded({1: 2, 2: b"kid", 3: -7, -1: 1, -2: P256[-2], -3: P256[-3]}),
        b"\xa5\x01\x02\x01\x02" + AMINA.cose[5:],
        b"\xb8\x05" + AMINA.cose[1:],
        b"\xbf" + AMINA.cose[1:] + b"\xff",
        AMINA.cose.replace(b"\x01\x02", b"\x01\x18\x02", 1),
        AMINA.cose.replace(b"\x58\x20", b"\x59\x00\x20", 1),
        AMINA.cose.replace(b"\x58\x20", b"\x5a\x00\x00\x00\x20", 1),
        AMINA.cose[:12] + b"\x19\x01",
        encoded(OKP | {-1: 7}),
        encoded(OKP | {-2: OKP[-2] + b"\x00"}),
        encoded(OKP | {-2: bytes(32)}),
        encoded(OKP | {-2: b"\x01" + bytes(31)}),
        encoded(OKP | {-2: bytes.fromhex("ecffffff" + "ff" * 27 + "7f")}),
        encoded(OKP | {-2: bytes.fromhex("edffffff" + "ff" * 27 + "ff")}),
        encoded(
            OKP
            | {
                -2: bytes.fromhex(
                    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
                )
            }
        ),
        encoded(
            OKP
            | {
                -2: bytes.fromhex(
                    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
                )
            }
        ),
        encoded(N | {-2: b"\x03"}),
        encoded(N | {-2: b"\x00\x01\x00\x01"}),
        encoded(N | {-1: b"\x00" + N[-1]}),
        encoded(N | {-1: b""}),
        encoded(N | {-1: b"\xff" * 600}),
        encoded(N | {-1: b"\xff" * 2000}),
        weak_rsa(),
        other_curve(),
    ],
)
def test_any_other_key_or_spelling_refuses(cose):
    with pytest.raises(Malformed):
        load_key(cose)


@pytest.mark.parametrize(("bits", "fits"), [(2047, 0), (2048, 1), (4096, 1), (4097, 0)])
def test_an_rsa_key_has_2048_to_4096_bits(bits, fits):
    modulus = (1 << (bits - 1) | 1).to_bytes((bits + 7) // 8, "big")
    key = encoded(N | {-1: modulus})

    if fits:
        assert load_key(key).algorithm == "RS256"
    else:
        with pytest.raises(Malformed, match="bits"):
            load_key(key)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=90))
def test_random_bytes_are_refused_in_one_way(cose):
    with pytest.raises(GrantRefused):
        load_key(cose)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(AMINA.cose) - 1), st.integers(1, 255))
def test_a_changed_byte_gives_a_refusal_or_another_key(position, change):
    changed = bytearray(AMINA.cose)
    changed[position] ^= change
    try:
        key = load_key(bytes(changed))
    except GrantRefused:
        return
    with pytest.raises(BadSignature):
        key.verify(AMINA.sign_bytes(b"yes"), b"yes")


@pytest.mark.parametrize("raw", [b"", b"\x05" * 31, b"\x05" * 33, bytes(32)])
def test_an_ed25519_key_has_32_bytes_and_an_order(raw):
    with pytest.raises(Malformed):
        load_ed25519(raw)
