"""A run put to a node's gate without any Flower: what is granted, what is asked, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from consent.grants.codec import config_digest, digest
from consent.grants.grant import Claims
from consent.grants.statements import Signed
from federation.catalogue.registry import build_fab, job_config
from federation.node.books.receipts import Account
from federation.node.books.state import State
from federation.node.decision.gate import held_grant, read_asked, require_allowed
from federation.node.decision.papers import papers_in_force
from federation.node.work import Work
from tests.federation.node.conftest import Made
from tests.hostile.community import signed
from tools.soft_passkey import SoftPasskey

GRANT = "33333333-3333-4333-8333-333333333333"
REQUEST = "c" * 64
OWN = job_config("linear-regression", {"outcome": "bmi", "predictors": "age"})


def bound() -> dict[str, Any]:
    """Give what a grant binds of the run."""
    return {
        "job": "linear-regression",
        "code": digest(build_fab("linear-regression")),
        "config": config_digest(OWN),
        "request": REQUEST,
        "max_rounds": 3,
        "variables": ["age", "bmi"],
        "communities": ["river", "coast"],
    }


def serve(
    made: Made,
    *,
    charter: Signed | None = None,
    number: int = 1,
    by: list[SoftPasskey] | None = None,
    **changes: Any,
) -> Signed:
    """Let stewards sign a grant under a charter, and the platform serve it."""
    document = made.community.grant(bound(), charter or made.charter, id=GRANT, **changes)
    document["charter"]["number"] = number
    grant = signed(document, by or made.community.stewards[:2])
    made.platform.served["river"].grants = [grant.to_json()]
    return grant


def ask(
    made: Made, at: datetime, *, state: State | None = None, config: Mapping[str, Any] = {}
) -> Claims:
    """Put the run to the node's gate at a time.

    Raises:
        GrantRefused: it is refused.
    """
    whole = {
        **OWN,
        "kinhold.run": "22222222-2222-4222-8222-222222222222",
        "kinhold.request": REQUEST,
        "kinhold.grants": f"river={GRANT}",
        "kinhold.datasets": "river=river-diabetes",
        "kinhold.communities": "river,coast",
        **config,
    }
    fab = build_fab("linear-regression")
    asked = read_asked(whole, "river")
    work = Work(
        flower_run=5,
        message_type="train",
        round=1,
        code_claimed=digest(fab),
        fab=fab,
        config=whole,
        job_input=b"",
    )
    held = held_grant(state or made.state, asked)
    book = state or made.state
    papers = papers_in_force(book, made.config, Account(), at=at)
    claims, _ = require_allowed(held, asked, work, papers, state=book, config=made.config, at=at)
    return claims
