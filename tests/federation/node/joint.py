"""River's node with data that Coast holds too."""

from argparse import Namespace
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import b64u
from consent.grants.statements import Signed
from consent.grants.verify import RunFacts
from consent.grants.words import fingerprint_words
from federation.node import keys
from federation.node.decision.holders import Consent, Holders
from federation.node.setting_up.pinning import pin_charter
from federation.node.settings import read_config
from tests.federation.node.conftest import CONFIG, Made
from tests.hostile.community import Community, signed

GRANT = "55555555-5555-4555-8555-555555555555"
RUN = {
    "job": "linear-regression",
    "code": "a" * 64,
    "config": "b" * 64,
    "request": "c" * 64,
    "max_rounds": 2,
    "variables": ["age", "bmi"],
    "communities": ["river", "coast"],
}
FACTS = RunFacts(
    community="river",
    code="a" * 64,
    config="b" * 64,
    request="c" * 64,
    keeper="river",
    dataset="river-diabetes",
    variables=("age", "bmi"),
    message_type="train",
    rounds_used=0,
    communities=("river",),
)


@dataclass
class Joint:
    """River's node with data that Coast holds too, and what the platform serves of Coast."""

    made: Made
    coast: Community
    charter: Signed

    def serve(self, **changes: Any) -> Signed:
        """Serve a grant of Coast for River's dataset, with changes put in."""
        data = {"keeper": "river", "dataset": "river-diabetes", "variables": ["age", "bmi"]}
        wanted = {"id": GRANT, "data": data, "min_nodes": 1} | changes
        grant = signed(self.coast.grant(RUN, self.charter, **wanted), self.coast.stewards[:2])
        self.made.platform.served["coast"].grants = [grant.to_json()]
        return grant

    def stop(self, notice: Signed) -> None:
        self.made.platform.served["coast"].notices = self.coast.notices([notice])

    def ask(self, facts: RunFacts = FACTS, grant: str = GRANT) -> tuple[Consent, ...]:
        """Do what a node does at a message; the states stay open for what comes after."""
        holders = Holders(self.made.home, self.made.config)
        dataset = self.made.config.datasets["river-diabetes"]
        holders.fetch(dataset, self.made.link(), at=now())
        grants = {"coast": grant} if grant else {}
        return holders.require_allowed(dataset, facts, grants, at=now())


def now() -> datetime:
    return datetime.now(UTC)


def make_joint(made: Made) -> Joint:
    """Coast's charter is served and pinned by its words; no grant of Coast yet."""
    text = CONFIG.format(platform=made.platform.url)
    made.home.config.write_text(
        text.replace("min_cohort = 20", 'min_cohort = 20\nholders = ["coast"]')
    )
    made.config = read_config(made.home)
    card = {
        "name": "coast-node",
        "receipt_key": b64u(Ed25519PrivateKey.generate().public_key().public_bytes_raw()),
        "supernode_key": keys.supernode_public_key(made.home),
    }
    coast = Community("coast", card, Ed25519PrivateKey.generate())
    charter = coast.first_charter()
    served = made.platform.served["coast"]
    served.charters, served.notices = [charter.to_json()], coast.notices()
    pin(made, "coast", fingerprint_words(charter.digest))
    return Joint(made, coast, charter)


def pin(made: Made, holder: str, words: str) -> None:
    pin_charter(made.home, Namespace(holder=holder, fingerprint=words, charter=None, json=False))
