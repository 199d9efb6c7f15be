"""What the node keeps for itself: keys, folders, its memory, its log, its community's papers."""

import os
import pwd
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from federation.node import keys
from federation.node.books import heads
from federation.node.books.events import read_events, require_receipts_there
from federation.node.books.receipts import count_unsent, read_receipts
from federation.node.books.state import State
from federation.node.decision.holders import all_holders, holder_state
from federation.node.errors import NodeError
from federation.node.home import Home, NodeConfig
from federation.node.lock import holder_of
from federation.node.mixing.peers import all_peers
from federation.node.setting_up.checks.finding import Finding, Level

_RESTORE = "Stop the node and bring back keys/ and state.sqlite together, from one backup."


def own_keys(home: Home) -> Finding:
    """Look that both private keys can be used and by nobody else."""
    try:
        keys.receipt_key(home)
        keys.supernode_public_key(home)
    except NodeError as error:
        return Finding("keys", "wrong", str(error))
    return Finding("keys", "ok", "Both keys are here, and only their owner can read them.")


def folders(home: Home) -> Finding:
    """Look that nobody else can look into the node's folder, and that it can be written to."""
    for folder in (home.folder, home.keys, home.log, home.run, home.work):
        if not folder.exists():
            if folder in (home.folder, home.keys):
                return Finding("folders", "wrong", f"{folder} is not there.", _RESTORE)
            continue
        if folder.stat().st_mode & _mode_of_others(folder, home):
            return Finding(
                "folders", "wrong", f"Others can look into {folder}.", f"chmod 700 {folder}"
            )
        if not os.access(folder, os.W_OK | os.X_OK):
            owner = _name_of(folder)
            return Finding(
                "folders", "wrong", f"{folder} cannot be written to; it belongs to {owner}."
            )
    return Finding("folders", "ok", f"{home.folder} is the node's alone.")


def _mode_of_others(folder: Path, home: Home) -> int:
    """Give the bits that nobody else may have; jobs of a node of root's pass through ``work``."""
    return 0o067 if folder == home.work and os.geteuid() == 0 else 0o077


def memory(home: Home) -> Finding:
    """Let SQLite look through the node's memory from end to end."""
    if not home.state.exists():
        return Finding("state", "wrong", f"{home.state} is not there.", _RESTORE)
    try:
        address = f"file:{quote(str(home.state))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=5.0)) as db:
            (told,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        return Finding("state", "wrong", f"{home.state} cannot be used: {error}.", _RESTORE)
    if told != "ok":
        return Finding("state", "wrong", f"{home.state} is damaged.", _RESTORE)
    return Finding("state", "ok", "The node's memory is whole.")


def log(home: Home, state: State) -> Finding:
    """Verify the chains of receipts and of events."""
    try:
        public = keys.public_receipt_key(home)
        count = len(read_receipts(state, public))
        require_receipts_there(state, read_events(state, public))
        heads.require_reached(state, public)
    except NodeError as error:
        return Finding("receipts", "wrong", f"The log is not whole. {error}", _RESTORE)
    unsent = count_unsent(state)
    waiting = f"; {unsent} wait for the link" if unsent else ""
    return Finding("receipts", "ok", f"The log is whole: {count} receipts{waiting}.")


def charter(home: Home, state: State) -> Finding:
    """Look that a charter is pinned, and that the newest one names this node's keys."""
    chain = state.chain()
    if not chain:
        return Finding(
            "charter",
            "wrong",
            "No charter is pinned, so nothing runs here.",
            "Compare it by voice with a steward: kinhold-node pin",
        )
    receipt = keys.receipt_key(home).public_key().public_bytes_raw()
    supernode = keys.supernode_public_key(home).split()[:2]
    for node in chain[-1].nodes:
        if node.receipt_key == receipt and node.supernode_key.split()[:2] == supernode:
            return Finding(
                "charter", "ok", f"Charter {chain[-1].number} is pinned and names {node.name}."
            )
    return Finding(
        "charter",
        "wrong",
        f"Charter {chain[-1].number} does not name this node's keys, so its receipts count "
        "nowhere.",
        f"Give the card to the stewards, who put it into their next charter: {home.card}",
    )


def further_charters(home: Home, config: NodeConfig) -> list[Finding]:
    """Look that the charter of each other community that ``node.toml`` names is pinned."""
    holders = all_holders(config)
    return [
        _further(home, community, holds=community in holders) for community in all_peers(config)
    ]


def _further(home: Home, community: str, *, holds: bool) -> Finding:
    state = holder_state(home, community)
    pinned = state.chain()
    state.close()
    check = "holder" if holds else "peer"
    if pinned:
        return Finding(check, "ok", f"Charter {pinned[-1].number} of {community} is pinned too.")
    without = (
        f"{community} has a say over data here, and nothing runs on it"
        if holds
        else f"No answer from here is mixed with those of {community}"
    )
    do = f"kinhold-node pin --holder {community}"
    level: Level = "wrong" if holds else "look"
    return Finding(check, level, f"{without} before its charter is pinned.", do)


def stops(config: NodeConfig, state: State, *, now: datetime | None = None) -> Finding:
    """Look how old the newest list of stops is."""
    notices = state.notices()
    if notices is None:
        return Finding(
            "stops",
            "wrong",
            "No list of stops was ever seen, so nothing runs here.",
            "Pin the charter and let the node run while the platform can be reached.",
        )
    age_s = ((now or datetime.now(UTC)) - notices.issued).total_seconds()
    minutes = max(0, round(age_s / 60))
    told = f"The list of stops is {minutes} minute{'' if minutes == 1 else 's'} old"
    if age_s > config.notice_max_age_s:
        return Finding(
            "stops",
            "wrong",
            f"{told}; more than {config.notice_max_age_s // 60} means stop, so nothing runs here.",
            "Look at the link to the platform, and let the node run.",
        )
    if notices.paused:
        return Finding("stops", "look", f"{told}; stewards paused work in it.")
    if age_s > config.notice_max_age_s / 2:
        return Finding("stops", "look", f"{told}.", "Nothing runs once it is too old.")
    return Finding("stops", "ok", f"{told}, which is fresh.")


def switch(home: Home) -> Finding:
    """Look at the operator's own switch."""
    if home.paused.exists():
        return Finding("pause", "look", "The node is paused here.", "kinhold-node resume")
    return Finding("pause", "ok", "The node is not paused here.")


def running(home: Home, beating: int | None) -> Finding:
    """Look whether one node works with this folder, and no second one.

    Args:
        beating: the process that last said in this folder that it lives, None if none did.
    """
    holder = holder_of(home)
    if holder is None and beating is None:
        return Finding("running", "look", "The node does not run now.", "kinhold-node run")
    if holder and beating and holder != beating:
        return Finding(
            "running",
            "wrong",
            f"Two nodes work with this folder, as processes {holder} and {beating}.",
            "Stop one of them.",
        )
    return Finding("running", "ok", f"The node runs as process {holder or beating}.")


def _name_of(folder: Path) -> str:
    uid = folder.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
