"""Time allow_run() on a grant with nine ballots, beside its nine signature checks alone.

    python -m bench.allow_run [--rounds 300]

Prints medians in milliseconds. Both are measured in turn in one process, so that a busy
machine slows both. Exits 1 when allow_run() takes 5 ms or more.
"""

import argparse
import hashlib
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from consent.grants.charter import Charter, pin
from consent.grants.cose import load_key
from consent.grants.statements import Signed
from tests.consent.grants.cast import NOON, cast, charter_document, passkey, rules, steward
from tests.consent.grants.papers import FACTS, Case, grant_document

LIMIT_MS = 5.0
STEWARDS = 9


def nine_ballots(alg: str) -> tuple[Signed, tuple[Charter, ...]]:
    """A grant that nine of nine stewards signed, and its chain of one charter."""
    keys = [passkey(f"bench {n}", alg) for n in range(STEWARDS)]
    people = [steward(f"s{n}", [key]) for n, key in enumerate(keys)]
    charter = cast(charter_document(stewards=people, rules=rules(STEWARDS)), *keys)
    chain = pin(charter, fingerprint=charter.digest)
    document = grant_document(charter={"number": 1, "digest": charter.digest})
    return cast(document, *keys), chain


def bare_checks(signed: Signed, charter: Charter) -> Callable[[], None]:
    """Only the signatures: keys loaded and messages put together beforehand."""
    checks = [
        (
            load_key(charter.cose_of(ballot.credential_id) or b""),
            ballot.signature,
            ballot.authenticator_data + hashlib.sha256(ballot.client_data_json).digest(),
        )
        for ballot in signed.ballots
    ]

    def verify_all() -> None:
        for key, signature, message in checks:
            key.verify(signature, message)

    return verify_all


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def measure(alg: str, rounds: int) -> float:
    signed, chain = nine_ballots(alg)
    case = replace(Case(), signed=signed, chain=chain, at=NOON, facts=FACTS)
    bare = bare_checks(signed, chain[0])
    whole_ms, bare_ms = [], []
    for _ in range(rounds):
        whole_ms.append(milliseconds(case.allow))
        bare_ms.append(milliseconds(bare))
    whole, only = statistics.median(whole_ms), statistics.median(bare_ms)
    print(
        f"{alg:<6} allow_run() {whole:6.3f} ms   nine signatures {only:6.3f} ms   "
        f"ratio {whole / only:4.2f}"
    )
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(description="Time allow_run() on a nine-ballot grant.")
    parser.add_argument("--rounds", type=int, default=300)
    rounds = parser.parse_args().rounds
    slowest = max(measure(alg, rounds) for alg in ("ES256", "EdDSA", "RS256"))
    return 0 if slowest < LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
