"""The numbers and codes that other people rely on are the same everywhere."""

import re
from pathlib import Path

from consent.grants import verify
from consent.grants.errors import GrantRefused
from consent.grants.verify import STEPS

ROOT = Path(__file__).parents[3]


def test_the_steps_in_code_table_and_page_are_the_same():
    source = Path(verify.__file__).read_text(encoding="utf-8")
    page = (ROOT / "docs/grant-format.md").read_text(encoding="utf-8")
    numbers = [number for number, _ in STEPS]

    assert numbers == list(range(1, 19))
    assert [int(n) for n in re.findall(r"^    # (\d+)\. ", source, re.MULTILINE)] == numbers
    assert [int(n) for n in re.findall(r"with _step\((\d+)\)", source)] == numbers
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", page, re.MULTILINE)
    assert [(int(n), name.strip()) for n, name in rows] == list(STEPS)


def test_every_code_is_stable_and_different():
    def below(kind):
        return [kind, *(c for sub in kind.__subclasses__() for c in below(sub))]

    codes = [kind.code for kind in below(GrantRefused)]

    assert len(codes) == len(set(codes)) == 25
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) for code in codes)
