"""Where a protocol is looser than what is recommended. Pure: it warns, and decides nothing.

Looked for in the text itself, so that who signs sees the same warnings as who wrote it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from governance.clauses import library
from governance.protocol_content import BROAD, DAY, DEFAULT_SETTINGS, NRES

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Loosened:
    """``code`` names clause or setting; ``what`` is loose, and ``why`` that may do harm."""

    code: str
    what: str
    why: str


def loosened(document: Document) -> list[Loosened]:
    """Return each thing that is looser than recommended, settings first.

    Args:
        document: a protocol statement, or a draft's ``protocol_content.preview``.
    """
    found = [look(document) for look in _LOOKS]
    return [*filter(None, found), *_left_out(document)]


def _left_out(document: Document) -> list[Loosened]:
    held = {clause["code"] for clause in document["clauses"]}
    return [
        Loosened(clause.code, f"Left out: {clause.title}.", clause.warn_off)
        for clause in library().values()
        if clause.on and clause.code not in held and not clause.locked
    ]


def _setting(
    name: str, *, looser_when: str, what: Callable[[int], str], why: str
) -> Callable[[Document], Loosened | None]:
    """Return a look at one number: it is loose when it is ``lower`` or ``higher`` than usual."""
    usual = int(DEFAULT_SETTINGS[name])

    def look(document: Document) -> Loosened | None:
        value = int(document["settings"][name])
        loose = value < usual if looser_when == "lower" else value > usual
        return Loosened(name, what(value), why) if loose else None

    return look


def _param(document: Document, code: str, name: str) -> str:
    for clause in document["clauses"]:
        if clause["code"] == code:
            return str(clause.get("params", {}).get(name, ""))
    return ""


def _decimal(document: Document, code: str, name: str) -> Decimal | None:
    try:
        return Decimal(_param(document, code, name))
    except InvalidOperation:
        return None


def _code_policy(document: Document) -> Loosened | None:
    if document["settings"]["code_policy"] == "preinstalled":
        return None
    return Loosened(
        "code_policy",
        "Code may be sent to your node.",
        "It runs only if it is the agreed code, but nobody has installed and tried it at your "
        "place before.",
    )


def _use(document: Document) -> Loosened | None:
    use = document.get("use", "")
    if use not in BROAD:
        return None
    what = "Any use is allowed." if use == NRES else "Research of every kind is allowed."
    why = (
        "Data that was given for one illness has been used for things that hurt the people who "
        "gave it. A narrow use guards against that."
    )
    return Loosened("use", what, why)


def _ancestry(document: Document) -> Loosened | None:
    if document.get("ancestry") != "yes":
        return None
    return Loosened(
        "ancestry",
        "Research on ancestry is allowed.",
        "It may tell where your people come from, against what you know yourselves.",
    )


def _noise(document: Document) -> Loosened | None:
    eps = _decimal(document, "DP_REQUIRED", "eps")
    if eps is None or eps <= 3:
        return None
    return Loosened(
        "DP_REQUIRED",
        f"A privacy loss of {eps:f} is allowed.",
        "Over 3 in one job, noise hides a person less well; over 10 it hides next to nothing.",
    )


def _reading_time(document: Document) -> Loosened | None:
    days = _decimal(document, "PUB_REVIEW", "days")
    if days is None or days >= 60:
        return None
    return Loosened(
        "PUB_REVIEW",
        f"You have only {days:f} days to read papers and talks.",
        "Your people need time to meet and to talk about what they read. 60 days are usual.",
    )


def _withdrawal(document: Document) -> Loosened | None:
    if _param(document, "WITHDRAW", "choice") != "W0":
        return None
    return Loosened(
        "WITHDRAW",
        "When you stop, all that was learned stays and may be used.",
        "No copy is deleted, and the model may still be used.",
    )


_LOOKS: tuple[Callable[[Document], Loosened | None], ...] = (
    _setting(
        "min_cohort",
        looser_when="lower",
        what=lambda n: f"{n} people in the data are enough.",
        why="With fewer than 100 people a model gives away more about each of them. There may be "
        "no way that is both safe and useful.",
    ),
    _setting(
        "max_rounds",
        looser_when="higher",
        what=lambda n: f"{n} rounds of training are allowed.",
        why="Each round gives away a little more. 20 are enough for most jobs.",
    ),
    _setting(
        "max_months",
        looser_when="higher",
        what=lambda n: f"A yes may last {n} months.",
        why="People, boards and laws change. After 12 months it is good to be asked again.",
    ),
    _setting(
        "cooling_off_s",
        looser_when="lower",
        what=lambda n: (
            f"Your node waits only {n // DAY} days after a yes."
            if n >= DAY
            else "Your node hardly waits after a yes, or not at all."
        ),
        why="In the first 7 days a steward or the people at the node can still see what was "
        "signed and stop it before anything begins.",
    ),
    _setting(
        "min_nodes",
        looser_when="lower",
        what=lambda n: f"Work may begin with {n} {'node' if n == 1 else 'nodes'}.",
        why="With one or two nodes, mixing hides nothing: your part can be seen alone.",
    ),
    _code_policy,
    _use,
    _ancestry,
    _noise,
    _reading_time,
    _withdrawal,
)
