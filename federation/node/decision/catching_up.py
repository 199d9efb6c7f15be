"""What a node does now and then beside its messages: fetch what is new, hand in receipts."""

from datetime import UTC, datetime

from federation.node import keys
from federation.node.books.state import State
from federation.node.decision import holders, sync
from federation.node.home import Home, NodeConfig
from federation.node.mixing import memory, peers
from federation.node.platform import Platform

_CALL_S = 15.0


def synchronise(home: Home, config: NodeConfig) -> sync.Findings:
    """Fetch charters, notices and grants, and deliver what is in the outbox.

    Raises:
        NodeError: the state file or the receipt key cannot be used.
    """
    state = State(home.state)
    platform = Platform.of(config, keys.receipt_key(home), timeout_s=_CALL_S)
    findings = sync.fetch_all(state, platform, at=datetime.now(UTC))
    for warning in findings.warnings:
        state.note(warning)
    holders.synchronise(home, config, platform, at=datetime.now(UTC), note=state.note)
    peers.synchronise(home, config, platform, at=datetime.now(UTC), note=state.note)
    memory.wipe_old(state)
    if findings.reached:
        sync.send_receipts(state, platform)
    state.close()
    platform.close()
    return findings
