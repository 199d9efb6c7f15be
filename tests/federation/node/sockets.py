"""What processes listen on, as the kernel tells it. Source: proc(5), /proc/net/tcp."""

import contextlib
import ipaddress
import struct
from pathlib import Path

_LISTENING = "0A"


def family_of(pid: int) -> set[int]:
    """Name a process and all that descend from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it ended meanwhile
                continue
            parents[int(entry.name)] = int(after_name[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def listening(pids: set[int]) -> dict[str, int]:
    """Give the addresses on which any of the processes waits for calls, and which one does.

    Unconnected UDP sockets count, too: whatever is sent to them is received.
    """
    owners: dict[str, int] = {}
    for pid in pids:
        with contextlib.suppress(OSError):  # it ended meanwhile
            for file in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):  # the listing's own file is closed by now
                    link = str(file.readlink())
                    if link.startswith("socket:["):
                        owners[link[8:-1]] = pid
    found = {}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        path = Path("/proc/net") / table
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            _, local, _, state, *_, inode = line.split()[:10]
            open_to_all = state == _LISTENING if table.startswith("tcp") else state == "07"
            if open_to_all and inode in owners:
                found[_address(local)] = owners[inode]
    return found


def is_loopback(address: str) -> bool:
    host = ipaddress.ip_address(address.rpartition(":")[0])
    mapped = getattr(host, "ipv4_mapped", None)
    return (mapped or host).is_loopback


def _address(text: str) -> str:
    host, port = text.split(":")
    words = [struct.pack("=I", int(host[i : i + 8], 16)) for i in range(0, len(host), 8)]
    return f"{ipaddress.ip_address(b''.join(words))}:{int(port, 16)}"
