"""The numbers and codes that other people rely on are the same everywhere."""

import re
from pathlib import Path

from consent.grants import verify
from consent.grants.errors import GrantRefused
from consent.grants.tally import RULES
from consent.grants.verify import STEPS
from consent.grants.words import WORDS

PAGE = Path(__file__).parents[3] / "docs/grant-format.md"


def below(kind: type[GrantRefused]) -> list[type[GrantRefused]]:
    return [kind, *(error for sub in kind.__subclasses__() for error in below(sub))]


# The node has refusals of its own; whether they are imported by now is other tests' business.
ERRORS = [kind for kind in below(GrantRefused) if kind.__module__ == GrantRefused.__module__]


def test_the_steps_in_code_table_and_page_are_the_same():
    source = Path(verify.__file__).read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    numbers = [number for number, _ in STEPS]

    assert numbers == list(range(1, 19))
    assert [int(n) for n in re.findall(r"^    # (\d+)\. ", source, re.MULTILINE)] == numbers
    assert [int(n) for n in re.findall(r"with _step\((\d+)\)", source)] == numbers
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", page, re.MULTILINE)
    assert [(int(n), name.strip()) for n, name in rows] == list(STEPS)


def test_the_page_names_every_code_rule_and_word():
    page = PAGE.read_text(encoding="utf-8")
    codes = page[page.index("### Codes") : page.index("## Receipts")]
    words = page[page.index("### Fingerprint words") : page.index("## Grant")]

    assert set(re.findall("`([a-z-]+)`", codes)) == {c.code for c in ERRORS} - {"refused"}
    assert set(re.findall(r"^\| `([a-z-]+)` \|.* say yes", page, re.MULTILINE)) == set(RULES)
    assert tuple(words.split("```")[1].split()) == WORDS


def test_every_code_is_stable_and_different():
    codes = [kind.code for kind in ERRORS]

    assert len(codes) == len(set(codes)) == 26
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) for code in codes)
