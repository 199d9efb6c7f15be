"""What the operator reads and does at the node's own console: it never asks the platform."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from consent.grants.charter import Charter
from consent.grants.codec import time_text
from consent.grants.errors import GrantRefused
from consent.grants.grant import in_words, parse_grant
from consent.grants.words import fingerprint_words
from federation.node import keys
from federation.node.delegations import delegation_words
from federation.node.errors import NodeError
from federation.node.holders import all_holders, holder_state
from federation.node.home import Home, NodeConfig
from federation.node.receipts import count_unsent, read_receipts
from federation.node.settings import read_config
from federation.node.state import HeldGrant, State

_FRESH_S = 5.0
_ANSWERED_S = 10.0


def status(home: Home, arguments: Namespace) -> int:
    """Tell how the node stands, in words or as JSON."""
    config = read_config(home)
    state = State(home.state)
    facts = _facts(home, config, state)
    if arguments.json:
        sys.stdout.write(json.dumps(facts, indent=2) + "\n")
        return 0
    for line in _status_words(config, facts):
        sys.stdout.write(line + "\n")
    return 0


def grants(home: Home, arguments: Namespace) -> int:
    """List every grant the node holds in plain words."""
    config = read_config(home)
    state = State(home.state)
    held = state.grants()
    if arguments.json:
        sys.stdout.write(json.dumps([_grant_facts(state, grant) for grant in held], indent=2))
        return 0
    if not held:
        sys.stdout.write(f"{config.name} holds no grant.\n")
    for grant in held:
        sys.stdout.write("\n".join(_grant_words(state, grant)) + "\n\n")
    return 0


def log(home: Home, arguments: Namespace) -> int:
    """Print receipts and events by time, oldest first.

    Raises:
        NodeError: the chain of receipts is broken; ``verify`` names the place too.
    """
    read_config(home)
    state = State(home.state)
    documents = read_receipts(state, _receipt_public_key(home))
    if arguments.json:
        sys.stdout.writelines(json.dumps(document) + "\n" for document in documents)
        return 0
    lines = [(str(d["at"]), _receipt_words(d)) for d in documents] + state.events()
    for at, text in sorted(lines, key=lambda line: line[0]):
        sys.stdout.write(f"{at}  {text}\n")
    return 0


def verify(home: Home, _arguments: Namespace) -> int:
    """Check every receipt's signature and place; 1 at the first bad one."""
    read_config(home)
    state = State(home.state)
    try:
        count = len(read_receipts(state, _receipt_public_key(home)))
    except NodeError as error:
        sys.stdout.write(f"Not whole. {error}\n")
        return 1
    sys.stdout.write(f"Whole: {count} receipts, each signed by this node and in its place.\n")
    return 0


def pause(home: Home, _arguments: Namespace) -> int:
    """Stop all work at once: a job that runs is killed within a fraction of a second."""
    read_config(home)
    home.paused.write_text(time_text(datetime.now(UTC)) + "\n")
    State(home.state).note(f"The operator paused the node at {time_text(datetime.now(UTC))}.")
    sys.stdout.write("Paused. Nothing runs here until: kinhold-node resume\n")
    return 0


def resume(home: Home, _arguments: Namespace) -> int:
    """Lift the operator's own pause; a steward's pause stays."""
    read_config(home)
    if not home.paused.exists():
        sys.stdout.write("The node was not paused here.\n")
        return 0
    home.paused.unlink()
    State(home.state).note(f"The operator resumed the node at {time_text(datetime.now(UTC))}.")
    sys.stdout.write("Resumed. Pauses by stewards, if any, still hold.\n")
    return 0


def _facts(home: Home, config: NodeConfig, state: State) -> dict[str, Any]:
    beat = _heartbeat(home)
    chain = state.chain()
    notices = state.notices()
    answered = beat.get("answered_s_ago")
    age = (datetime.now(UTC) - notices.issued).total_seconds() if notices else None
    return {
        "community": config.community,
        "name": config.name,
        "running": bool(beat),
        "connected": answered is not None and answered < _ANSWERED_S,
        "paused": home.paused.exists(),
        "charter": _charter_facts(chain),
        "holders": _holder_facts(home, config),
        "notices": None
        if notices is None
        else {
            "sequence": notices.sequence,
            "issued": time_text(notices.issued),
            "fresh": age is not None and age <= config.notice_max_age_s,
            "paused": sorted(notices.paused),
            "revoked": len(notices.revoked),
        },
        "grants": len(state.grants()),
        "receipts": state.db.execute("SELECT COUNT(*) FROM receipts").fetchone()[0],
        "unsent": count_unsent(state),
        "confined": beat.get("confined"),
        "pid": beat.get("pid"),
    }


def _holder_facts(home: Home, config: NodeConfig) -> dict[str, dict[str, Any] | None]:
    """Give each further holder's charter, None where none is pinned yet."""
    found = {}
    for community in all_holders(config):
        state = holder_state(home, community)
        found[community] = _charter_facts(state.chain())
        state.close()
    return found


def _charter_facts(chain: tuple[Charter, ...]) -> dict[str, Any] | None:
    if not chain:
        return None
    return {
        "number": chain[-1].number,
        "digest": chain[-1].digest,
        "pinned": fingerprint_words(chain[0].digest),
    }


def _heartbeat(home: Home) -> dict[str, Any]:
    """Read the running node's own word; empty when none runs."""
    try:
        beat: dict[str, Any] = json.loads(home.heartbeat.read_text())
        os.kill(int(beat["pid"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    fresh = datetime.now(UTC).timestamp() - float(beat["at"]) < _FRESH_S
    return beat if fresh else {}


def _status_words(config: NodeConfig, facts: Mapping[str, Any]) -> list[str]:
    state = "runs" if facts["running"] else "does not run"
    link = "connected to SuperLink" if facts["connected"] else "not connected to SuperLink"
    lines = [f"{config.name} of {config.community} {state}; {link}."]
    if facts["paused"]:
        lines.append("PAUSED here by its operator.")
    charter, notices = facts["charter"], facts["notices"]
    if charter is None:
        lines.append("No charter is pinned yet: kinhold-node pin")
    else:
        lines.append(f"Charter {charter['number']}, pinned as: {charter['pinned']}")
    for community, held in facts["holders"].items():
        lines.append(
            f"{community} holds a dataset here too; charter {held['number']}, pinned as: "
            f"{held['pinned']}"
            if held
            else f"{community} holds a dataset here too; nothing runs on it before: "
            f"kinhold-node pin --holder {community}"
        )
    if notices is None:
        lines.append("No list of notices was seen yet; nothing runs without one.")
    else:
        fresh = "fresh" if notices["fresh"] else "TOO OLD, nothing runs"
        lines.append(f"Notices {notices['sequence']} of {notices['issued']}: {fresh}.")
        if notices["paused"]:
            lines.append(f"PAUSED by stewards: {', '.join(notices['paused'])}")
    lines.append(
        f"{facts['grants']} grants, {facts['receipts']} receipts, {facts['unsent']} not yet sent."
    )
    for wall, holds in (facts["confined"] or {}).items():
        lines.append(f"Jobs are {'shut in' if holds else 'NOT shut in by this kernel'}: {wall}.")
    return lines


def _grant_facts(state: State, grant: HeldGrant) -> dict[str, Any]:
    return {
        "grant": grant.grant_id,
        "digest": grant.signed.digest,
        "first_seen": time_text(grant.first_seen) if grant.first_seen else None,
        "rounds_used": state.rounds_used(grant.grant_id),
        "statement": grant.signed.statement.decode(),
        "delegation": grant.signed.under.statement.decode() if grant.signed.under else None,
    }


def _grant_words(state: State, grant: HeldGrant) -> list[str]:
    try:
        words = in_words(parse_grant(grant.signed.statement))
    except GrantRefused as refusal:
        return [f"Grant {grant.grant_id} cannot be read: {refusal}"]
    seen = time_text(grant.first_seen) if grant.first_seen else "never: signatures are missing"
    used = state.rounds_used(grant.grant_id)
    told = delegation_words(state, grant)
    return [*words, *told, f"First seen here as decided: {seen}. Rounds used: {used}."]


def _receipt_words(document: Mapping[str, Any]) -> str:
    data = "the data was opened" if document["data_opened"] else "no data was opened"
    people = f", {document['people']} people" if document["people"] else ""
    sent = f", {document['bytes_out']} bytes left" if document["bytes_out"] else ""
    return (
        f"receipt {document['sequence']}: round {document['round']} of run "
        f"{document['run'] or 'unknown'} {document['outcome']} ({document['code']}): "
        f"{document['reason']} {data}{people}{sent}."
    )


def _receipt_public_key(home: Home) -> bytes:
    return keys.receipt_key(home).public_key().public_bytes_raw()
