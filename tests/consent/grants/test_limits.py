"""Each limit of the format page, on its edge and one beyond."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from consent.grants.charter import parse_charter
from consent.grants.codec import b64u, canonical, parse_canonical
from consent.grants.errors import Malformed
from consent.grants.grant import parse_grant
from consent.grants.notices import verify_notices
from consent.grants.receipts import sign_receipt
from consent.grants.statements import Signed
from tests.consent.grants.cast import (
    AMINA,
    BELA,
    CHECKPOINT,
    RECEIPT,
    cast,
    chain_of_one,
    charter_document,
    ed25519_key,
    passkey,
    public,
    steward,
    supernode_key,
)
from tests.consent.grants.papers import (
    grant_document,
    grant_with,
    read_notices,
    receipt_document,
    resume,
    sound_grant,
)

Document = dict[str, Any]


def many(name: str, count: int) -> list[str]:
    return [f"{name}{n}" for n in range(count)]


def keys(count: int) -> list[Any]:
    return [passkey(f"limit {n}", "EdDSA") for n in range(count)]


def with_steward(**changes: Any) -> Document:
    people = [steward("amina", [AMINA]) | changes, steward("bela", [BELA])]
    return charter_document(stewards=people)


def with_key(**changes: Any) -> Document:
    return with_steward(keys=[steward("amina", [AMINA])["keys"][0] | changes])


def with_protocols(count: int, **changes: Any) -> Document:
    [one] = grant_document()["protocols"]
    lines = [f"line-{n:02d}" for n in range(count)]
    return grant_document(protocols=[one | {"line": line} | changes for line in lines])


def with_nodes(count: int) -> Document:
    return charter_document(
        nodes=[
            {
                "name": f"n{n}",
                "receipt_key": public(ed25519_key(f"limit node {n}")),
                "supernode_key": supernode_key(f"limit node {n}"),
            }
            for n in range(count)
        ]
    )


def with_rp_id(length: int) -> Document:
    rp_id = "a" * length
    return charter_document(relying_party={"id": rp_id, "origins": [f"https://{rp_id}"]})


CHARTERS: dict[str, tuple[Callable[[int], Document], int, int]] = {
    "number": (lambda n: charter_document(number=n), 1, 1_000_000),
    "stewards": (
        lambda n: charter_document(
            stewards=[steward(f"s{i}", [k]) for i, k in enumerate(keys(n))],
            floor=1,
            rules=_threshold(1),
        ),
        1,
        100,
    ),
    "steward name": (lambda n: with_steward(name="ü" * n), 1, 200),
    "steward id": (lambda n: with_steward(id="a" * n), 1, 63),
    "bodies": (lambda n: with_steward(bodies=many("b", n)), 0, 20),
    "keys": (lambda n: with_steward(keys=steward("x", keys(n))["keys"]), 1, 10),
    "credential id": (lambda n: with_key(credential_id=b64u(bytes(n))), 1, 1023),
    "origins": (
        lambda n: charter_document(
            relying_party={
                "id": "localhost",
                "origins": [f"http://localhost:{8000 + i}" for i in range(n)],
            }
        ),
        1,
        10,
    ),
    "relying party": (with_rp_id, 1, 253),
    "nodes": (with_nodes, 0, 100),
    "floor": (lambda n: charter_document(floor=n, rules=_consensus()), 1, 3),
    "threshold": (lambda n: charter_document(floor=1, rules=_threshold(n)), 1, 3),
}

GRANTS: dict[str, tuple[Callable[[int], Document], int, int]] = {
    "charter number": (lambda n: grant_with("charter", number=n), 1, 1_000_000),
    "protocol number": (lambda n: with_protocols(1, number=n), 1, 1_000_000),
    "protocols": (lambda n: with_protocols(n), 1, 10),
    "revision": (lambda n: grant_with("request", revision=n), 1, 1_000_000),
    "job": (lambda n: grant_with("run", job="a" * n), 1, 63),
    "job version": (lambda n: grant_with("run", job_version="1.0." + "1" * (n - 4)), 5, 32),
    "rounds": (lambda n: grant_with("run", max_rounds=n), 1, 100_000),
    "variables": (lambda n: grant_with("data", variables=many("v", n)), 1, 200),
    "variable": (lambda n: grant_with("data", variables=["v" * n]), 1, 64),
    "purpose": (lambda n: grant_with("purpose", text="x" * n), 1, 4000),
    "purpose code": (lambda n: grant_with("purpose", code=("A:" + "b" * n)[:n]), 3, 60),
    "people": (
        lambda n: grant_document(
            people=[{"name": p, "email": "a@b", "orcid": ""} for p in many("p", n)]
        ),
        1,
        200,
    ),
    "institution": (lambda n: grant_with("institution", name="x" * n), 1, 200),
    "communities": (
        lambda n: grant_document(communities=["river", *many("c", n - 1)][:n], min_nodes=1),
        1,
        200,
    ),
    "least communities": (lambda n: grant_document(min_nodes=n), 1, 3),
    "cohort": (lambda n: grant_document(min_cohort=n), 1, 1_000_000_000),
    "outputs": (lambda n: grant_document(outputs=many("o", n)), 1, 200),
    "cooling-off": (lambda n: grant_document(cooling_off_s=n), 0, 31_622_400),
    "conditions": (lambda n: grant_document(conditions=many("c", n)), 0, 200),
}

RECEIPTS: dict[str, tuple[Callable[[int], Document], int, int]] = {
    "sequence": (lambda n: receipt_document(sequence=n), 2, 2**53 - 1),
    "flower run": (lambda n: receipt_document(flower_run="1" * n), 0, 20),
    "round": (lambda n: receipt_document(round=n), 0, 1_000_000),
    "reason": (lambda n: receipt_document(reason="x" * n), 1, 1000),
    "checks": (
        lambda n: receipt_document(checks=[{"step": 1, "name": "x", "result": "ok"}] * n),
        0,
        200,
    ),
    "step": (
        lambda n: receipt_document(checks=[{"step": n, "name": "x", "result": "ok"}]),
        1,
        999,
    ),
    "bytes": (lambda n: receipt_document(bytes_out=n), 0, 2**53 - 1),
}


def _consensus() -> Document:
    return {name: {"rule": "consensus"} for name in charter_document()["rules"]}


def _threshold(m: int) -> Document:
    return {name: {"rule": "threshold", "m": m} for name in charter_document()["rules"]}


def check(read: Callable[[Document], object], make: Callable[[int], Document], low: int, high: int):
    """Read at both ends of the range and refuse one beyond either."""
    read(make(low))
    read(make(high))
    with pytest.raises(Malformed):
        read(make(high + 1))
    if make(low - 1) != make(low):  # there is no list or text shorter than an empty one
        with pytest.raises(Malformed):
            read(make(low - 1))


@pytest.mark.parametrize(("make", "low", "high"), CHARTERS.values(), ids=CHARTERS)
def test_limits_of_a_charter(make, low, high):
    check(lambda d: parse_charter(canonical(d)), make, low, high)


@pytest.mark.parametrize(("make", "low", "high"), GRANTS.values(), ids=GRANTS)
def test_limits_of_a_grant(make, low, high):
    check(lambda d: parse_grant(canonical(d)), make, low, high)


@pytest.mark.parametrize(("make", "low", "high"), RECEIPTS.values(), ids=RECEIPTS)
def test_limits_of_a_receipt(make, low, high):
    check(lambda d: sign_receipt(d, RECEIPT), make, low, high)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("credential_id", 1, 1023),
        ("authenticatorData", 37, 1024),
        ("clientDataJSON", 2, 4096),
        ("signature", 1, 1024),
    ],
)
def test_limits_of_a_ballot(name, low, high):
    whole = json.loads(sound_grant().to_json())

    def envelope(length: int) -> Document:
        return whole | {"ballots": [whole["ballots"][0] | {name: b64u(bytes(length))}]}

    check(lambda d: Signed.from_json(json.dumps(d)), envelope, low, high)


def test_limits_of_an_envelope():
    whole = json.loads(sound_grant().to_json())

    def envelope(count: int) -> Document:
        return whole | {"ballots": whole["ballots"][:1] * count}

    Signed.from_json(json.dumps(envelope(0)))
    Signed.from_json(json.dumps(envelope(200)))
    with pytest.raises(Malformed, match="200"):
        Signed.from_json(json.dumps(envelope(201)))
    padded = sound_grant().to_json().ljust(1_048_576)
    Signed.from_json(padded)
    with pytest.raises(Malformed, match="longer"):
        Signed.from_json(padded + " ")


def test_a_statement_has_at_most_262144_bytes():
    exact = b'{"a":"' + b"x" * (262_144 - 8) + b'"}'

    assert parse_canonical(exact)
    with pytest.raises(Malformed, match="longer"):
        parse_canonical(exact.replace(b"x", b"xx", 1))


def refusal_of(text: bytes) -> str:
    with pytest.raises(Malformed) as refused:
        verify_notices(text, CHECKPOINT.sign(text), chain=chain_of_one())
    return str(refused.value)


def test_limits_of_notices():
    lifted = [f"7d0c3c52-1f44-4b0e-9d7a-0d5f3f2f{n:04x}" for n in range(201)]

    read_notices(cast(resume(lifts=lifted[:200]), AMINA, BELA))
    with pytest.raises(Malformed):
        read_notices(cast(resume(lifts=lifted), AMINA, BELA))
    read_notices(sequence=1)
    read_notices(sequence=2**53 - 1)
    assert refusal_of(b"x" * 8 * 1_048_576) == "The document is not JSON in UTF-8."
    assert "longer" in refusal_of(b"x" * (8 * 1_048_576 + 1))
    with pytest.raises(Malformed, match="5000"):
        read_notices(items=["{}"] * 5001)
