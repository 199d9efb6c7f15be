"""Names of the walls around a job, and plain words about each, standing or missing."""

from collections.abc import Mapping

WALLS: dict[str, tuple[str, str]] = {
    "files": (
        "it can read Python, its own code and its columns, and write to its own folder only",
        "it can read and write whatever its user can; the kernel has no Landlock",
    ),
    "network": (
        "it reaches no network",
        "it can reach the network; the kernel gives neither a network of its own nor a filter",
    ),
    "system calls": (
        "it cannot look into other processes, mount, load or trace anything",
        "nothing takes system calls away from it; the kernel or the machine has no filter",
    ),
    "own user": (
        "it runs as a user of its own, without any right",
        "it runs as the node's own user",
    ),
    "processes": (
        "it cannot start more processes than job_processes, nor end or halt the node's",
        "only a look now and then counts its processes, or it can end and halt the node's",
    ),
    "memory": (
        "it cannot take more memory than job_memory_mb",
        "nothing limits its memory",
    ),
    "disk": (
        "its folder lies in memory and has an end",
        "each file has an end; all files together are only looked at now and then",
    ),
}
"""For each wall: what it means for a job that it stands, and that it is missing."""


def missing(held: Mapping[str, bool], *, as_root: bool) -> list[str]:
    """List what unpacked code must not run without.

    A node that is not root has no other user to give; its own one is then the job's, and the
    other walls have to do. A node that is root must not lend that to a job.
    """
    needed = [name for name in WALLS if as_root or name != "own user"]
    return [name for name in needed if not held.get(name, False)]


def sentences(held: Mapping[str, bool], *, as_root: bool) -> list[str]:
    """Say of each wall whether it stands on this machine."""
    told = []
    for name, (standing, gone) in WALLS.items():
        holds = held.get(name, False)
        text = standing if holds else gone
        if name == "own user" and not holds:
            text += _why(as_root)
        told.append(f"{name}: {'a job is held' if holds else 'NOT HELD'}: {text}")
    return told


def _why(as_root: bool) -> str:
    if not as_root:
        return ", because the node was not started by root"
    return (
        ", which is root: no other user could be taken, or it cannot read Python or Kinhold where "
        "they are installed; install them below /usr or /opt, or start the node as another user"
    )
