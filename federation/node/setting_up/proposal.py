"""Proposes what ``node.toml`` could say of a data file.

Written at the node and read by people there. It holds names of columns and kinds of values, never
a value: ranges are left open, because the least and the greatest value seen are somebody's own.
"""

import json
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path

from federation.node.errors import NodeError
from federation.node.setting_up.guessing import VARIANT, Proposal, format_of, propose
from federation.node.settings import SLUG

_MOST_DELTA = Decimal("0.01")


def dataset_lines(name: str, path: Path, *, min_cohort: int) -> list[str]:
    """Write the section of one dataset for ``node.toml``.

    Raises:
        NodeError: the name is not a short one, or the file cannot be read as its format.
    """
    if not SLUG.fullmatch(name):
        raise NodeError(f"A dataset's name must be short, like river-diabetes, not {name!r}.")
    kind = format_of(path)
    try:
        found = propose(path, kind)
    except OSError as error:
        raise NodeError(f"Cannot read {path}: {error.strerror or error}.") from None
    return [
        "",
        f"[datasets.{name}]",
        f"path = {json.dumps(str(path))}",
        f'format = "{kind}"',
        "# Fewest people for any answer; below 20 nothing ever leaves.",
        f"min_cohort = {min_cohort}",
        *_id_lines(found),
        "# What people read of it on the platform; look at it with: kinhold-node datasets describe",
        'title = ""',
        'description = ""',
        "",
        "# The most that all noised answers together may give away of one person, for good.",
        "# Epsilon: smaller is safer. Delta: well below one in the number of people.",
        f"[datasets.{name}.budget]",
        'epsilon = "10"',
        f'delta = "{delta_for(found.people)}"',
        "",
        "# Proposed from the file: look through it, and take out what no job may ever use.",
        '# Types: "number", "yes-no" (0 or 1), "category" (text; no job can use it so far).',
        "# Give each number the least and greatest value that can be, not that is: answers with",
        "# noise need it. For example:",
        '# "age" = { type = "number", unit = "years", label = "Age", range = [0, 120] }',
        f"[datasets.{name}.variables]",
        *_variable_lines(found, kind),
    ]


def delta_for(people: int) -> str:
    """Give one in ten times the people, rounded down to one digit, as ``node.toml`` wants it."""
    exact = Decimal(1) / (10 * max(people, 1))
    rounded = exact.quantize(Decimal((0, (1,), exact.adjusted())), rounding=ROUND_FLOOR)
    return f"{min(rounded, _MOST_DELTA):f}"


def _id_lines(found: Proposal) -> list[str]:
    lines = []
    if found.id_column:
        lines = [
            "# The column that tells people apart. Neither it nor its name leaves this machine.",
            f"id_column = {json.dumps(found.id_column)}",
        ]
    for name in found.repeated:
        lines += [
            f"# {json.dumps(name)} seems to name people too. If it tells them apart, write it as",
            "# id_column, and in rows_per_person how many rows of one person may be used.",
        ]
    return lines


def _variable_lines(found: Proposal, kind: str) -> list[str]:
    lines = []
    for name, guess in found.kinds.items():
        # Of a variant it is known which values there can be.
        told = 'type = "number", range = [0, 2]' if guess == VARIANT else f'type = "{guess}"'
        lines.append(f"{json.dumps(name)} = {{ {told} }}")
    if kind == "plink" and VARIANT not in found.kinds.values():
        lines += [
            "# Name each variant that jobs may use, as the .bim file does, like:",
            '# "rs123" = { type = "number", range = [0, 2] }',
        ]
    return lines
