"""What the stewards' answers add up to. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lack:
    """``number`` more of ``what`` are missing, from the stewards of ``body``; "" is all of them.

    ``what`` is ``yes``, ``answer`` (any will do) or ``decider``, whom the charter names.
    """

    number: int
    what: str = "yes"
    body: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the ballots add up to.

    ``missing`` is a plain sentence, empty when met. The sets hold steward ids: ``yes`` signed
    yes and nothing else, ``recused`` stepped aside and nothing else, ``against`` signed a no.
    ``full_meeting``: so many stepped aside that the others could not meet the rule if all of
    them said yes. ``awaited``: whose yes is asked for next; a sequence asks one body at a time.
    ``lacks``: what ``missing`` says, in numbers; empty when met or when it goes to the meeting.
    """

    met: bool
    missing: str
    yes: frozenset[str]
    recused: frozenset[str]
    against: frozenset[str]
    full_meeting: bool = False
    awaited: frozenset[str] = frozenset()
    lacks: tuple[Lack, ...] = ()
