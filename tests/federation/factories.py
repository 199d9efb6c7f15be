"""Nodes with real keys, receipts with real signatures, and three communities that said yes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from consent.actions import notices
from consent.grants.charter import NodeKeys
from consent.grants.codec import b64u, digest, time_text
from consent.grants.receipts import checks_made, sign_receipt
from consent.models import Grant, RequestRevision, Review, TrainingRequest
from consent.terms import TERMS_DIGEST
from federation.actions import nodes as node_actions
from federation.actions import receipts, requests, results, runs
from federation.actions.catalogue import publish
from federation.gateway.memory import MemoryGateway
from federation.models import DataNode, Run
from governance.models import Community
from tests.cast import Person
from tests.consent.factories import make_draft, say_yes
from tests.factories import make_charter, make_dataset, make_protocol

FIELDS = {"max_rounds": 3, "min_cohort": 100, "min_nodes": 3, "months": 6}
JOB = {
    "name": "linear-regression",
    "parameters": {"outcome": "progression", "predictors": "age,bmi"},
}
RESULT = {
    "job": "linear-regression",
    "job_version": "1.0.0",
    "rounds": 1,
    "nodes": 3,
    "n_band": "200-499",
    "converged": True,
    "coefficients": {"intercept": 1.5, "age": 0.25, "bmi": -2.0},
    "standard_errors": {"intercept": 0.5, "age": 0.125, "bmi": 0.75},
    "r_squared": 0.5,
    "residual_sd": 1.25,
}


@dataclass
class Machine:
    """A node's own side: its keys, and the receipts it has made."""

    community: str
    name: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    supernode: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP384R1())
    )
    made: list[bytes] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.community}/{self.name}"

    @property
    def supernode_line(self) -> str:
        public = self.supernode.public_key()
        return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

    @property
    def card(self) -> dict[str, str]:
        return {
            "community": self.community,
            "name": self.name,
            "receipt_key": b64u(self.key.public_key().public_bytes_raw()),
            "supernode_key": self.supernode_line,
        }

    @property
    def keys(self) -> NodeKeys:
        return NodeKeys(self.name, self.key.public_key().public_bytes_raw(), self.supernode_line)

    def receipt(self, **changes: Any) -> tuple[bytes, bytes]:
        """Make and sign the next receipt of this machine."""
        document = {
            "type": "receipt",
            "version": 2,
            "community": self.community,
            "node": self.name,
            "sequence": len(self.made) + 1,
            "previous": digest(self.made[-1]) if self.made else None,
            "at": time_text(timezone.now()),
            "run": str(uuid.uuid4()),
            "flower_run": "1",
            "grant": str(uuid.uuid4()),
            "round": 1,
            "outcome": "trained",
            "code": "ok",
            "reason": "The node trained.",
            "checks": checks_made(None),
            "people": "100-199",
            "bytes_out": 512,
            "reply_digest": "c" * 64,
            "data_opened": True,
            "dataset_version": "d" * 64,
            "optouts": 0,
            "mixed": False,
            "spent": None,
        } | changes
        text, signature = sign_receipt(document, self.key)
        self.made.append(text)
        return text, signature


# A step of secure mixing that went well: no data, and no round.
PREPARED = {
    "outcome": "prepared",
    "reason": "The node took a step of secure aggregation.",
    "people": "",
    "data_opened": False,
    "dataset_version": "",
}
REFUSAL = {
    "outcome": "refused",
    "code": "not-decided",
    "reason": "2 of 3 must say yes; 1 did.",
    "people": "",
    "bytes_out": 0,
    "reply_digest": "",
    "data_opened": False,
    "dataset_version": "",
    "checks": [{"step": 1, "name": "well formed", "result": "ok"}],
}


@dataclass(frozen=True)
class Place:
    """One community of the story: its stewards, its machine, and what the platform has of it."""

    community: Community
    stewards: Sequence[Person]
    machine: Machine
    node: DataNode

    def tells(self, run: Run, **changes: Any) -> receipts.Taken:
        """Have the machine make a receipt about a run, and the platform take it in."""
        about = {"run": str(run.public_id), "flower_run": str(run.flower_run)}
        text, signature = self.machine.receipt(**(about | changes))
        return receipts.take(self.node, text=text, signature=signature)


def make_place(community: Community, stewards: Sequence[Person], **settings: int | str) -> Place:
    """A community with charter, protocol, a listed dataset and a node that Flower knows."""
    machine = Machine(community.slug, f"{community.slug}-node")
    node = node_actions.enrol(community_id=community.pk, actor=stewards[0].user, card=machine.card)
    signers = [steward.signer for steward in stewards]
    make_charter(community, signers, nodes=[machine.keys])
    make_protocol(community, signers, **settings)
    make_dataset(community, stewards[0].user, f"{community.slug}-diabetes")
    notices.publish(community.pk)
    return Place(community, stewards, machine, node)


def connect(gateway: MemoryGateway, *places: Place) -> None:
    """Let Flower know the nodes, and the nodes be there."""
    node_actions.register(gateway=gateway)
    for place in places:
        place.node.refresh_from_db()
        gateway.come_online(int(place.node.flower_node or 0))


def ask(applicant: Person, places: Sequence[Place], **changes: Any) -> TrainingRequest:
    """A submitted request to all the places."""
    publish("linear-regression")
    datasets = [f"{place.community.slug}-diabetes" for place in places]
    fields = FIELDS | {"datasets": datasets, "job": JOB} | changes
    request = make_draft(applicant.user, **fields)
    return requests.submit(request.pk, actor=applicant.user, terms=TERMS_DIGEST)


def agree(request: TrainingRequest, *places: Place) -> list[Grant]:
    """Have the stewards of each place say yes."""
    grants = []
    for place in places:
        review = Review.objects.select_related("statement", "community").get(
            revision__request=request, community=place.community
        )
        grants.append(say_yes(review, place.stewards[:2]))
    return grants


def revision_of(request: TrainingRequest) -> RequestRevision:
    return RequestRevision.objects.select_related("request").get(request=request)


def later(at: datetime | None = None, **delta: float) -> datetime:
    return (at or timezone.now()) + timedelta(**delta)


def finish(run: Run, places: Sequence[Place], gateway: MemoryGateway) -> Run:
    """Have every node train and the model come in, and the run end well."""
    for place in places:
        place.tells(run)
    results.take(run=run.public_id, flower_run=int(run.flower_run or 0), result=RESULT)
    gateway.finish(int(run.flower_run or 0), sub_status="completed")
    runs.follow(run.pk, gateway=gateway)
    run.refresh_from_db()
    assert run.state == "finished", run.why
    return run
