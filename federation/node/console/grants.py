"""``kinhold-node grants``: every grant the node holds, in plain words."""

import json
import sys
from argparse import Namespace
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from consent.grants.codec import time_text
from consent.grants.grant import in_words
from federation.node.books.state import State
from federation.node.console.code import code_words
from federation.node.console.standing import Standing, standings
from federation.node.decision.delegations import delegation_words
from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.settings import read_config

_SHORTEST = 6


def grants(home: Home, arguments: Namespace) -> int:
    """List the grants, or the one whose id begins as given.

    Raises:
        NodeError: none of that id is held, or several.
    """
    config = read_config(home)
    with closing(State(home.state)) as state:
        held = standings(state, config, datetime.now(UTC))
        if arguments.id:
            held = [the_one(held, arguments.id)]
        if arguments.json:
            facts = [_facts(state, standing) for standing in held]
            sys.stdout.write(json.dumps(facts, indent=2) + "\n")
            return 0
        if not held:
            sys.stdout.write(f"{config.name} holds no grant.\n")
        for standing in held:
            sys.stdout.write("\n".join(_words(state, standing)) + "\n\n")
    return 0


def the_one(held: list[Standing], begin: str) -> Standing:
    """Find a grant by the beginning of its id.

    Raises:
        NodeError: none of that id is held, or several.
    """
    found = [s for s in held if s.grant.grant_id.startswith(begin)]
    if len(begin) < _SHORTEST or not found:
        raise NodeError(f"No grant that begins with {begin!r} is held here: kinhold-node grants")
    if len({s.grant.grant_id for s in found}) > 1:
        raise NodeError(f"Several grants begin with {begin!r}; write more of the id.")
    # Of several texts under one id the one served last counts: it is what a message is held to.
    return found[0] if len(found) == 1 else _served_last(found)


def _served_last(found: list[Standing]) -> Standing:
    decided = [s for s in found if s.grant.first_seen is not None]
    return (decided or found)[0]


def _facts(state: State, standing: Standing) -> dict[str, Any]:
    grant = standing.grant
    return {
        "grant": grant.grant_id,
        "digest": grant.signed.digest,
        "first_seen": time_text(grant.first_seen) if grant.first_seen else None,
        "rounds_used": state.rounds_used(grant.grant_id),
        "standing": standing.kind,
        "from": time_text(standing.usable_from) if standing.usable_from else None,
        "statement": grant.signed.statement.decode(),
        "delegation": grant.signed.under.statement.decode() if grant.signed.under else None,
    }


def _words(state: State, standing: Standing) -> list[str]:
    grant, claims = standing.grant, standing.claims
    if claims is None:
        return [f"Grant {grant.grant_id}. {standing.words}"]
    seen = time_text(grant.first_seen) if grant.first_seen else "never: signatures are missing"
    return [
        standing.words,
        *in_words(claims),
        *delegation_words(state, grant),
        f"First seen here as decided: {seen}. Rounds used: {standing.rounds_used}.",
        code_words(claims),
    ]
