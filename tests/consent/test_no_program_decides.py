"""R-07: machine checks inform only. No path in the code turns a verdict into an approval."""

import ast
from pathlib import Path

from consent.models import Grant
from consent.precheck import Verdict, overall, precheck
from governance.models import Dataset
from tests.cast import Cast
from tests.consent.factories import make_request, review_of
from tests.consent.precheck.asking import clause, document, protocol

ROOT = Path(__file__).resolve().parents[2]
# The one action that holds a draft against the rules: it shows, and submits whatever they say.
SHOWS = ROOT / "federation/actions/requests.py"
DECIDE = [
    *(ROOT / "consent/actions").rglob("*.py"),
    *(ROOT / "governance/actions").rglob("*.py"),
    *(ROOT / "federation/actions").rglob("*.py"),
    *(ROOT / "consent/grants").rglob("*.py"),
    *(ROOT / "federation/node").rglob("*.py"),
    *(ROOT / "consent").glob("tasks*.py"),
    *(ROOT / "federation").glob("tasks*.py"),
    ROOT / "consent/rules.py",
    ROOT / "federation/rules.py",
]


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_nothing_that_decides_or_writes_reads_a_verdict() -> None:
    readers = {
        path.relative_to(ROOT)
        for path in DECIDE
        if any(name.startswith("consent.precheck") for name in imported(path))
    }

    assert readers == {SHOWS.relative_to(ROOT)}


def test_the_action_that_shows_verdicts_does_not_look_at_them_when_it_submits() -> None:
    tree = ast.parse(SHOWS.read_text(encoding="utf-8"))
    [submit] = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "submit"]
    names = {n.id for n in ast.walk(submit) if isinstance(n, ast.Name)}

    assert names.isdisjoint({"precheck", "overall", "preview", "held_against_all", "Verdict"})


def test_a_request_that_fits_every_rule_stays_undecided(cast: Cast, dataset: Dataset) -> None:
    rules = protocol(clause("JOINT"), clause("OPEN_CODE"))
    assert overall(precheck(document(), protocol=rules, communities=3)) is Verdict.FITS

    request = make_request(cast.chi.user)

    assert review_of(request).state == "open"
    assert request.state == "in review"
    assert not Grant.objects.exists()
