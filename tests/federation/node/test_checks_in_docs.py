"""The page that tells operators what is checked names every check, in the order of the code."""

import re
from pathlib import Path

from federation.node import errors
from federation.node.errors import (
    AFTER_THE_GRANT,
    BEFORE_THE_GRANT,
    LOCAL_STEPS,
    DelegationUsedUp,
    LocalRefusal,
)

PAGE = Path(__file__).parents[3] / "docs/node.md"


def _rows() -> list[tuple[str, str, str]]:
    section = PAGE.read_text().split("## The checks, in order")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([0-9\u2013]+) \| ([^|]+) \| ([^|]+) \|", section, re.M)
    return [(step, name.strip(), code.strip()) for step, name, code in rows]


def test_the_page_lists_the_checks_in_the_codes_order() -> None:
    expected = [
        *((str(step), name) for step, name in BEFORE_THE_GRANT),
        ("1\u201318", "the grant"),
        *((str(step), name) for step, name in AFTER_THE_GRANT),
    ]

    assert [(step, name) for step, name, _ in _rows()] == expected


def test_the_page_names_the_code_of_each_refusal() -> None:
    told = {int(step): code.strip("`") for step, _, code in _rows() if step.isdigit()}
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, LocalRefusal) and kind.local_step
    ]

    assert {kind.local_step: kind.code for kind in kinds if kind is not DelegationUsedUp} == told
    assert {step for step, _ in LOCAL_STEPS} == set(told)
