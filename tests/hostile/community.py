"""A community as its stewards make it: passkeys, charter, grants, notices."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import b64u, canonical, time_text
from consent.grants.statements import Signed
from tools.soft_passkey import SoftPasskey

RULES = ("charter", "protocol", "grant", "revocation", "resume", "release")


def passkeys(count: int) -> list[SoftPasskey]:
    return [SoftPasskey() for _ in range(count)]


def signed(document: Mapping[str, Any], signers: Sequence[SoftPasskey]) -> Signed:
    """Cast one yes for each passkey on a document."""
    statement = canonical(document)
    kind = str(document["type"])
    return Signed(statement, tuple(key.sign(statement, kind, "yes") for key in signers))


@dataclass
class Community:
    """Three stewards, two of whom must sign.

    ``platform_key`` signs lists of notices; in these tests the attacker holds it.
    """

    name: str
    card: Mapping[str, str]
    platform_key: Ed25519PrivateKey
    stewards: list[SoftPasskey] = field(default_factory=lambda: passkeys(3))
    sequence: int = 0

    def charter(self, **changes: Any) -> dict[str, Any]:
        """Give the first charter's document, with changes put in."""
        return {
            "type": "charter",
            "version": 1,
            "community": self.name,
            "number": 1,
            "previous": None,
            "created": time_text(datetime.now(UTC)),
            "stewards": [steward(place, key) for place, key in enumerate(self.stewards)],
            "rules": {
                **{kind: {"rule": "threshold", "m": 2} for kind in RULES},
                "pause": {"rule": "threshold", "m": 1},
            },
            "floor": 2,
            "relying_party": {"id": "localhost", "origins": ["http://localhost:8000"]},
            "checkpoint_key": b64u(self.platform_key.public_key().public_bytes_raw()),
            "nodes": [{key: self.card[key] for key in ("name", "receipt_key", "supernode_key")}],
            **changes,
        }

    def first_charter(self) -> Signed:
        return signed(self.charter(), self.stewards)

    def grant(self, run: Mapping[str, Any], charter: Signed, **changes: Any) -> dict[str, Any]:
        """Give a sound grant's document for a run, with changes put in."""
        now = datetime.now(UTC)
        return {
            "type": "grant",
            "version": 1,
            "community": self.name,
            "id": str(uuid.uuid4()),
            "charter": {"number": 1, "digest": charter.digest},
            "protocols": [{"line": "main", "number": 1, "digest": "0" * 64}],
            "request": {"id": str(uuid.uuid4()), "revision": 1, "digest": run["request"]},
            "run": {
                "job": run["job"],
                "job_version": "1.0.0",
                "code": run["code"],
                "config": run["config"],
                "max_rounds": run["max_rounds"],
            },
            "data": {
                "keeper": self.name,
                "dataset": f"{self.name}-diabetes",
                "variables": list(run["variables"]),
            },
            "purpose": {"code": "DUO:0000037", "text": "How weight and pressure bear on diabetes."},
            "people": [{"name": "Chi", "email": "chi@example.org", "orcid": ""}],
            "institution": {"name": "A university", "ror": ""},
            "communities": list(run["communities"]),
            "min_nodes": len(run["communities"]),
            "not_before": time_text(now - timedelta(hours=1)),
            "not_after": time_text(now + timedelta(days=1)),
            "min_cohort": 100,
            "privacy": {"dp": None, "secure_aggregation": False},
            "outputs": list(run.get("outputs", ("coefficients", "standard-errors"))),
            "cooling_off_s": 0,
            "conditions": [],
            **changes,
        }

    def delegation(self, grant: Mapping[str, Any], **changes: Any) -> Signed:
        """Let the first steward decide alone what this grant is about, as two of them sign."""
        now = datetime.now(UTC)
        document = {
            "type": "delegation",
            "version": 1,
            "community": self.name,
            "id": str(uuid.uuid4()),
            "charter": grant["charter"],
            "delegate": "st-0",
            "scope": {
                "keeper": grant["data"]["keeper"],
                "dataset": grant["data"]["dataset"],
                "code": grant["run"]["code"],
            },
            "max_grants": 1,
            "max_rounds": grant["run"]["max_rounds"],
            "not_before": time_text(now - timedelta(days=1)),
            "not_after": time_text(now + timedelta(days=30)),
            "resolution": "minute 12",
            "created": time_text(now),
            **changes,
        }
        return signed(document, self.stewards[:2])

    def delegated(self, grant: Mapping[str, Any], delegation: Signed) -> Signed:
        """Let the delegate alone sign yes to a grant, and put the delegation beside it."""
        return replace(signed(grant, self.stewards[:1]), under=delegation)

    def notices(
        self,
        items: Sequence[Signed] = (),
        *,
        issued: datetime | None = None,
        sequence: int | None = None,
    ) -> tuple[bytes, bytes]:
        """Make a list with the next number, signed by the platform's key."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        text = canonical(
            {
                "type": "notices",
                "version": 1,
                "community": self.name,
                "sequence": sequence,
                "issued": time_text(issued or datetime.now(UTC)),
                "items": [item.to_json() for item in items],
            }
        )
        return text, self.platform_key.sign(text)

    def revocation(self, grant_id: str) -> Signed:
        document = self._notice("revocation", grant=grant_id, reason="We changed our minds.")
        return signed(document, self.stewards[:2])

    def pause(self, scope: str) -> Signed:
        return signed(self._notice("pause", scope=scope, reason="Wait."), self.stewards[:1])

    def resume(self, pause: Signed) -> Signed:
        lifts = [pause.document["id"]]
        return signed(self._notice("resume", lifts=lifts), self.stewards[:2])

    def _notice(self, kind: str, **fields: Any) -> dict[str, Any]:
        return {
            "type": kind,
            "version": 1,
            "community": self.name,
            "id": str(uuid.uuid4()),
            "created": time_text(datetime.now(UTC)),
            **fields,
        }


def steward(place: int, *keys: SoftPasskey) -> dict[str, Any]:
    """Give a charter's entry for one steward."""
    return {
        "id": f"st-{place}",
        "name": f"Steward {place}",
        "bodies": ["board"],
        "keys": [{"credential_id": b64u(k.credential_id), "cose": b64u(k.cose)} for k in keys],
    }
