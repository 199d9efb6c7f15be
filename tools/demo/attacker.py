"""Somebody who runs the whole platform: its database, its workers and its SuperLink.

The platform itself refuses what follows, so the demo goes round it: it writes to the database and
speaks to SuperLink directly. What is left is the nodes' own judgement.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg.rows import dict_row

from consent.grants.statements import Answer, Ballot, Signed
from federation.catalogue import registry
from federation.gateway.base import ConfigValue, Gateway

JOB = "linear-regression"


@dataclass(frozen=True)
class Target:
    """One node and the grant that the attacker names to it."""

    community: str
    flower_node: int
    grant: str


@dataclass(frozen=True)
class Refusal:
    node: str
    code: str
    reason: str
    data_opened: bool


class Attacker:
    """``database`` is a libpq URL with the rights of the platform's own user."""

    def __init__(self, database: str, gateway: Gateway) -> None:
        self._db = psycopg.connect(database, autocommit=True, row_factory=dict_row)
        self._gateway = gateway

    def close(self) -> None:
        self._db.close()

    def dispatch(
        self,
        targets: list[Target],
        *,
        revision: str,
        parameters: Mapping[str, object],
        fab: bytes | None = None,
    ) -> str:
        """Start a run at SuperLink past every check of the platform; return its run id."""
        run = str(uuid.uuid4())
        config: dict[str, ConfigValue] = {
            **registry.job_config(JOB, parameters),
            "kinhold.run": run,
            "kinhold.request": revision,
            "kinhold.nodes": ",".join(str(t.flower_node) for t in targets),
            "kinhold.communities": ",".join(t.community for t in targets),
            "kinhold.grants": ",".join(f"{t.community}={t.grant}" for t in targets),
            "kinhold.min-nodes": len(targets),
            "kinhold.max-rounds": 1,
        }
        self._gateway.start(fab or registry.build_fab(JOB), config)
        return run

    def insert_grants(self, revision: str) -> None:
        """Write a grant row for every open review of a revision, with what ballots there are."""
        reviews = self._db.execute(
            """
            SELECT review.id AS review, review.community_id AS community,
                   statement.id AS statement, statement.text AS text
            FROM consent_review review
            JOIN consent_requestrevision revision ON revision.id = review.revision_id
            JOIN governance_statement statement ON statement.id = review.statement_id
            WHERE revision.digest = %s
            """,
            [revision],
        ).fetchall()
        for review in reviews:
            self._insert_grant(review)

    def _insert_grant(self, review: Mapping[str, object]) -> None:
        text = str(review["text"])
        document = json.loads(text)
        signed = Signed(text.encode(), self._ballots(review["statement"]))
        self._db.execute(
            """
            INSERT INTO consent_grant (public_id, review_id, community_id, statement_id,
                signed_text, not_before, not_after, acceptance, state, granted_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, '', 'active', now())
            """,
            [
                document["id"],
                review["review"],
                review["community"],
                review["statement"],
                signed.to_json(),
                document["not_before"],
                document["not_after"],
            ],
        )

    def _ballots(self, statement: object) -> tuple[Ballot, ...]:
        rows = self._db.execute(
            """
            SELECT credential_id, authenticator_data, client_data_json, signature, answer
            FROM governance_ballot WHERE statement_id = %s AND replaced_at IS NULL
            """,
            [statement],
        ).fetchall()
        return tuple(
            Ballot(
                bytes(row["credential_id"]),
                bytes(row["authenticator_data"]),
                bytes(row["client_data_json"]),
                bytes(row["signature"]),
                Answer(row["answer"]),
            )
            for row in rows
        )

    def targets(self, revision: str) -> list[Target]:
        """Every node whose community has a grant row for that revision, honest or not."""
        rows = self._db.execute(
            """
            SELECT community.slug AS community, node.flower_node AS node,
                   consent_grant.public_id::text AS grant
            FROM consent_grant
            JOIN consent_review review ON review.id = consent_grant.review_id
            JOIN consent_requestrevision revision ON revision.id = review.revision_id
            JOIN governance_community community ON community.id = consent_grant.community_id
            JOIN federation_datanode node ON node.community_id = community.id
            WHERE revision.digest = %s ORDER BY community.slug
            """,
            [revision],
        ).fetchall()
        return [Target(row["community"], int(row["node"]), row["grant"]) for row in rows]

    def refusals(self, run: str) -> list[Refusal]:
        """What the nodes' signed receipts say about a run that the platform does not know."""
        rows = self._db.execute(
            "SELECT text FROM federation_receipt WHERE text LIKE %s", [f"%{run}%"]
        ).fetchall()
        receipts = [json.loads(row["text"]) for row in rows]
        return [
            Refusal(f"{r['community']}/{r['node']}", r["code"], r["reason"], bool(r["data_opened"]))
            for r in receipts
            if r["outcome"] == "refused"
        ]

    def changed_bundle(self) -> bytes:
        """The approved bundle with one byte of its archive comment added: it still unpacks."""
        fab = bytearray(registry.build_fab(JOB))
        # The last two bytes of a zip without a comment are the comment's length.
        fab[-2:] = (1).to_bytes(2, "little")
        return bytes(fab) + b"!"
