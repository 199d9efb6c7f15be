"""All that the console tells of a node, as plain values: for words, for JSON, for the page."""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from consent.grants.charter import Charter
from consent.grants.codec import time_text
from consent.grants.words import fingerprint_words
from federation.node.books.receipts import count_unsent
from federation.node.books.state import State
from federation.node.console.data import dataset_facts
from federation.node.console.runs import run_facts, working_facts
from federation.node.console.standing import Standing, standings
from federation.node.console.switch import pause_facts
from federation.node.decision.holders import all_holders, holder_state
from federation.node.home import Home, NodeConfig
from federation.node.mixing.peers import all_peers

_FRESH_S = 5.0
_ANSWERED_S = 10.0


def node_facts(home: Home, config: NodeConfig, state: State) -> dict[str, Any]:
    """Gather everything; nothing here asks the platform."""
    at = datetime.now(UTC)
    beat = heartbeat(home)
    answered = beat.get("answered_s_ago")
    held = standings(state, config, at)
    return {
        "community": config.community,
        "name": config.name,
        "running": bool(beat),
        "connected": answered is not None and answered < _ANSWERED_S,
        "paused": home.paused.exists(),
        "pause": pause_facts(home),
        "charter": _charter_facts(state.chain()),
        "holders": _pinned_facts(home, all_holders(config)),
        "peers": _pinned_facts(home, sorted({*all_peers(config)} - {*all_holders(config)})),
        "notices": _notice_facts(state, config, at),
        "grants": len(held),
        "held": [_held_facts(standing) for standing in held],
        "working": working_facts(state, running=bool(beat)),
        "runs": run_facts(home, state),
        "datasets": {d.id: dataset_facts(home, state, d) for d in config.datasets.values()},
        "receipts": state.db.execute("SELECT COUNT(*) FROM receipts").fetchone()[0],
        "unsent": count_unsent(state),
        "confined": beat.get("confined"),
        "as_root": _owner(beat) == 0,
        "disk": _disk_facts(home),
        "pid": beat.get("pid"),
    }


def heartbeat(home: Home) -> dict[str, Any]:
    """Read the running node's own word; empty when none runs."""
    try:
        beat: dict[str, Any] = json.loads(home.heartbeat.read_text())
        os.kill(int(beat["pid"]), 0)
        fresh = datetime.now(UTC).timestamp() - float(beat["at"]) < _FRESH_S
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return beat if fresh else {}


def _owner(beat: Mapping[str, Any]) -> int | None:
    """Give the user that the running node works as."""
    try:
        return Path(f"/proc/{int(beat['pid'])}").stat().st_uid
    except (KeyError, OSError):
        return None


def _notice_facts(state: State, config: NodeConfig, at: datetime) -> dict[str, Any] | None:
    notices = state.notices()
    if notices is None:
        return None
    age_s = (at - notices.issued).total_seconds()
    return {
        "sequence": notices.sequence,
        "issued": time_text(notices.issued),
        "age_s": int(age_s),
        "limit_s": config.notice_max_age_s,
        "fresh": age_s <= config.notice_max_age_s,
        "paused": sorted(notices.paused),
        "revoked": len(notices.revoked),
    }


def _pinned_facts(home: Home, communities: Iterable[str]) -> dict[str, dict[str, Any] | None]:
    """Give the charter of each of other communities, None where none is pinned yet."""
    found = {}
    for community in communities:
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


def _held_facts(standing: Standing) -> Mapping[str, Any]:
    claims = standing.claims
    facts: dict[str, Any] = {
        "grant": standing.grant.grant_id,
        "standing": standing.kind,
        "words": standing.words,
    }
    if claims is None:
        return facts
    return facts | {
        "job": claims.job,
        "dataset": claims.dataset,
        "people": [person.name for person in claims.people],
        "institution": claims.institution_name,
        "from": time_text(standing.usable_from) if standing.usable_from else None,
        "until": time_text(claims.not_after),
        "rounds_used": standing.rounds_used,
        "max_rounds": claims.max_rounds,
    }


def _disk_facts(home: Home) -> dict[str, int]:
    """Bytes that are free where the node lives, and that its memory and its logs take."""
    return {
        "free_bytes": shutil.disk_usage(home.folder).free,
        "state_bytes": sum(_size(path) for path in home.folder.glob("state.sqlite*")),
        "log_bytes": sum(_size(path) for path in home.log.glob("*")),
    }


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # gone meanwhile, as files of a database's log are
        return 0
