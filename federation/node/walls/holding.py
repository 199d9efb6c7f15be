"""Decides at start-up how jobs are shut in on this machine, and says so in plain words."""

import logging
import os
import stat
from pathlib import Path

from federation.node.errors import NodeError
from federation.node.home import Home, NodeConfig
from federation.node.walls import confine, flower_job
from federation.node.walls import names as walls
from federation.node.walls.job_user import JobUser, job_user

log = logging.getLogger(__name__)


def try_walls(home: Home, config: NodeConfig) -> tuple[JobUser | None, dict[str, bool]]:
    """Try whom jobs can run as, and which walls then hold them.

    Raises:
        NodeError: ``job_user`` of ``node.toml`` cannot be used.
    """
    user = job_user(home, config)
    folders = tuple(path for path in flower_job.code_folders() if path.exists())
    if home.work.exists() and (user is None or user.passes(home.work)):  # made at each start
        folders = (*folders, home.work)
    held = confine.what_holds(user, folders)
    if user is None or held["own user"]:
        return user, held
    if config.job_user:
        raise NodeError(
            f"Jobs cannot run as {config.job_user} (job_user): that user cannot read Python "
            "or Kinhold where they are installed, or this container lets nobody change users."
        )
    return None, confine.what_holds(None, folders)


def decide(home: Home, config: NodeConfig) -> tuple[JobUser | None, dict[str, bool]]:
    """Try the walls, say in plain words which of them stand, and refuse to do with too few.

    Raises:
        NodeError: one is missing that this node's settings cannot do without.
    """
    as_root = os.geteuid() == 0
    user, held = try_walls(home, config)
    for sentence in walls.sentences(held, as_root=as_root):
        log.info("%s", sentence)
    _require_enough(config, walls.missing(held, as_root=as_root))
    if user is not None:
        log.info("jobs run as user %d", user.uid)
        _require_writable(config, user)
    return user, held


def _require_enough(config: NodeConfig, gone: list[str]) -> None:
    policies = {d.code_policy or config.code_policy for d in config.datasets.values()}
    if not gone or "pinned" not in policies or config.allow_unconfined:
        return
    raise NodeError(
        f"On this machine nothing holds a job in as to: {', '.join(gone)}. code_policy is pinned, "
        "so code that nobody vetted would run. Set code_policy to preinstalled, or "
        "allow_unconfined to true if you accept that. The lines before this one say more."
    )


def _require_writable(config: NodeConfig, user: JobUser) -> None:
    for folder in config.job_folders:
        if not _writable(folder, user):
            raise NodeError(
                f"job_folders names {folder}, but jobs run as user {user.uid} and cannot write "
                f"there. Give it to them (chown {user.uid} {folder}) or take it out."
            )


def _writable(folder: Path, user: JobUser) -> bool:
    try:
        status = folder.stat()
    except OSError:
        return False
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IWUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IWGRP)
    return bool(status.st_mode & stat.S_IWOTH)
