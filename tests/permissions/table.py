"""The table of docs/permissions.md, kept by hand: who gets what at which address."""

from dataclasses import dataclass

from tools.stack.parts import ROOT

DOCUMENT = ROOT / "docs" / "permissions.md"
HEADING = "## Every address"
PEOPLE = (
    "stranger",
    "member",
    "applicant",
    "researcher",
    "auditor",
    "admin",
    "steward",
    "convenor",
    "custodian",
    "observer",
    "o. steward",
    "o. convenor",
    "o. custodian",
    "o. observer",
    "holder",
)
NO_SUCH_PAGE = "-"


@dataclass(frozen=True)
class Row:
    """One address: its methods, and by person the outcome of each method."""

    name: str
    methods: tuple[str, ...]
    outcomes: dict[str, tuple[str, ...]]

    def __str__(self) -> str:
        return self.name


def rows(text: str | None = None) -> list[Row]:
    """Read the table.

    Raises:
        ValueError: a row has too few or too many cells, or a cell another number of outcomes than
            the row has methods.
    """
    whole = DOCUMENT.read_text(encoding="utf-8") if text is None else text
    section = whole.partition(HEADING + "\n")[2].partition("\n## ")[0]
    section = section.partition("\n### ")[2]  # what comes before explains the table
    lines = [line for line in section.splitlines() if line.startswith("|")]
    found = [_row(line) for line in lines if line.startswith("| `")]
    for line in lines:
        cells = _cells(line)
        if cells[0] == "address" and tuple(cells[2:]) != PEOPLE:
            raise ValueError(f"the columns are not {PEOPLE}: {line}")
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(line: str) -> Row:
    name, methods, *cells = _cells(line)
    wanted = tuple(methods.split())
    if len(cells) != len(PEOPLE):
        raise ValueError(f"{len(cells)} cells instead of {len(PEOPLE)}: {line}")
    outcomes = {}
    for person, cell in zip(PEOPLE, cells, strict=True):
        said = tuple(cell.split())
        said = said * len(wanted) if len(said) == 1 else said
        if len(said) != len(wanted):
            raise ValueError(f"{person} has not one outcome for each of {wanted}: {line}")
        outcomes[person] = said
    return Row(name.strip("`"), wanted, outcomes)
