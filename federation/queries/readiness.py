"""Whether a decided request could be run now, with which nodes, and if not, why not."""

from dataclasses import dataclass
from typing import Any

from consent.document import read_back
from consent.grants.grant import parse_grant
from consent.models import Grant, RequestRevision
from consent.queries import grants_active, outcomes_of
from consent.rules import RequestState, ReviewState
from federation.models import DataNode
from federation.queries.nodes import nodes_in_charter
from federation.queries.runs import OPEN_STATES, rounds_used, runs_of


@dataclass(frozen=True)
class Place:
    """One community's part in a run: its node and the grant it works under."""

    node: DataNode
    grant: Grant


@dataclass(frozen=True)
class Readiness:
    """``why_not`` is empty when a run may be planned now.

    ``rounds_left`` is what the strictest of the communities still allows.
    """

    document: dict[str, Any]
    places: tuple[Place, ...]
    needed: int
    rounds_left: int
    why_not: str

    @property
    def ready(self) -> bool:
        return not self.why_not


def readiness_of(revision: RequestRevision) -> Readiness:
    """Say with which nodes this revision could run now, and what stands in the way."""
    document = read_back(revision.text)
    grants = grants_active(revision)
    places, without_node = _places(grants)
    claims = [(grant, parse_grant(grant.statement.text.encode())) for grant in grants]
    needed = max([document["min_nodes"], *(claim.min_nodes for _, claim in claims)])
    left = [claim.max_rounds - rounds_used(grant) for grant, claim in claims]
    rounds_left = min([document["max_rounds"], *left])
    why_not = (
        _undecided(revision)
        or _under_way(revision)
        or _too_few(revision, places, without_node, needed)
        or _used_up(rounds_left)
    )
    return Readiness(document, tuple(places), needed, rounds_left, why_not)


def _places(grants: list[Grant]) -> tuple[list[Place], list[str]]:
    """Pair each grant with its community's node; name the communities that have none."""
    places, without = [], []
    for grant in grants:
        nodes = nodes_in_charter(grant.community)
        if nodes:
            places.append(Place(nodes[0], grant))
        else:
            without.append(grant.community.name)
    return places, without


def _undecided(revision: RequestRevision) -> str:
    if revision.request.state == RequestState.WITHDRAWN:
        return "The request was withdrawn."
    if revision.request.state != RequestState.DECIDED:
        return "Not every community has decided yet."
    return ""


def _under_way(revision: RequestRevision) -> str:
    if runs_of(revision).filter(state__in=OPEN_STATES).exists():
        return "A run of this request is under way already."
    return ""


def _too_few(
    revision: RequestRevision, places: list[Place], without_node: list[str], needed: int
) -> str:
    if len(places) >= needed:
        return ""
    present = {place.grant.community.slug for place in places}
    reasons = [
        f"{said.community_name} {_absence(said.said, said.awaits_acceptance)}"
        for said in outcomes_of(revision)
        if said.community not in present and said.community_name not in without_node
    ]
    reasons += [f"{name} has no node in its charter" for name in without_node]
    told = f" {'; '.join(reasons)}." if reasons else ""
    return f"{len(places)} of the {needed} communities needed can take part now.{told}"


def _used_up(rounds_left: int) -> str:
    return "" if rounds_left > 0 else "All rounds that the communities allowed are used."


def _absence(said: ReviewState, awaits_acceptance: bool) -> str:
    if awaits_acceptance:
        return "said yes with conditions that are not accepted yet"
    if said is ReviewState.APPROVED:
        return "took its yes back, paused work, or its time is over"
    return {
        ReviewState.OPEN: "has not decided",
        ReviewState.DECLINED: "said no",
        ReviewState.WITHDRAWN: "was not asked to the end",
    }[said]
