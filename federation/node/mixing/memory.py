"""What the node remembers of a round of secure aggregation, from one message to the next.

Each step is taken once and in order, whatever is sent and however often the node is started in
between: a mask used twice, or two answers to the last step, would give the node's own answer away.
The secrets are wiped with the last step, or after an hour; that the round was begun stays known.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from consent.grants.codec import time_of, time_text
from federation.node.books.state import State
from federation.node.errors import NotHidden

KEPT = timedelta(hours=1)
"""Longest that a round may take from its first step to its last."""

MOST_OPEN = 64
"""Rounds that may be under way at once."""

OVER = "over"

OTHER_SUM = (
    "A sum of other nodes was opened under this grant before. Two sums that differ by a node would "
    "tell that node's answer; ask the communities for a new grant, or for privacy noise."
)


@dataclass(frozen=True)
class Place:
    """Which round, under which grant."""

    flower_run: int
    round: int
    grant: str


def begin(state: State, place: Place, step: str, secrets: Mapping[str, Any], at: datetime) -> None:
    """Remember that a round was begun.

    Raises:
        NotHidden: it was begun before, or too many are under way.
    """
    forget_old(state, at)
    with state.writing():
        count = state.db.execute("SELECT COUNT(*) FROM mixings WHERE secrets IS NOT NULL")
        if count.fetchone()[0] >= MOST_OPEN:
            raise NotHidden("Too many rounds of secure aggregation are under way at this node.")
        try:
            state.db.execute(
                "INSERT INTO mixings VALUES (?, ?, ?, ?, ?, ?)",
                (
                    str(place.flower_run),
                    place.round,
                    place.grant,
                    step,
                    time_text(at),
                    json.dumps(secrets),
                ),
            )
        except sqlite3.IntegrityError:
            raise NotHidden("This round of secure aggregation was begun before.") from None


def secrets_at(state: State, place: Place, step: str, at: datetime) -> dict[str, Any]:
    """Give what was kept, if ``step`` is the last one that this node took.

    Raises:
        NotHidden: the round is at another step, is over, or was never begun here.
    """
    forget_old(state, at)
    row = _row(state, place)
    if row is None:
        raise NotHidden("This round of secure aggregation was not begun at this node.")
    if row[0] != step or row[1] is None:
        raise NotHidden("This step of secure aggregation is out of its order, or was taken before.")
    kept: dict[str, Any] = json.loads(row[1])
    return kept


def go_on(
    state: State, place: Place, step: str, to: str, secrets: Mapping[str, Any] | None
) -> None:
    """Take a step, for good; None wipes the secrets.

    Raises:
        NotHidden: somebody took it meanwhile.
    """
    changed = state.db.execute(
        """UPDATE mixings SET step = ?, secrets = ?
        WHERE flower_run = ? AND round = ? AND grant_id = ? AND step = ?""",
        (
            to,
            None if secrets is None else json.dumps(secrets),
            str(place.flower_run),
            place.round,
            place.grant,
            step,
        ),
    )
    if changed.rowcount != 1:
        raise NotHidden("This step of secure aggregation was taken a moment ago.")


def sum_opened(state: State, grant: str) -> frozenset[str] | None:
    """Name the communities whose sum this node helped to open under a grant, if it did."""
    row = state.db.execute(
        "SELECT communities FROM sums_opened WHERE grant_id = ?", (grant,)
    ).fetchone()
    return frozenset(json.loads(row[0])) if row else None


def open_sum(state: State, place: Place, communities: Iterable[str], *, same: bool) -> None:
    """Take the last step: wipe the secrets, and remember whose sum is opened.

    Args:
        same: whether every sum under the grant must be of the same nodes.
    Raises:
        NotHidden: it would be of other ones. Two sums that differ by a node tell its answer.
    """
    whose = frozenset(communities)
    with state.writing():
        before = sum_opened(state, place.grant)
        if same and before not in (None, whose):
            raise NotHidden(OTHER_SUM)
        state.db.execute(
            "INSERT OR IGNORE INTO sums_opened VALUES (?, ?)",
            (place.grant, json.dumps(sorted(whose))),
        )
        go_on(state, place, "collect", OVER, None)


def is_at(state: State, place: Place, step: str) -> bool:
    """Say whether ``step`` is the last one that this node took in the round."""
    row = _row(state, place)
    return row is not None and row[0] == step


def forget_old(state: State, at: datetime) -> None:
    """Wipe the secrets of rounds that nobody brought to their end."""
    rows = state.db.execute(
        "SELECT flower_run, round, begun FROM mixings WHERE secrets IS NOT NULL"
    )
    for flower_run, number, begun in list(rows):
        # A clock set back must not keep them for longer.
        if not timedelta(minutes=-1) <= at - time_of(begun) < KEPT:
            state.db.execute(
                "UPDATE mixings SET step = ?, secrets = NULL WHERE flower_run = ? AND round = ?",
                (OVER, flower_run, number),
            )


def wipe_old(state: State) -> None:
    forget_old(state, datetime.now(UTC))


def _row(state: State, place: Place) -> tuple[str, str | None] | None:
    found: tuple[str, str | None] | None = state.db.execute(
        "SELECT step, secrets FROM mixings WHERE flower_run = ? AND round = ? AND grant_id = ?",
        (str(place.flower_run), place.round, place.grant),
    ).fetchone()
    return found
