"""A dataset with ranges and a budget, and grants that ask for noise on it."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from consent.grants.grant import Claims, DifferentialPrivacy, parse_grant
from federation.catalogue.registry import job_named
from federation.node.decision.gate import Plan
from federation.node.home import Budget, Dataset, Words
from tests.consent.grants.papers import sound_grant
from tests.federation.node.conftest import AT

LATER = AT + timedelta(days=30)
RANGES = {"age": [0, 100], "bmi": [10, 60]}


def dataset(epsilon: str = "3", *, delta: str = "0.00001", rows: int = 1) -> Dataset:
    return Dataset(
        id="river-diabetes",
        path=Path("/data/diabetes.csv"),
        format="csv",
        min_cohort=20,
        variables={"age": "number", "sex": "yes-no", "bmi": "number"},
        words=Words(columns={name: {"range": limits} for name, limits in RANGES.items()}),
        rows_per_person=rows,
        budget=Budget(Decimal(epsilon), Decimal(delta)),
    )


def claims(name: str, *, epsilon: str = "1", rounds: int = 1, delta: str = "0.00001") -> Claims:
    """Give the claims of a grant of that name; another name is another grant."""
    return replace(
        parse_grant(sound_grant().statement),
        id=name,
        digest=hashlib.sha256(name.encode()).hexdigest(),
        under=None,
        max_rounds=rounds,
        not_after=LATER,
        dp=DifferentialPrivacy(Decimal(epsilon), Decimal(delta), "person"),
    )


def plan(*, rows: int = 1, job: str = "linear-regression") -> Plan:
    return Plan(
        claims=claims("g"),
        dataset=dataset(rows=rows),
        variables=("age", "sex"),
        predictors=1,
        job=job_named(job),
        least=20,
        communities=3,
    )
