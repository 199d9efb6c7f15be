"""Takes over what the platform serves, as far as it verifies.

Charters first, then notices, then grants: a grant is read under the newest charter, and a
stop counts before the thing it stops.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from consent.grants.charter import Charter, extend_chain, parse_charter
from consent.grants.codec import unb64u
from consent.grants.delegation import require_granted
from consent.grants.errors import BadSignature, GrantRefused, StaleNotices
from consent.grants.grant import Claims, parse_grant
from consent.grants.notices import Notices, require_not_rolled_back, verify_notices
from consent.grants.statements import Signed
from federation.node.books.receipts import mark_sent, unsent
from federation.node.books.state import State
from federation.node.platform import Platform, PlatformUnreachable

_TRIES = 5


class Source(Protocol):
    """Where a community's papers come from: the platform, asked about one community."""

    def charters(self) -> list[str]: ...
    def grants(self) -> list[str]: ...
    def notices(self) -> tuple[bytes, str]: ...


_MOST_WARNINGS = 20
_LONGEST_WARNING = 500


@dataclass
class Findings:
    """What a round of fetching brought to light.

    Attributes:
        warnings: sentences about things that were not taken over.
        bad_notices: why the newest list of notices was refused. A platform that shows a list
            which does not verify, or an older one, may be hiding a stop: no job runs then.
        foreign: ids of grants of other communities that were served; they are not kept, but
            a run that names one can then be refused for the right reason.
        reached: whether the platform answered.
    """

    warnings: list[str] = field(default_factory=list)
    bad_notices: GrantRefused | None = None
    foreign: set[str] = field(default_factory=set)
    reached: bool = False

    def warn(self, text: str) -> None:
        """Keep a warning; of a platform that earns very many, the first few will do."""
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(text[:_LONGEST_WARNING])


def fetch_all(state: State, platform: Source, *, at: datetime) -> Findings:
    """Fetch charters, notices and grants. Only ``pin`` starts a chain; this never does."""
    findings = Findings()
    if not state.chain():
        return findings
    try:
        take_charters(state, platform.charters(), at=at, findings=findings)
        take_notices(state, platform, findings)
        take_grants(state, platform.grants(), at=at, findings=findings)
        findings.reached = True
    except PlatformUnreachable as error:
        findings.warn(str(error))
    return findings


def take_charters(state: State, texts: list[str], *, at: datetime, findings: Findings) -> None:
    """Extend the chain, never replace any part of it.

    The charters already held are compared with those served: a platform that shows another
    history is told on, and nothing of it is taken over.
    """
    chain = state.chain()
    for text in texts:
        try:
            signed = Signed.from_json(text)
            charter = parse_charter(signed.statement)
            if charter.number <= chain[-1].number:
                _compare(charter, chain, findings)
                continue
            chain = extend_chain(chain, signed)
        except GrantRefused as refusal:
            findings.warn(f"A charter was not taken over: {refusal}")
            return
        state.add_charter(charter.number, signed, at)
        state.note(f"Charter {charter.number} was adopted by the rule of the one before it.", at)


def take_notices(state: State, platform: Source, findings: Findings) -> None:
    """Take over the newest list of notices; every stop ever seen stays in force.

    Raises:
        PlatformUnreachable: there was no answer.
    """
    before = state.notices()
    text, signature = platform.notices()
    try:
        _verify_and_keep(state, text, _signature(signature), before)
    except GrantRefused as refusal:
        findings.bad_notices = refusal
        findings.warn(f"The list of notices was refused: {refusal}")


def _verify_and_keep(state: State, text: bytes, signature: bytes, before: Notices | None) -> None:
    """Verify a list outside any transaction and write it if nothing changed meanwhile.

    Verifying can take seconds, and the syncer and a guard do it side by side. Whoever finds
    that the other one wrote first begins again, so that neither loses the other's stops.

    Args:
        before: what was held when the platform was asked; only a list older than that one is
            rolled back. One that another process overtook on its way here is not.
    """
    for _ in range(_TRIES):
        held = state.notices()
        new = verify_notices(text, signature, chain=state.chain(), kept=held.keep if held else ())
        if before is not None:
            require_not_rolled_back(new, before.sequence)
        if held is not None and (new.sequence, new.issued) < (held.sequence, held.issued):
            # Its stops count; its number and date are no news.
            new = replace(new, sequence=held.sequence, issued=held.issued)
        if _same(new, held) and _same(state.notices(), held):
            return  # asked twice a second while a job runs, it must not write each time
        with state.writing():
            unchanged = _same(state.notices(), held)
            if unchanged:
                state.set_notices(new)
        if unchanged:
            _note_stops(state, new, held)
            return
    raise StaleNotices("The list of notices kept changing while it was verified.")


def _same(one: Notices | None, other: Notices | None) -> bool:
    # ``keep`` does not count when two lists are compared; here it does.
    return one == other and (one is None or other is None or one.keep == other.keep)


def _note_stops(state: State, new: Notices, held: Notices | None) -> None:
    if held is None or new.revoked != held.revoked or new.paused != held.paused:
        state.note(f"Notices {new.sequence}: {len(new.revoked)} revoked, {len(new.paused)} paused.")


def take_grants(state: State, texts: list[str], *, at: datetime, findings: Findings) -> None:
    """Keep each grant of this community, and when it was first seen with enough ballots."""
    chain = state.chain()
    for text in texts:
        try:
            signed = Signed.from_json(text)
            claims = parse_grant(signed.statement)
        except GrantRefused as refusal:
            findings.warn(f"A grant was not taken over: {refusal}")
            continue
        if claims.community != chain[-1].community:
            findings.foreign.add(claims.id)
            findings.warn(f"A grant of {claims.community} was served to this node.")
            continue
        decided = _decided_under(signed, claims, chain, at)
        if state.serve_grant(claims.id, signed, decided_under=decided, at=at):
            state.note(
                f"Grant {claims.id} was first seen: {claims.job} on {claims.dataset} for "
                f"{claims.people[0].name}, {claims.institution_name}.",
                at,
            )


def send_receipts(state: State, platform: Platform) -> int:
    """Deliver what is in the outbox, in order; return how many were taken.

    A platform that claims to hold another receipt under a number cannot stop the rest: the
    node's own copy stays, and the conflict is written down.
    """
    sent = 0
    for sequence, receipt, signature in unsent(state):
        try:
            status = platform.post_receipt(receipt, signature)
        except PlatformUnreachable:
            return sent
        mark_sent(state, sequence, conflict=status == 409)
        if status == 409:
            state.note(f"The platform holds another receipt in the place of {sequence}.")
        sent += 1
    return sent


def _compare(served: Charter, chain: tuple[Charter, ...], findings: Findings) -> None:
    held = chain[served.number - chain[0].number]
    if held.digest != served.digest:
        findings.warn(
            f"The platform shows another charter {served.number} than the one this node holds."
        )


def _decided_under(
    signed: Signed, claims: Claims, chain: tuple[Charter, ...], at: datetime
) -> int | None:
    """Give the number of the newest charter if the grant is decided under it.

    How many grants a delegation has left is asked when one is used, not when it is seen.
    """
    newest = chain[-1]
    if claims.charter_digest != newest.digest or claims.community != newest.community:
        return None
    try:
        require_granted(signed, claims, charter=newest, at=at, counted={})
    except GrantRefused:
        return None
    return newest.number


def _signature(text: str) -> bytes:
    try:
        return unb64u(text)
    except GrantRefused as refusal:
        raise BadSignature("The list of notices is not signed by the platform.") from refusal
