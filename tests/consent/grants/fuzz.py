"""Changed papers by the thousand, put to the functions that a node asks.

A changed paper must be refused, or say exactly what its stewards signed (an envelope with its
ballots in another order does). Nothing but ``GrantRefused`` may ever come out. Each one follows
from a seed and its number, so any can be made again.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from consent.grants.codec import b64u, time_text
from consent.grants.delegation import parse_delegation
from consent.grants.errors import GrantRefused
from consent.grants.grant import parse_grant
from consent.grants.notices import Notices
from consent.grants.statements import Answer
from tests.consent.grants import mutants
from tests.consent.grants.cast import HOUR, NOON, first_charter, second_charter
from tests.consent.grants.fuzz_papers import (
    Paper,
    dump,
    other_ballots,
    papers,
    read_list,
    sound_items,
    sound_list,
)
from tests.consent.grants.papers import (
    FACTS,
    notices_document,
    sound_delegation,
    sound_grant,
)
from tools.soft_passkey import SoftPasskey

SAME, SIGNED, DIFFERENT, CRASHED = "same", "signed anew", "accepted", "crashed"


@dataclass(frozen=True)
class Mutant:
    """``anew``: the stewards themselves signed the changed statement."""

    paper: str
    kind: str
    text: str
    anew: bool = False


def make(seed: int, number: int) -> Mutant:
    """Make the changed paper of a number."""
    chance = Random(f"{seed}/{number}")  # noqa: S311  # to be made again, not to be secret
    if chance.random() < 0.1:
        return _change_list(chance)
    paper = chance.choice(list(papers().values()))
    kind = chance.choice(list(KINDS))
    text = KINDS[kind](chance, paper)
    if chance.random() < 0.1 and text:
        kind, text = f"{kind}, then bytes", _changed_bytes(chance, text)
    return Mutant(paper.name, kind, text, anew=kind.startswith("signed anew"))


def _changed_bytes(chance: Random, text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return chance.choice(mutants.BYTES)(chance, data).decode("utf-8", "surrogateescape")


def _change_text(chance: Random, paper: Paper) -> str:
    how = (mutants.trick_text, mutants.spell_json, mutants.name_twice, mutants.nest)
    return chance.choice(how)(chance, paper.text)


def _change_envelope(chance: Random, paper: Paper) -> str:
    return dump(mutants.change_field(chance, json.loads(paper.text)))


def _change_statement(chance: Random, paper: Paper) -> str:
    """Change what was signed and keep the signatures; written canonically, as far as it can be."""
    envelope, part = _opened(chance, paper)
    part["statement"] = dump(mutants.change_field(chance, json.loads(part["statement"])))
    return dump(envelope)


def _change_statement_text(chance: Random, paper: Paper) -> str:
    envelope, part = _opened(chance, paper)
    how = (
        *(mutants.trick_text, mutants.spell_json, mutants.name_twice, mutants.nest),
        _changed_bytes,
    )
    part["statement"] = chance.choice(how)(chance, part["statement"])
    return dump(envelope)


def _deal_ballots(chance: Random, paper: Paper) -> str:
    envelope, part = _opened(chance, paper)
    part["ballots"] = mutants.deal_ballots(chance, part["ballots"], other_ballots())
    return dump(envelope)


def _change_ballot(chance: Random, paper: Paper) -> str:
    envelope, part = _opened(chance, paper)
    part["ballots"] = mutants.change_ballot(chance, part["ballots"], other_ballots())
    return dump(envelope)


def _splice(chance: Random, paper: Paper) -> str:
    """Put parts of two sound papers together."""
    other = json.loads(chance.choice(list(papers().values())).text)
    envelope = json.loads(paper.text)
    name = chance.choice(("statement", "ballots", "under"))
    envelope[name] = other.get(name, {"statement": other["statement"], "ballots": other["ballots"]})
    if chance.random() < 0.3:
        envelope["under"] = {k: other[k] for k in ("statement", "ballots")}
    return dump(envelope)


def _sign_wrongly(chance: Random, paper: Paper) -> str:
    """Sign a changed statement with keys that do not suffice, half of them under others' names."""
    envelope = json.loads(_signed_by(chance, paper, chance.choice(paper.thieves)))
    if chance.random() < 0.5:
        for ballot, key in zip(envelope["ballots"], paper.signers, strict=False):
            ballot["credential_id"] = b64u(key.credential_id)
    return dump(envelope)


def _sign_anew(chance: Random, paper: Paper) -> str:
    return _signed_by(chance, paper, paper.signers)


def _signed_by(chance: Random, paper: Paper, keys: tuple[SoftPasskey, ...]) -> str:
    envelope = json.loads(paper.text)
    document = mutants.change_field(chance, json.loads(envelope["statement"]))
    statement = dump(document)
    data = statement.encode("utf-8", "surrogatepass")
    kind = str(json.loads(envelope["statement"])["type"])
    envelope["ballots"] = [_ballot(key, data, kind) for key in keys]
    envelope["statement"] = statement
    return dump(envelope)


def _ballot(key: SoftPasskey, statement: bytes, kind: str) -> dict[str, str]:
    made = key.sign(statement, kind, Answer.YES)
    return {
        "credential_id": b64u(made.credential_id),
        "authenticatorData": b64u(made.authenticator_data),
        "clientDataJSON": b64u(made.client_data_json),
        "signature": b64u(made.signature),
        "answer": "yes",
    }


def _opened(chance: Random, paper: Paper) -> tuple[Any, Any]:
    """Give a paper's envelope and the part to change: itself, or the delegation beside it."""
    envelope = json.loads(paper.text)
    beside = "under" in envelope and chance.random() < 0.6
    return envelope, envelope["under"] if beside else envelope


KINDS: dict[str, Callable[[Random, Paper], str]] = {
    "text": _change_text,
    "envelope's field": _change_envelope,
    "statement's field": _change_statement,
    "statement's text": _change_statement_text,
    "ballots dealt": _deal_ballots,
    "ballot changed": _change_ballot,
    "spliced": _splice,
    "signed wrongly": _sign_wrongly,
    "signed anew": _sign_anew,
}


def _change_list(chance: Random) -> Mutant:
    """Change the list of notices in a way that the platform can: it signs what it likes."""
    document: Any = notices_document(*sound_items())
    how = chance.randrange(4)
    if how == 0:
        document["items"] = chance.sample(document["items"], chance.randrange(4))
    elif how == 1:
        document["sequence"] = chance.choice((*range(-1, 12), 2**53, "8", True))
    elif how == 2:
        hours = chance.choice((-(10**6), -25, -23, 0, 1, 10**6))
        document["issued"] = time_text(NOON + hours * HOUR + timedelta(seconds=chance.randrange(9)))
    else:
        document = mutants.change_field(chance, document)
    return Mutant("list of notices", "signed by the platform", dump(document))


# What may come of it


def verdict(mutant: Mutant) -> str:
    """Say what a node makes of it: the code of the refusal, or one of the four words above."""
    try:
        if mutant.paper == "list of notices":
            return SAME if _stops_no_less(read_list(mutant.text)) else DIFFERENT
        paper = papers()[mutant.paper]
        said = paper.read(mutant.text)
    except GrantRefused as refusal:
        return f"{refusal.code} ({refusal.step})" if refusal.step else refusal.code
    except Exception as error:  # noqa: BLE001  # finding these is what this is for
        return f"{CRASHED}: {type(error).__name__}"
    if mutant.anew:
        return SIGNED if _fits(mutant) else DIFFERENT
    return SAME if said in _meanings(mutant.paper) else DIFFERENT


@cache
def _meanings(name: str) -> tuple[object, ...]:
    paper = papers()[name]
    if name in ("grant", "delegated grant"):
        # The stewards signed both: the grant by itself, and the delegation that it may rest on.
        claims = parse_grant(sound_grant().statement)
        return (claims, replace(claims, under=parse_delegation(sound_delegation().statement)))
    return (paper.read(paper.text),)


def _stops_no_less(found: Notices) -> bool:
    """Say whether a list stops all that the sound one stops, and only what somebody signed."""
    sound = sound_list()
    signed = {notice.document.get("scope") for notice in sound_items()}
    return bool(
        found.community == sound.community
        and found.revoked == sound.revoked
        and sound.paused <= found.paused <= signed
    )


def _fits(mutant: Mutant) -> bool:
    """Say whether what the stewards signed anew lets this run go; read without our own readers."""
    document = json.loads(json.loads(mutant.text)["statement"])
    if "grant" not in mutant.paper:
        return bool(document["community"] == "river" and document["version"] == 1)
    run, data = document["run"], document["data"]
    return bool(
        (run["code"], run["config"]) == (FACTS.code, FACTS.config)
        and document["request"]["digest"] == FACTS.request
        and (data["keeper"], data["dataset"]) == (FACTS.keeper, FACTS.dataset)
        and set(FACTS.variables) <= set(data["variables"])
        and set(FACTS.communities) <= set(document["communities"])
        and document["min_nodes"] <= len(FACTS.communities)
        and document["not_before"] <= time_text(NOON) < document["not_after"]
        and document["cooling_off_s"] <= 86_400
        and document["charter"]["digest"] == _charter_of(mutant.paper)
    )


def _charter_of(name: str) -> str:
    return (second_charter() if "next" in name else first_charter()).digest


@dataclass
class Tally:
    """What came of many, and those that should not have come about."""

    by_verdict: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[tuple[int, Mutant, str]] = field(default_factory=list)

    def add(self, number: int, mutant: Mutant, what: str) -> None:
        self.by_verdict[what] += 1
        self.by_kind[mutant.paper, mutant.kind] += 1
        if what == DIFFERENT or what.startswith(CRASHED):
            self.wrong.append((number, mutant, what))


def fuzz(seed: int, numbers: Iterable[int]) -> Tally:
    """Make and judge the changed papers of some numbers."""
    tally = Tally()
    for number in numbers:
        mutant = make(seed, number)
        tally.add(number, mutant, verdict(mutant))
    return tally
