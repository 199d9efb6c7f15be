"""What the operator reads and does at the node's own console: it never asks the platform."""

from federation.node.console.code import code
from federation.node.console.grants import grants
from federation.node.console.log import log, verify
from federation.node.console.optout import optout
from federation.node.console.status import status
from federation.node.console.switch import pause, resume

__all__ = ["code", "grants", "log", "optout", "pause", "resume", "status", "verify"]
