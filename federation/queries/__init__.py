"""Every read of this app, scoped to who asks."""

from federation.queries.catalogue import job_at, job_published, jobs_published
from federation.queries.nodes import (
    chain_faults,
    node_called,
    nodes_enrolled,
    nodes_in_charter,
    nodes_of,
    nodes_to_register,
    signed_charters_of,
)
from federation.queries.runs import (
    OPEN_STATES,
    oldest_waiting,
    receipts_of,
    revisions_to_plan,
    rounds_done,
    rounds_used,
    run_called,
    runs_by_state,
    runs_in,
    runs_of,
    runs_to_stop,
    runs_visible_to,
    sites_of,
)

__all__ = [
    "OPEN_STATES",
    "chain_faults",
    "job_at",
    "job_published",
    "jobs_published",
    "node_called",
    "nodes_enrolled",
    "nodes_in_charter",
    "nodes_of",
    "nodes_to_register",
    "oldest_waiting",
    "receipts_of",
    "revisions_to_plan",
    "rounds_done",
    "rounds_used",
    "run_called",
    "runs_by_state",
    "runs_in",
    "runs_of",
    "runs_to_stop",
    "runs_visible_to",
    "signed_charters_of",
    "sites_of",
]
