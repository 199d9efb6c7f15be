"""What each node states of itself at the start of a round, signed with its receipt key.

The platform passes these statements on. Without signatures it could put keys of its own in their
place and read everything. So each names the run, the question and all who take part, and counts
only if the charter of its community, pinned here by people, names the key that signed it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.charter import Charter
from consent.grants.codec import canonical, parse_canonical
from consent.grants.cose import load_ed25519
from consent.grants.errors import GrantRefused
from federation.catalogue.shared.masks import public_key
from federation.node.errors import NotHidden

LONGEST = 65_536
"""Bytes of one statement: a thousand communities fit in."""

_OWN = frozenset({"community", "node", "sealing_key", "masking_key", "seed"})
_COMMON = {
    "type": "something else",
    "version": "another version of secure aggregation",
    "flower_run": "another run",
    "round": "another round",
    "run": "another run",
    "request": "another request",
    "config": "other parameters",
    "question": "another question",
    "communities": "other communities",
}


@dataclass(frozen=True)
class Round:
    """What all nodes of a round must have been told alike.

    Attributes:
        question: digest of the numbers that were asked with. Asked different things, the other
            nodes could be made to give answers known beforehand, and the sum would be one node's.
        communities: all that take part, in order.
    """

    flower_run: int
    number: int
    run: str
    request: str
    config: str
    question: str
    communities: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return {
            "type": "mixing-keys",
            "version": 1,
            "flower_run": str(self.flower_run),
            "round": self.number,
            "run": self.run,
            "request": self.request,
            "config": self.config,
            "question": self.question,
            "communities": list(self.communities),
        }


@dataclass(frozen=True)
class Keys:
    """The public half of what one node made for one round.

    Attributes:
        sealing_key, masking_key: points of the curve.
        seed: digest of the seed of the node's own mask, as hex.
    """

    community: str
    node: str
    sealing_key: bytes
    masking_key: bytes
    seed: str

    def sealing(self) -> ec.EllipticCurvePublicKey:
        return public_key(self.sealing_key)

    def masking(self) -> ec.EllipticCurvePublicKey:
        return public_key(self.masking_key)


def stated(told: Round, keys: Keys, key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """Write and sign a node's own statement."""
    statement = canonical(
        {
            **told.document(),
            "community": keys.community,
            "node": keys.node,
            "sealing_key": keys.sealing_key.hex(),
            "masking_key": keys.masking_key.hex(),
            "seed": keys.seed,
        }
    )
    return statement, key.sign(statement)


def community_of(statement: bytes) -> str:
    """Read whose statement it says it is; nothing is believed yet."""
    return str(_document(statement)["community"])


def verified(statement: bytes, signature: bytes, *, told: Round, chain: Sequence[Charter]) -> Keys:
    """Give the keys of another node, once its community's charter vouches for them.

    Args:
        chain: that community's charters, as pinned here; the newest names its nodes.
    Raises:
        NotHidden: it is not theirs, or they were told something else than this node.
    """
    document = _document(statement)
    community = str(document["community"])
    if not chain or chain[-1].community != community:
        raise NotHidden(f"The charter of {community} is not pinned at this node.")
    signers = [node for node in chain[-1].nodes if node.name == document["node"]]
    if not signers:
        raise NotHidden(f"The charter of {community} names no node of that name.")
    try:
        load_ed25519(signers[0].receipt_key).verify(signature, statement)
    except (InvalidSignature, GrantRefused) as error:
        raise NotHidden(
            f"The keys said to be of {community}'s node are not signed by it: somebody put others "
            "in their place."
        ) from error
    _require_same(document, told)
    return keys_in(statement)


def require_told(statement: bytes, told: Round) -> None:
    """Refuse a message about something else than a node's own statement was about.

    Raises:
        NotHidden: another question, say: the others agreed to that one only.
    """
    _require_same(_document(statement), told)


def _require_same(document: Mapping[str, Any], told: Round) -> None:
    for name, value in told.document().items():
        if document[name] != value:
            raise NotHidden(f"The node of {document['community']} was told of {_COMMON[name]}.")


def _document(statement: bytes) -> dict[str, Any]:
    try:
        document = parse_canonical(statement, limit=LONGEST)
    except GrantRefused as refusal:
        raise NotHidden("A node's statement of its keys cannot be read.") from refusal
    if set(document) != _OWN | set(_COMMON):
        raise NotHidden("A node's statement of its keys has other fields than it must.")
    return document


def keys_in(statement: bytes) -> Keys:
    """Read the keys in a statement. Whose they are is for ``verified`` to say.

    Raises:
        NotHidden: they are no keys.
    """
    document = _document(statement)
    try:
        keys = Keys(
            community=str(document["community"]),
            node=str(document["node"]),
            sealing_key=bytes.fromhex(document["sealing_key"]),
            masking_key=bytes.fromhex(document["masking_key"]),
            seed=str(document["seed"]),
        )
        keys.sealing(), keys.masking()
    except (ValueError, TypeError) as error:
        raise NotHidden(f"The keys of {document['community']}'s node are no keys.") from error
    return keys
