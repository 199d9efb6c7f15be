"""Whether a decided request could be run now, with which nodes, and if not, why not."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from consent.document import read_back
from consent.grants.grant import Claims, parse_grant
from consent.hiding import fewest_together, not_hidden
from consent.models import Grant, RequestRevision
from consent.queries import (
    SaidBy,
    asked_beside,
    grants_active,
    grants_beside,
    not_asked,
    outcomes_of,
)
from consent.queries.demands import demands_unmet
from consent.queries.holdups import what_holds
from consent.queries.keeping import grants_on_hold
from consent.queries.revisions import revision_decided, revision_in_use
from consent.rules import RequestState, ReviewState
from federation.models import DataNode
from federation.queries.nodes import nodes_in_charter
from federation.queries.runs import OPEN_STATES, rounds_used, runs_of_request

CHANGED = "Changed: needs a new decision."
"""What is said of a revision that differs from what was agreed (R-04)."""


@dataclass(frozen=True)
class Place:
    """One dataset's part in a run: its keeper's node, and the grants it works under.

    ``grant`` is the keeper's; ``co_grants`` are those of every further holder (R-40).
    """

    node: DataNode
    grant: Grant
    co_grants: tuple[Grant, ...] = ()


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
    active = _to_use(revision)
    places, obstacles = _places(active)
    used = [grant for place in places for grant in (place.grant, *place.co_grants)] or active
    claims = [(grant, parse_grant(grant.statement.text.encode())) for grant in used]
    bound = [claim for _, claim in claims]
    needed = max(document["min_nodes"], fewest_together(bound))
    left = [claim.max_rounds - rounds_used(grant) for grant, claim in claims]
    rounds_left = min([document["max_rounds"], *left])
    why_not = (
        not_by_this(revision)
        or " ".join(what_holds(revision.request, at=timezone.now()))
        or _under_way(revision)
        or _too_few(revision, places, active, obstacles, needed, bound)
        or demands_unmet(claims)
        or _used_up(rounds_left)
    )
    return Readiness(document, tuple(places), needed, rounds_left, why_not)


def _to_use(revision: RequestRevision) -> list[Grant]:
    """Grants under which a new run may start: active, not on hold, not replaced by a newer one."""
    active = grants_active(revision)
    held = grants_on_hold(active)
    return [grant for grant in active if grant.pk not in held]


def _places(active: list[Grant]) -> tuple[list[Place], dict[str, str]]:
    """Pair each keeper's grant with those of the further holders and with its node.

    Returns:
        The places, and for each other dataset in words what it lacks though its keeper said yes.
    """
    here = {grant.pk for grant in active}
    places: list[Place] = []
    obstacles: dict[str, str] = {}
    for grant in active:
        dataset = grant.review.dataset
        if grant.community_id != dataset.community_id:
            continue
        others = grants_beside(grant)
        nodes = nodes_in_charter(grant.community)
        if late := not_asked(grant):
            names = ", ".join(community.name for community in late)
            obstacles[dataset.slug] = f"{names} holds {dataset.title} too now and was not asked"
        elif not _all_said_yes(grant, others, here):
            obstacles[dataset.slug] = ""
        elif not nodes:
            obstacles[dataset.slug] = f"{grant.community.name} has no node in its charter"
        else:
            places.append(Place(nodes[0], grant, tuple(others)))
    return places, obstacles


def _all_said_yes(grant: Grant, others: list[Grant], active: set[int]) -> bool:
    """Say whether each community that was asked about the dataset allows this use now."""
    every = asked_beside(grant) == 1 + len(others)
    return every and all(other.pk in active for other in others)


def not_decided(revision: RequestRevision) -> str:
    """Say why nothing at all may run by this revision, or "" when it is decided with a yes (R-01).

    A decided one without a yes that may be used says no more here: its grants tell why.
    """
    if revision.request.state == RequestState.WITHDRAWN:
        return "The request was withdrawn."
    if not revision_decided(revision):
        undecided = "Not every community has decided yet."
        return undecided if revision.number == 1 else f"{CHANGED} {undecided}"
    return ""


def not_by_this(revision: RequestRevision) -> str:
    """Say why no run goes by this revision: not decided, or a newer one is in use; else ""."""
    if why := not_decided(revision):
        return why
    used = revision_in_use(revision.request)
    if used is not None and used.number > revision.number:
        return "A newer text of this request is agreed. Runs go by that one."
    return ""


def _under_way(revision: RequestRevision) -> str:
    """One at a time, whatever the revision: an older agreement's run may still be going on."""
    if runs_of_request(revision.request).filter(state__in=OPEN_STATES).exists():
        return "A run of this request is under way already."
    return ""


def _too_few(
    revision: RequestRevision,
    places: list[Place],
    active: list[Grant],
    obstacles: dict[str, str],
    needed: int,
    claims: list[Claims],
) -> str:
    if len(places) >= needed:
        return ""
    present = {place.grant.review.dataset.slug for place in places}
    allows = {(grant.community.slug, grant.review.dataset.slug) for grant in active}
    reasons = [
        f"{said.community_name} {_absence(said)}"
        for said in outcomes_of(revision)
        if said.dataset not in present and (said.community, said.dataset) not in allows
    ]
    reasons += [obstacle for obstacle in obstacles.values() if obstacle]
    told = f" {'; '.join(reasons)}." if reasons else ""
    hidden = not_hidden(claims, together=len(places)) if places else ""
    lead = f"{len(places)} of the {needed} communities needed can take part now.{told}"
    return f"{lead} {hidden}".strip()


def _used_up(rounds_left: int) -> str:
    return "" if rounds_left > 0 else "All rounds that the communities allowed are used."


def _absence(answer: SaidBy) -> str:
    said = answer.said
    if answer.anew:
        return "wants to agree anew"
    if answer.awaits_acceptance:
        return "said yes with conditions that are not accepted yet"
    if said is ReviewState.APPROVED:
        return "took its yes back, paused work, or its time is over"
    return {
        ReviewState.OPEN: "has not decided",
        ReviewState.DECLINED: "said no",
        ReviewState.WITHDRAWN: "was not asked to the end",
        ReviewState.SENT_BACK: "asks for changes",
        ReviewState.REPLACED: "was not asked to the end",
    }[said]
