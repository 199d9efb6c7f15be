"""Remembers who was in the exact runs on a dataset, so that no two can be subtracted.

Two exact answers whose people differ by a few give those few away: the difference of the sums is
theirs alone. So between grants the people must be the same, or at least ten must have changed.
Rounds of one grant are not compared with each other. Source: docs/adr/0026.
"""

from hashlib import sha256

import numpy as np

from federation.node.books.state import State
from federation.node.data.marks import LENGTH
from federation.node.errors import NearlySamePeople
from federation.node.home import Dataset

Marks = tuple[bytes, ...]

LEAST_CHANGE = 10
"""Fewest people by whom two grants' exact runs may differ, unless they do not differ at all."""

MOST_SETS = 4_000
MOST_BYTES = 256 * 1_048_576
"""Most that is remembered of one dataset. Each set costs a signed grant's round; after this many
only noised runs are left, because what was forgotten could be subtracted."""


def admit(state: State, dataset: Dataset, grant: str, marks: Marks) -> None:
    """Compare an exact run with earlier ones, and remember it. Call inside ``state.writing()``.

    Raises:
        NearlySamePeople: nothing was remembered.
    """
    require_not_nearly_same(state, dataset, grant, marks)
    remember(state, dataset, grant, marks)


def require_not_nearly_same(state: State, dataset: Dataset, grant: str, marks: Marks) -> None:
    """Refuse an exact run whose people are nearly those of another grant's.

    A dataset counts with every other one that was read from the same file.

    Args:
        grant: digest of the grant that is about to run.
        marks: sorted, one for each person, as ``read_people`` gives them.
    Raises:
        NearlySamePeople: the sentence says what to do instead.
    """
    own = b"".join(marks)
    # Sets whose sizes differ by ten or more differ by as many people: not even loaded.
    near = state.db.execute(
        """SELECT marks FROM cohorts AS c
        WHERE (dataset = ? OR file = ?) AND abs(people - ?) < ? AND digest <> ? AND EXISTS
        (SELECT 1 FROM cohort_grants WHERE cohort = c.number AND grant_digest <> ?)""",
        (*_where(dataset), len(marks), LEAST_CHANGE, sha256(own).digest(), grant),
    )
    for (earlier,) in near:
        if 0 < _apart(own, earlier) < LEAST_CHANGE:
            raise NearlySamePeople(
                f"Fewer than {LEAST_CHANGE} people have come or gone since an earlier run on this "
                "data without noise. Ask with privacy noise, or wait until "
                f"{LEAST_CHANGE} have changed."
            )


def remember(state: State, dataset: Dataset, grant: str, marks: Marks) -> None:
    """Note who is in an exact run that is about to start. Call inside ``state.writing()``.

    Raises:
        NearlySamePeople: no more sets can be remembered, so none can be compared.
    """
    own = b"".join(marks)
    identity, file = _where(dataset)
    found = _number(state, identity, own)
    if found is None:
        _require_room(state, identity, len(own))
        state.db.execute(
            """INSERT INTO cohorts (dataset, file, people, digest, marks)
            VALUES (?, ?, ?, ?, ?)""",
            (identity, file, len(marks), sha256(own).digest(), own),
        )
        found = _number(state, identity, own)
    state.db.execute("INSERT OR IGNORE INTO cohort_grants VALUES (?, ?)", (found, grant))


def anything_remembered(state: State) -> bool:
    """Say whether there are marks which a new key would make useless."""
    return state.db.execute("SELECT 1 FROM cohorts LIMIT 1").fetchone() is not None


def _number(state: State, identity: str, own: bytes) -> int | None:
    row = state.db.execute(
        "SELECT number FROM cohorts WHERE dataset = ? AND digest = ?",
        (identity, sha256(own).digest()),
    ).fetchone()
    return int(row[0]) if row else None


def _require_room(state: State, identity: str, more: int) -> None:
    sets, length = state.db.execute(
        "SELECT COUNT(*), COALESCE(SUM(people), 0) FROM cohorts WHERE dataset = ?", (identity,)
    ).fetchone()
    if sets >= MOST_SETS or length * LENGTH + more > MOST_BYTES:
        raise NearlySamePeople(
            "The node remembers as many runs without noise on this data as it can compare with. "
            "Ask with privacy noise."
        )


def _where(dataset: Dataset) -> tuple[str, str]:
    return dataset.id, str(dataset.path.resolve())


def _apart(one: bytes, other: bytes) -> int:
    """Count who is in one set and not in both. No mark is in a set twice."""
    ours, theirs = (np.frombuffer(marks, dtype=f"S{LENGTH}") for marks in (one, other))
    return int(np.setxor1d(ours, theirs, assume_unique=True).size)
