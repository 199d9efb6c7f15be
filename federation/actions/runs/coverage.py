"""May this exact run be sent out? Every grant is checked as its node will check it.

Nodes do not rely on this. It keeps the platform from asking in vain, and it is what stands
between a forgotten check in a page or task and a message to a node (requirement R-01).
"""

from collections.abc import Sequence
from datetime import datetime

from consent.grants.charter import Charter
from consent.grants.codec import config_digest, digest, unb64u
from consent.grants.errors import (
    CoolingOff,
    GrantRefused,
    NotYetValid,
    Paused,
    StaleNotices,
)
from consent.grants.grant import Claims, parse_grant
from consent.grants.notices import Notices, verify_notices
from consent.grants.statements import Signed
from consent.grants.verify import RunFacts, allow_run
from consent.hiding import not_hidden
from consent.models import Grant
from consent.queries import (
    asked_beside,
    grants_beside,
    grants_counted,
    not_asked,
    notices_list_of,
)
from consent.queries.demands import demands_unmet
from consent.queries.holdups import what_holds
from consent.queries.keeping import grants_replaced, wants_anew
from consent.rules import GrantState
from federation.catalogue.registry import job_variables
from federation.errors import NotDispatchable, NotYet
from federation.gateway.base import MIXING_KEY
from federation.labels import refusal as told
from federation.models import Run, RunSite
from federation.queries import rounds_used
from federation.queries.readiness import not_by_this
from governance.queries import charter_chain
from governance.rules import NodeState

MAX_NOTICE_AGE_S = 86_400  # the default at the nodes

_PASSES = (CoolingOff, NotYetValid, StaleNotices)


def require_covered(run: Run, sites: Sequence[RunSite], *, at: datetime) -> None:
    """Return when every node of the run has a grant for exactly this run, valid at ``at``.

    Raises:
        NotYet: what is missing comes by itself or can still be done.
        NotDispatchable: this run will never be covered; the sentence names the community.
    """
    # A newer text in use ends it, too: what holds runs back is looked up in the text in use.
    if why := not_by_this(run.revision):
        raise NotDispatchable(why)
    if len(sites) < run.min_nodes:
        raise NotDispatchable(f"{len(sites)} nodes can take part; {run.min_nodes} are needed.")
    if held := what_holds(run.revision.request, at=at, for_all=True):
        raise NotYet(" ".join(held))
    communities = tuple(site.node.community.slug for site in sites)
    _require_hidden(run, sites)
    waiting: list[str] = []
    for site in sites:
        try:
            _require_site_covered(run, site, communities, at)
        except NotYet as reason:
            waiting.append(str(reason))
    if waiting:
        raise NotYet(" ".join(waiting))


def _require_hidden(run: Run, sites: Sequence[RunSite]) -> None:
    """Refuse what would leave its people in the open, or otherwise than its agreements say."""
    grants = [grant for site in sites for grant in (site.grant, *grants_beside(site.grant))]
    agreements = [(grant, parse_grant(grant.statement.text.encode())) for grant in grants]
    claims = [claim for _, claim in agreements]
    if why := not_hidden(claims, together=min(len(sites), run.min_nodes)):
        raise NotDispatchable(why)
    if why := demands_unmet(agreements):
        raise NotDispatchable(why)
    if any(claim.secure_aggregation != (MIXING_KEY in run.config) for claim in claims):
        raise NotDispatchable("Answers would not be mixed, or not left unmixed, as was agreed.")


def _require_site_covered(
    run: Run, site: RunSite, communities: tuple[str, ...], at: datetime
) -> None:
    name = site.node.community.name
    if site.node.state == NodeState.RETIRED:
        raise NotDispatchable(f"{name} retired its node {site.node.name}.")
    if site.grant.community_id != site.node.community_id:
        raise NotDispatchable(f"The grant for {name}'s node is another community's.")
    if late := not_asked(site.grant):
        raise NotDispatchable(f"{late[0].name} holds {name}'s data too and was not asked.")
    grants = (site.grant, *grants_beside(site.grant))
    if len(grants) != asked_beside(site.grant):
        raise NotDispatchable(f"Not every community that holds {name}'s data said yes.")
    replaced, wanting = grants_replaced(grants), wants_anew(grants)
    for grant in grants:
        if grant.pk in replaced:
            raise NotDispatchable(f"{grant.community.name} agreed anew since. Start it once more.")
        if grant.pk in wanting:
            raise NotYet(f"{grant.community.name} wants to agree anew.")
        _require_granted(run, grant, communities, at)
    if site.node.flower_node is None:
        raise NotYet(f"{name}: its node is not registered with Flower yet.")


def _require_granted(run: Run, grant: Grant, communities: tuple[str, ...], at: datetime) -> None:
    """Check one grant: the keeper's, or a further holder's, who decides in the same way."""
    name = grant.community.name
    if grant.state != GrantState.ACTIVE:
        raise NotDispatchable(f"{name}'s grant is {grant.state}.")
    try:
        claims = _allowed(run, grant, communities, at)
    except Paused as reason:
        # Every community of the run reads this: that a steward paused is for her own to tell.
        raise NotYet(f"{name} does not take part just now. It is tried again.") from reason
    except _PASSES as reason:
        raise NotYet(f"{name}: {reason}") from reason
    except GrantRefused as refusal:
        # Every community of the run reads this: the refusal itself may name another's steward.
        raise NotDispatchable(f"{name}: {told(refusal.code)}") from refusal
    _require_rounds_left(run, grant, claims, name)


def _allowed(run: Run, grant: Grant, communities: tuple[str, ...], at: datetime) -> Claims:
    """Go through the node's own checklist with what the platform knows.

    Raises:
        consent.grants.errors.GrantRefused: one subclass per reason.
    """
    signed = Signed.from_json(grant.signed_text)
    claims = parse_grant(signed.statement)
    chain = charter_chain(grant.community)
    facts = RunFacts(
        community=grant.community.slug,
        # From the bytes that will be sent, not from the column that says what they are.
        code=digest(bytes(run.job.bundle)),
        config=config_digest(run.config),
        request=digest(run.revision.text.encode()),
        keeper=grant.review.dataset.community.slug,
        dataset=grant.review.dataset.slug,
        variables=job_variables(run.config),
        message_type="train",
        rounds_used=rounds_used(grant),
        communities=communities,
        holds_only=grant.community_id != grant.review.dataset.community_id,
    )
    return allow_run(
        signed,
        facts=facts,
        chain=chain,
        notices=_notices(grant, chain),
        first_seen=grant.granted_at,
        first_seen_charter=_charter_then(claims, chain),
        max_notice_age_s=MAX_NOTICE_AGE_S,
        at=at,
        counted=grants_counted(grant.delegation),
    )


def _notices(grant: Grant, chain: tuple[Charter, ...]) -> Notices:
    held = notices_list_of(grant.community)
    if not held.text:
        raise StaleNotices("Its list of stops has not been published yet.")
    return verify_notices(held.text.encode(), unb64u(held.signature), chain=chain)


def _charter_then(claims: Claims, chain: tuple[Charter, ...]) -> int:
    """The newest charter when the grant was made. A number that never was is refused later."""
    numbers = [charter.number for charter in chain]
    return claims.charter_number if claims.charter_number in numbers else max(numbers, default=1)


def _require_rounds_left(run: Run, grant: Grant, claims: Claims, name: str) -> None:
    """Refuse a run that would use up its rounds half-way: it could never make a model."""
    fewest = int(run.job.manifest["rounds"][0])
    left = claims.max_rounds - rounds_used(grant)
    if left < fewest:
        raise NotDispatchable(f"{name}: {left} rounds are left; this job needs {fewest}.")
