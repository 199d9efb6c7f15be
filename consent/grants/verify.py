"""allow_run: the checklist that a node goes through before it opens code or data.

The numbers are those of docs/grant-format.md, "The checks". Each comment says which attack
the check stops. No I/O, no clock, no settings, no default key.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from consent.grants.charter_document import Charter
from consent.grants.decision import answers_on
from consent.grants.delegation import Counted, rests_on
from consent.grants.errors import (
    CharterSuperseded,
    CoolingOff,
    Expired,
    GrantRefused,
    NotYetValid,
    Paused,
    Revoked,
    TooManyRounds,
    UnknownCharter,
    WrongAggregate,
    WrongCode,
    WrongCommunity,
    WrongConfiguration,
    WrongDataset,
    WrongMessage,
    WrongRequest,
    WrongVariables,
)
from consent.grants.grant import Claims, parse_grant
from consent.grants.notices import ALL, Notices, require_fresh
from consent.grants.statements import Signed

STEPS: tuple[tuple[int, str], ...] = (
    (1, "well formed"),
    (2, "this community"),
    (3, "charter in force"),
    (4, "every ballot verifies"),
    (5, "decision rule met"),
    (6, "within its dates"),
    (7, "cooling-off over"),
    (8, "notices fresh"),
    (9, "not revoked"),
    (10, "not paused"),
    (11, "same code"),
    (12, "same configuration"),
    (13, "same request"),
    (14, "same dataset"),
    (15, "granted variables only"),
    (16, "agreed communities"),
    (17, "training message"),
    (18, "rounds left"),
)


@dataclass(frozen=True)
class RunFacts:
    """What the node found out for itself about the message in front of it.

    ``code``, ``config`` and ``request`` are lower-case hex; ``code`` is the SHA-256 of the
    FAB's bytes, ``config`` comes from ``codec.config_digest``. ``communities`` are all that
    take part in this aggregate. ``rounds_used`` counts rounds already trained on this grant.
    ``keeper``: the community whose node this is.
    ``holds_only``: the community has a say over the dataset, which is kept at another's node; it
    then need not be among those that take part with a node of their own.
    """

    community: str
    code: str
    config: str
    request: str
    keeper: str
    dataset: str
    variables: tuple[str, ...]
    message_type: str
    rounds_used: int
    communities: tuple[str, ...]
    holds_only: bool = False


def allow_run(
    signed: Signed,
    *,
    facts: RunFacts,
    chain: tuple[Charter, ...],
    notices: Notices,
    first_seen: datetime,
    first_seen_charter: int,
    max_notice_age_s: int,
    at: datetime,
    counted: Counted | None = None,
) -> Claims:
    """Return the claims of a grant that allows this message, or raise.

    Args:
        chain: every charter the node holds, oldest first, from ``pin`` and ``extend_chain``.
        notices: from ``verify_notices``, checked with ``require_not_rolled_back``.
        first_seen: aware time at which this node first held this grant.
        first_seen_charter: number of the node's newest charter at that time.
        max_notice_age_s: seconds after which a list of notices no longer counts.
        at: aware time of the decision; one reading for all checks.
        counted: by a delegation's id, the digests of the grants counted under it so far.
            Whoever does not count lets no grant rest on a delegation.
    Raises:
        GrantRefused: one subclass per reason, met in the order of the steps; ``step`` on it
            is the number of the check that refused.
        ValueError: wrong use: a time without zone, a negative count, an age limit of zero, or
            a ``first_seen_charter`` that the chain does not reach.
    """
    _refuse_wrong_use(facts, chain, first_seen, first_seen_charter, at)
    claims = _decided(signed, facts, chain, first_seen_charter, at, counted)
    _in_force(claims, notices, first_seen, max_notice_age_s, at)
    _in_scope(claims, facts)
    _in_this_aggregate(claims, facts)
    return claims


def _decided(
    signed: Signed,
    facts: RunFacts,
    chain: tuple[Charter, ...],
    first_seen_charter: int,
    at: datetime,
    counted: Counted | None,
) -> Claims:
    """Steps 1 to 5: these are the community's own words, decided by its own rule."""
    # 1. One spelling, every field known. Stops: a second reading of the signed bytes, a limit
    #    that this version overlooks because it does not know the field.
    with _step(1):
        claims = parse_grant(signed.statement)

    # 2. Ours. Stops: a grant of one community used at the node of another.
    with _step(2):
        if claims.community != facts.community:
            raise WrongCommunity(f"The grant is {claims.community}'s, not {facts.community}'s.")

    # 3. Decided under the charter in force. Stops: keys or rules that the platform made up,
    #    and grants signed, after a charter was replaced, with keys stolen from it.
    with _step(3):
        charter = _charter_of(claims, chain, first_seen_charter)

    # 4. Every ballot is that steward's passkey on exactly these bytes and this answer. Stops:
    #    forged ballots, and ballots from another statement, community, answer or site.
    with _step(4):
        answers = answers_on(signed, charter=charter, statement_type="grant")

    # 5. Enough of them say yes. Stops: a decision with a ballot missing, one steward counted
    #    twice, any answer but a plain yes counted as one, and one steward deciding alone more
    #    than, later than or other than the stewards delegated to her.
    with _step(5):
        under = rests_on(signed, claims, charter=charter, answers=answers, at=at, counted=counted)
    return replace(claims, under=under)


def _in_force(
    claims: Claims, notices: Notices, first_seen: datetime, max_notice_age_s: int, at: datetime
) -> None:
    """Steps 6 to 10: it holds now, and nobody took it back."""
    # 6. Stops: use before or after the agreed dates.
    with _step(6):
        if at < claims.not_before:
            raise NotYetValid(f"The grant holds from {claims.not_before.isoformat()}.")
        if at >= claims.not_after:
            raise Expired(f"The grant held until {claims.not_after.isoformat()}.")

    # 7. Stops: a grant that a lying page got signed being used before anyone could see it on
    #    the node. A first sight in the future, from a clock set back, waits too.
    with _step(7):
        ready = first_seen + timedelta(seconds=claims.cooling_off_s)
        if at < ready:
            raise CoolingOff(f"The node uses this grant from {ready.isoformat()} on.")

    # 8. Stops: a revocation kept from the node by silence, or another community's list.
    with _step(8):
        if notices.community != claims.community:
            raise WrongCommunity("The list of notices is another community's.")
        require_fresh(notices, at=at, max_age_s=max_notice_age_s)

    # 9. Stops: a grant that the community took back, or whose delegation it took back.
    with _step(9):
        if notices.revoked & claims.stopped_with:
            raise Revoked("The community revoked this grant, or what it rests on.")

    # 10. Stops: any work while a steward has called a halt.
    with _step(10):
        if notices.paused & ({ALL} | claims.stopped_with):
            raise Paused("A steward paused this grant, its delegation or all work here.")


def _in_scope(claims: Claims, facts: RunFacts) -> None:
    """Steps 11 to 15: the message asks for what was granted, and for no more."""
    # 11. Stops: other code, be it by one byte.
    with _step(11):
        if facts.code != claims.code:
            raise WrongCode("The code is not the code that was approved.")

    # 12. Stops: approved code with other parameters.
    with _step(12):
        if facts.config != claims.config:
            raise WrongConfiguration("The run's configuration is not the one that was approved.")

    # 13. Stops: a grant for one request used for another, or for a later revision of it.
    with _step(13):
        if facts.request != claims.request_digest:
            raise WrongRequest("The run is for another request, or another revision of it.")

    # 14. Stops: the approved question put to other data, also to data of the same name that
    #     another community keeps. What the message names is not quoted:
    #     the sentence goes into a signed receipt, and its words would be the sender's.
    with _step(14):
        if facts.keeper != claims.keeper:
            raise WrongDataset(f"The grant is for data that {claims.keeper} keeps.")
        if facts.dataset != claims.dataset:
            raise WrongDataset(f"The grant is for {claims.dataset}, not for another dataset.")

    # 15. Stops: reading one column more than was agreed. No columns at all is no request.
    with _step(15):
        if not facts.variables or not set(facts.variables) <= set(claims.variables):
            raise WrongVariables("The run asks for variables that were not granted.")


def _in_this_aggregate(claims: Claims, facts: RunFacts) -> None:
    """Steps 16 to 18: this exchange is one of those that were agreed."""
    # 16. Stops: mixing with communities nobody asked about, and an aggregate of so few that
    #     one community's part shows. Repeats count once.
    with _step(16):
        together = set(facts.communities)
        absent = claims.community not in together and not facts.holds_only
        if absent or not together <= set(claims.communities):
            raise WrongAggregate("The run is with communities that the grant does not name.")
        if len(together) < claims.min_nodes:
            raise WrongAggregate(
                f"The run is with {len(together)} communities; the grant needs {claims.min_nodes}."
            )

    # 17. Stops: reaching code of the app that the decision was not about (query, evaluate).
    with _step(17):
        if facts.message_type != "train":
            raise WrongMessage("The grant allows training messages only.")

    # 18. Stops: asking again and again until the answers give the data away.
    with _step(18):
        if facts.rounds_used >= claims.max_rounds:
            raise TooManyRounds(f"All {claims.max_rounds} rounds of the grant are used.")


def _charter_of(claims: Claims, chain: tuple[Charter, ...], first_seen_charter: int) -> Charter:
    """Return the charter a grant names, if it is in force for this grant.

    An older charter serves only a grant that this node first held while that charter was its
    newest. Dates in the grant could not show this: a thief of old keys writes any date.
    """
    for charter in chain:
        if (charter.number, charter.digest) == (claims.charter_number, claims.charter_digest):
            break
    else:
        raise UnknownCharter("The grant names a charter that this node does not hold.")
    if charter is not chain[-1] and first_seen_charter != charter.number:
        raise CharterSuperseded(
            f"The grant was decided under charter {charter.number}, which had been replaced "
            "when this node first saw it."
        )
    return charter


@contextmanager
def _step(number: int) -> Iterator[None]:
    """Put the number of the check on a refusal that it raises."""
    try:
        yield
    except GrantRefused as refusal:
        refusal.step = number
        raise


def _refuse_wrong_use(
    facts: RunFacts,
    chain: tuple[Charter, ...],
    first_seen: datetime,
    first_seen_charter: int,
    at: datetime,
) -> None:
    if at.tzinfo is None or first_seen.tzinfo is None:
        raise ValueError("times need a time zone")
    if facts.rounds_used < 0:
        raise ValueError(f"rounds_used must not be negative, got {facts.rounds_used}")
    if chain and not chain[0].number <= first_seen_charter <= chain[-1].number:
        raise ValueError(f"first_seen_charter {first_seen_charter} is not in the chain")
