"""How much privacy each dataset has given away, over its lifetime, and whether more may go.

What is stored are the events (noise multiplier, rounds), never an epsilon alone: they are
composed anew at every reservation, so that a better accountant can recount the past. A round is
reserved before anything of the job runs, and settled after its reply left or was held back. A
node that is killed in between leaves the round reserved, and reserved counts as spent.

Rounds of a grant that may still run count all, whether it used them or not: what stewards
granted must not be taken by a later grant. When the grant is over, only what left counts.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from consent.grants.codec import time_of, time_text
from consent.grants.grant import Claims
from federation.node.books.state import State
from federation.node.errors import BudgetSpent, NoRoundsLeft
from federation.node.home import Dataset
from federation.node.privacy import accounting

MUCH = 3
"""Epsilon of one grant above which the operator is told that it is much."""

_TOLD = 100  # steps of one in which an epsilon is told: two digits after the point


@dataclass(frozen=True)
class Spend:
    """One reserved round. ``number`` is its place in the ledger, ``round`` in its grant."""

    number: int
    unit: str
    noise: str
    round: int
    rounds: int
    epsilon: str
    delta: str

    def told(self) -> dict[str, Any]:
        """Give what the receipt says of it."""
        return {name: value for name, value in vars(self).items() if name != "number"}


@dataclass(frozen=True)
class Standing:
    """A dataset's ledger in numbers, all at the budget's delta.

    Attributes:
        epsilon, delta: the budget.
        left: epsilon of all that left the node, or may have left when it was cut off.
        reserved: the same with every round that grants may still use.
        grants: how many noised grants the ledger holds.
    """

    epsilon: float
    delta: float
    left: float
    reserved: float
    grants: int


@dataclass(frozen=True)
class _Entry:
    """One grant in the ledger; ``kept`` rounds left or may have left the node."""

    number: int
    digest: str
    ids: frozenset[str]
    noise: float
    rounds: int
    not_after: datetime
    begun: int
    kept: int

    def counted(self, at: datetime, revoked: frozenset[str]) -> int:
        over = at >= self.not_after or self.begun >= self.rounds or bool(self.ids & revoked)
        return self.kept if over else self.reserved

    @property
    def reserved(self) -> int:
        """Rounds that may have left or may still leave: all but those that were freed."""
        return max(self.rounds, self.begun) - (self.begun - self.kept)


def noise_for(state: State, dataset: Dataset, claims: Claims) -> float:
    """Give the noise multiplier of a grant: as it was at its first round, else found now.

    Raises:
        BudgetSpent: the grant promises something that noise cannot be counted for.
    """
    row = state.db.execute(
        "SELECT noise FROM noised_grants WHERE dataset = ? AND grant_digest = ?",
        (dataset.id, claims.digest),
    ).fetchone()
    accounting.load()
    if row is not None:
        return float(row[0])
    if claims.dp is None:
        raise BudgetSpent("The grant says nothing of privacy noise.")
    try:
        return accounting.noise_multiplier(
            float(claims.dp.epsilon), float(claims.dp.delta), claims.max_rounds
        )
    except ValueError as error:
        raise BudgetSpent(f"Noise cannot be counted for this grant: {error}.") from error


def reserve(
    state: State, dataset: Dataset, claims: Claims, multiplier: float, at: datetime
) -> Spend:
    """Reserve one round, and with the first the whole grant. Call inside ``state.writing()``.

    Args:
        multiplier: from ``noise_for``; the ledger's own counts where it has one.
    Raises:
        BudgetSpent: with this the dataset would give away more than its budget, or has none.
        NoRoundsLeft: another message took the grant's last round a moment ago.
    """
    if dataset.budget is None or claims.dp is None:
        raise BudgetSpent(f"{dataset.id} has no privacy budget.")
    _remember(state, dataset, claims, multiplier, at)
    entries = _entries(state, dataset)
    own = next(e for e in entries if e.digest == claims.digest)
    if own.begun >= own.rounds:
        raise NoRoundsLeft(f"All {own.rounds} rounds of the grant are used.")
    _require_within(state, dataset, entries, own, at)
    if not own.begun and claims.dp.epsilon > MUCH:
        state.note(
            f"A grant lets epsilon {claims.dp.epsilon} of {dataset.id} go at once. Above {MUCH} "
            "is more than is recommended for one grant.",
            at,
        )
    number = state.db.execute(
        "INSERT INTO noised_rounds (noised_grant, at, became) VALUES (?, ?, 'reserved')",
        (own.number, time_text(at)),
    ).lastrowid
    return Spend(
        number=int(number or 0),
        unit=claims.dp.unit,
        noise=_decimal(own.noise),
        round=own.begun + 1,
        rounds=own.rounds,
        epsilon=str(claims.dp.epsilon).lower(),
        delta=str(claims.dp.delta).lower(),
    )


def settle(state: State, spend: Spend, *, left: bool) -> None:
    """Close a reserved round: it left the node, or nothing of it did and it is free again."""
    state.db.execute(
        "UPDATE noised_rounds SET became = ? WHERE number = ? AND became = 'reserved'",
        ("left" if left else "freed", spend.number),
    )


def budget_of(state: State, dataset: Dataset, at: datetime | None = None) -> Standing | None:
    """Give a dataset's standing for people to read; None where it has no budget."""
    if dataset.budget is None:
        return None
    entries, revoked = _entries(state, dataset), _revoked(state)
    when, delta = at or datetime.now(UTC), float(dataset.budget.delta)
    reserved = [(e.noise, e.counted(when, revoked)) for e in entries]
    return Standing(
        epsilon=float(dataset.budget.epsilon),
        delta=delta,
        left=_epsilon([(e.noise, e.kept) for e in entries], delta),
        reserved=_epsilon(reserved, delta),
        grants=len(entries),
    )


def _require_within(
    state: State, dataset: Dataset, entries: list[_Entry], own: _Entry, at: datetime
) -> None:
    if dataset.budget is None:
        raise BudgetSpent(f"{dataset.id} has no privacy budget.")
    revoked, delta = _revoked(state), float(dataset.budget.delta)
    others = [e for e in entries if e.digest != own.digest]
    events = [(e.noise, e.counted(at, revoked)) for e in others]
    together = _epsilon([*events, (own.noise, own.reserved)], delta)
    if together > float(dataset.budget.epsilon):
        before = _epsilon(events, delta)
        raise BudgetSpent(
            f"The privacy budget of {dataset.id} is epsilon {dataset.budget.epsilon} for its "
            f"lifetime. {_told(before)} of it is used or promised to other grants; with this "
            f"grant it would be {_told(together)}."
        )


def _remember(
    state: State, dataset: Dataset, claims: Claims, multiplier: float, at: datetime
) -> None:
    dp = claims.dp
    if dp is None:
        return
    state.db.execute(
        """INSERT OR IGNORE INTO noised_grants (dataset, file, grant_digest, ids, unit, noise,
        rounds, epsilon, delta, not_after, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            dataset.id,
            _file(dataset),
            claims.digest,
            json.dumps(sorted(claims.stopped_with)),
            dp.unit,
            _decimal(multiplier),
            claims.max_rounds,
            str(dp.epsilon),
            str(dp.delta),
            time_text(claims.not_after),
            time_text(at),
        ),
    )


def _entries(state: State, dataset: Dataset) -> list[_Entry]:
    """List what counts for a dataset: under its name, and under any other name of its file."""
    rows = state.db.execute(
        """SELECT g.number, g.grant_digest, g.ids, g.noise, g.rounds, g.not_after,
            COUNT(r.number), COALESCE(SUM(r.became <> 'freed'), 0)
        FROM noised_grants g LEFT JOIN noised_rounds r ON r.noised_grant = g.number
        WHERE g.dataset = ? OR g.file = ? GROUP BY g.number ORDER BY g.number""",
        (dataset.id, _file(dataset)),
    )
    return [
        _Entry(
            number=row[0],
            digest=row[1],
            ids=frozenset(json.loads(row[2])),
            noise=float(row[3]),
            rounds=row[4],
            not_after=time_of(row[5]),
            begun=row[6],
            kept=row[7],
        )
        for row in rows
    ]


def _file(dataset: Dataset) -> str:
    return str(dataset.path.resolve())


def _revoked(state: State) -> frozenset[str]:
    notices = state.notices()
    return notices.revoked if notices else frozenset()


def _epsilon(events: list[tuple[float, int]], delta: float) -> float:
    """Compose events; nothing gives nothing away."""
    some = [(noise, rounds) for noise, rounds in events if rounds]
    return accounting.epsilon_of(some, delta) if some else 0.0


def _decimal(value: float) -> str:
    return f"{value:.12f}".rstrip("0").rstrip(".")


def _told(epsilon: float) -> str:
    """Say an epsilon with two digits after the point, rounded up."""
    return f"{-(-epsilon * _TOLD // 1) / _TOLD:g}"
