"""Makes a node's folder with all that belongs in it, or leaves everything as it was."""

import contextlib
import json
import os
import shutil
from pathlib import Path

from consent.grants.codec import b64u
from federation.node import keys
from federation.node.books.state import State
from federation.node.errors import NodeError
from federation.node.home import Home, NodeConfig
from federation.node.setting_up.answers import Answers
from federation.node.settings import read_config

_OURS = frozenset(
    {"keys", "log", "run", "work", "state.sqlite", "state.sqlite-wal", "state.sqlite-shm"}
    | {"state.head", "card.json", "holders", "optouts", "flwr", "paused", "lost+found"}
)


def require_new(home: Home) -> None:
    """Look that no node and nothing else is in the folder.

    Raises:
        NodeError: there is.
    """
    if home.config.exists():
        raise NodeError(f"There is a node at {home.folder} already; nothing was changed.")
    try:
        others = sorted(path.name for path in home.folder.iterdir() if path.name not in _OURS)
    except FileNotFoundError:
        return
    except OSError as error:
        raise NodeError(f"Cannot write to {home.folder}: {error.strerror}.") from None
    if others:
        raise NodeError(
            f"{home.folder} holds other things ({others[0]}). A node needs a folder of its own."
        )


def make(home: Home, answers: Answers) -> dict[str, str]:
    """Write the folder, keys, state, card and, last of all, ``node.toml``; return the card.

    Keys that are there already stay; a node whose settings were thrown away keeps its name.

    Raises:
        NodeError: something cannot be written; what was made until then is gone again.
    """
    old = os.umask(0o077)
    try:
        with contextlib.ExitStack() as undo:
            card = _make(home, answers, undo)
            undo.pop_all()
        return card
    except OSError as error:
        raise NodeError(f"Cannot write to {home.folder}: {error.strerror or error}.") from None
    finally:
        os.umask(old)


def _make(home: Home, answers: Answers, undo: contextlib.ExitStack) -> dict[str, str]:
    missing = [path for path in (home.folder, *home.folder.parents) if not path.exists()]
    for folder in reversed(missing):
        _folder(folder, undo)
    mode = home.folder.stat().st_mode & 0o7777
    undo.callback(home.folder.chmod, mode)
    home.folder.chmod(0o700)
    for folder in (home.log, home.run, home.work):
        if not folder.exists():
            _folder(folder, undo)
    if not home.keys.exists():
        undo.callback(shutil.rmtree, home.keys, ignore_errors=True)
        keys.make_keys(home)
    if not home.state.exists():
        beside = (Path(f"{home.state}{end}") for end in ("-wal", "-shm"))
        for path in (home.state, *beside, home.state.with_suffix(".head")):
            undo.callback(path.unlink, missing_ok=True)
        State(home.state).close()
    undo.callback(home.config.unlink, missing_ok=True)
    keys.write_private(home.config, config_text(answers).encode())
    config = read_config(home)
    written = card_of(home, config)
    if not home.card.exists():
        undo.callback(home.card.unlink, missing_ok=True)
    home.card.write_text(json.dumps(written, indent=2) + "\n", "utf-8")
    return written


def _folder(folder: Path, undo: contextlib.ExitStack) -> None:
    folder.mkdir(mode=0o700)
    undo.callback(folder.rmdir)


def card_of(home: Home, config: NodeConfig) -> dict[str, str]:
    """Give the two public keys and the names that stewards put into their charter."""
    return {
        "community": config.community,
        "name": config.name,
        "receipt_key": b64u(keys.receipt_key(home).public_key().public_bytes_raw()),
        "supernode_key": keys.supernode_public_key(home),
    }


def config_text(answers: Answers) -> str:
    """Write ``node.toml``, with the words an operator needs to change it."""
    lines = [
        f"{name} = {json.dumps(getattr(answers, name))}"
        for name in ("community", "name", "platform", "superlink")
    ]
    for name in ("superlink_ca", "platform_ca"):
        if path := getattr(answers, name):
            lines.append(f"{name} = {json.dumps(str(path))}")
    lines += [
        "# A list of stops older than this many seconds counts as: stop.",
        "notice_max_age_s = 86400",
        '# "preinstalled" runs only the jobs installed here; "pinned" also unpacks granted code.',
        f"code_policy = {json.dumps(answers.code_policy)}",
        "# What one job may take: seconds, megabytes of memory, processes and threads.",
        "job_limit_s = 600",
        "job_memory_mb = 4096",
        "job_processes = 64",
        *answers.datasets,
    ]
    return "\n".join(lines) + "\n"
