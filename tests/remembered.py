"""What many tests begin with is made once in each process and then put back row by row.

Founding River takes real signatures, verified twice, and some hundred queries. The first test that
asks for it pays; for the later ones the rows that came of it are inserted as they were, in one
statement, inside the test's own transaction. Nothing is faked: they are the rows of the real acts.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from time import time
from typing import Any, TypeVar

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

Made = TypeVar("Made")
Rows = dict[str, dict[str, str]]
"""By table, then by primary key: each row as JSON text."""


Newest = tuple[int | None, ...]

KNOWN_BY = (
    "governance_user",
    "governance_community",
    "governance_membership",
    "governance_statement",
    "governance_ballot",
    "governance_dataset",
    "governance_datasetprotocol",
    "consent_requestrevision",
    "consent_review",
    "federation_datanode",
    "federation_jobversion",
)
MOST = 3  # of one fixture, each after another beginning


@dataclass(frozen=True)
class _Memory:
    """``rows``: what was new or other after it was made; ``value``: what the fixture gave."""

    rows: Rows
    value: Any


_memories: dict[tuple[str, str], dict[Newest, _Memory]] = {}


def remembered(request: pytest.FixtureRequest, build: Callable[[], Made], *beside: Any) -> Made:
    """Return what ``build`` makes, from memory where that is sound.

    Args:
        build: makes it through the real actions; it may use fixtures that are remembered too.
        beside: objects that ``build`` changes and that are no rows, such as a gateway.
    """
    if not _sound(request):
        return build()
    key = (str(request.fixturename), settings.KINHOLD_ORIGIN)
    known = _memories.setdefault(key, {})
    before = _newest()
    if before in known:
        return _put_back(known[before], beside)
    if len(known) == MOST:
        return build()
    rows = _all_rows()
    made = build()
    kept = copy.deepcopy((made, [vars(each) for each in beside]))
    known[before] = _Memory(_newer(rows, _all_rows()), kept)
    return made


def _sound(request: pytest.FixtureRequest) -> bool:
    """Not where the test commits, and not where it has set another clock."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    names = {"transactional_db", "live_server"}
    real_clock = abs(timezone.now().timestamp() - time()) < 60  # seconds
    return not commits and not names & set(request.fixturenames) and real_clock


def _put_back(memory: _Memory, beside: tuple[Any, ...]) -> Any:
    statements, parameters = [], []
    for table, rows in memory.rows.items():
        statements.append(_insert(table))
        parameters.append(f"[{','.join(rows.values())}]")
    with connection.cursor() as cursor:
        cursor.execute(";".join(statements), parameters)
    value, states = copy.deepcopy(memory.value)
    for each, state in zip(beside, states, strict=True):
        vars(each).clear()
        vars(each).update(state)
    return value


def _newest() -> Newest:
    """Return the newest row's number of each table that a beginning is known by.

    Numbers are given once, so the same ones mean the same rows, put back. Where a test did
    something else before, they are others, and it gets what it asks for made anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'(SELECT max(id) FROM {t})' for t in KNOWN_BY)}")  # noqa: S608
        return tuple(cursor.fetchone())


def _all_rows() -> Rows:
    found: Rows = {}
    with connection.cursor() as cursor:
        for table, key in _tables().items():
            cursor.execute(f'SELECT "{key}"::text, to_json(t)::text FROM "{table}" t')  # noqa: S608
            if rows := dict(cursor.fetchall()):
                found[table] = rows
    return found


def _newer(before: Rows, after: Rows) -> Rows:
    changed = {
        table: {key: row for key, row in rows.items() if before.get(table, {}).get(key) != row}
        for table, rows in after.items()
    }
    return {table: rows for table, rows in changed.items() if rows}


@cache
def _tables() -> Mapping[str, str]:
    """Every table of ours and of the accounts, with its primary key's column."""
    models = apps.get_models(include_auto_created=True)
    return {m._meta.db_table: m._meta.pk.column for m in models if m._meta.managed}


@cache
def _insert(table: str) -> str:
    """Rows that are there already are brought to what they were after the acts."""
    key = _tables()[table]
    with connection.cursor() as cursor:
        columns = [c.name for c in connection.introspection.get_table_description(cursor, table)]
    others = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in columns if name != key)
    return (
        f'INSERT INTO "{table}" SELECT * FROM json_populate_recordset(null::"{table}", %s::json) '  # noqa: S608
        f'ON CONFLICT ("{key}") DO UPDATE SET {others}'
    )
