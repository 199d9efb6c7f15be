"""``kinhold-node unit``: the systemd unit that keeps this node running, with the right paths."""

import os
import pwd
import sys
from argparse import Namespace
from pathlib import Path

from federation.node.errors import NodeError
from federation.node.home import Home

UNIT = """\
# Keeps a Kinhold data node running. Printed by: kinhold-node unit
[Unit]
Description=Kinhold data node
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
# An ordinary user who owns the node's folder and can read the data; nothing here needs root.
User={user}
ExecStart={command} --home {home} run
Restart=on-failure
RestartSec=10
# SIGTERM goes to the node alone: it stops a running job at once and writes the receipt.
KillMode=mixed
TimeoutStopSec=30
UMask=0077

# All can be read as far as the user may, and written to only where the node lives.
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
# The ways out, and loopback between the node's own processes. It listens on nothing else.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
# The node needs these to shut each job in: without them its walls would be lower, not higher.
RestrictNamespaces=user net pid mnt ipc
# Not set, because jobs are shut in by the node itself and these would stand in the way of that or
# of the libraries: PrivateUsers, MemoryDenyWriteExecute, SystemCallFilter.

[Install]
WantedBy=multi-user.target
"""


def unit(home: Home, arguments: Namespace) -> int:
    """Print it.

    Raises:
        NodeError: this machine has no such user, or a path cannot be written in a unit.
    """
    user = arguments.user or pwd.getpwuid(os.geteuid()).pw_name
    try:
        pwd.getpwnam(user)
    except (KeyError, ValueError):
        raise NodeError(f"This machine has no user {user!r}.") from None
    sys.stdout.write(unit_text(home.folder, user=user, command=_command()))
    sys.stderr.write(
        "Save it as /etc/systemd/system/kinhold-node.service, then: "
        "systemctl daemon-reload && systemctl enable --now kinhold-node\n"
    )
    return 0


def unit_text(folder: Path, *, user: str, command: tuple[str, ...]) -> str:
    """Fill the unit in.

    Raises:
        NodeError: a path holds what systemd cannot read.
    """
    words = " ".join(_quoted(word) for word in command)
    return UNIT.format(user=user, command=words, home=_quoted(str(folder)))


def _command() -> tuple[str, ...]:
    """Name the installed command; from a checkout there may be none."""
    script = Path(sys.executable).with_name("kinhold-node")
    if not script.exists():
        raise NodeError(f"{script} is not there. Install the node first: pip install '.[node]'")
    return (str(script),)


def _quoted(word: str) -> str:
    """Spell a path so that systemd takes it for one word and puts nothing else in.

    Source: systemd.service(5), "Command lines", and systemd.unit(5), "Specifiers".
    """
    if any(ord(character) < 32 for character in word) or set(word) & set("\"'\\$"):
        raise NodeError(f"{word!r} cannot stand in a systemd unit; use a plainer path.")
    word = word.replace("%", "%%")
    return f'"{word}"' if " " in word else word
