"""What every verb on a run needs: the lock, the end, and its rows in the access log."""

from collections.abc import Sequence
from datetime import datetime

from consent.queries import grants_beside
from federation.models import Run, RunSite
from federation.queries import sites_of
from federation.rules import RunState, RunVerb, next_state
from governance.actions.audit import record
from governance.models import Community, User


def taken(run_id: int) -> Run | None:
    """Return the run, locked until the transaction ends, or None while another worker has it.

    Not waiting is right here: whoever holds the row is doing the same work.
    """
    return (
        Run.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("revision__request", "job")
        .filter(pk=run_id)
        .first()
    )


def wait(run: Run, reason: str) -> None:
    """Keep in words what holds the run up."""
    if run.waiting_for != reason:
        run.waiting_for = reason
        run.save(update_fields=["waiting_for"])


def close(run: Run, verb: RunVerb, *, why: str, at: datetime, outcome: str = "done") -> None:
    """End a run, and tell each community that has part in it."""
    run.state = next_state(RunState(run.state), verb).value
    run.why = why
    run.waiting_for = ""
    run.ended_at = at
    run.save(update_fields=["state", "why", "waiting_for", "ended_at"])
    tell(f"run.{verb}", run, outcome=outcome, reason=why)


def tell(
    verb: str,
    run: Run,
    *,
    actor: User | None = None,
    outcome: str = "done",
    reason: str = "",
    sites: Sequence[RunSite] | None = None,
) -> None:
    """Write one row for each community that takes part: each reads only its own log."""
    for community in _communities(sites if sites is not None else sites_of(run)):
        record(
            verb,
            actor=actor,
            subject=f"run:{run.public_id}",
            community=community,
            outcome=outcome,
            reason=reason,
            document_digest=run.revision.digest,
            correlation="" if run.flower_run is None else str(run.flower_run),
        )


def _communities(sites: Sequence[RunSite]) -> list[Community]:
    """Every community with a node in it, and every further holder of data that is used."""
    own = [site.node.community for site in sites]
    held = [grant.community for site in sites for grant in grants_beside(site.grant)]
    return list({community.pk: community for community in (*own, *held)}.values())
