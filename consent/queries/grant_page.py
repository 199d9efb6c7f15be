"""Everything that the one page of a grant shows to its community's people."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.urls import reverse

from consent.document import read_back
from consent.grant_parts import runs_under
from consent.grant_rows import Around, Row, rows_of
from consent.grants.acceptance import Acceptance
from consent.grants.decision import rule_for
from consent.grants.grant import Claims, parse_grant
from consent.grants.statements import Answer
from consent.grants.tally import floor_for
from consent.labels import rule_in_words
from consent.models import Grant, Notice
from consent.queries.acceptance import acceptance_of
from consent.queries.amendments import replaced_by
from consent.queries.ballot_box import BallotBox, ballot_box
from consent.queries.grants import pauses_of
from consent.queries.notices import notices_about
from consent.queries.reviews import has_part
from consent.rules import GrantState, NoticeKind
from consent.standing import Course, Now, now_of
from governance.models import Charter, Community, Protocol, User
from governance.navigation import Link
from governance.queries import charter_chain
from governance.withdrawal import Level, level_of


@dataclass(frozen=True)
class GrantPage:
    """A grant through one person's eyes.

    Attributes:
        now: where it stands. replaced_by: the agreement that took its place, if one did.
        replaces: the agreement whose place it takes, where it is about a changed request.
        rows: every bound item in words.
        box: how it was decided. yes: how many signed yes; None for those who may not know.
        rules: by kind of notice, who must sign it, under the charter in force.
        level: what stopping undoes; of several protocols the one that undoes most binds.
        runs: those that this person may follow.
    """

    grant: Grant
    claims: Claims
    now: Now
    replaced_by: Grant | None
    replaces: Grant | None
    rows: list[Row]
    box: BallotBox
    yes: int | None
    accepted: Acceptance | None
    pauses: list[Notice]
    notices: list[Notice]
    rules: dict[str, str]
    level: Level | None
    runs: list[Link]


def grant_page(grant: Grant, user: User, *, at: datetime) -> GrantPage:
    claims = parse_grant(grant.statement.text.encode())
    protocols = _protocols(grant.community, claims)
    pauses = pauses_of(grant)
    newer = replaced_by(grant)
    box = ballot_box(grant.statement, user)
    return GrantPage(
        grant=grant,
        claims=claims,
        now=now_of(_course(grant, claims, pauses, newer), at=at),
        replaced_by=newer,
        replaces=grant.review.amends,
        rows=rows_of(claims, _around(grant, claims, protocols)),
        box=box,
        # Who asks learns nothing of how her own community answers.
        yes=None if has_part(grant.review, user) else signed_yes(box),
        accepted=acceptance_of(grant),
        pauses=pauses,
        notices=list(notices_about(grant)),
        rules=_rules(grant.community),
        level=_level(protocols),
        runs=runs_under(grant, user),
    )


def course_of(grant: Grant) -> Course:
    """Return what ``now_of`` needs, read from the tables."""
    claims = parse_grant(grant.statement.text.encode())
    return _course(grant, claims, pauses_of(grant), replaced_by(grant))


def _course(grant: Grant, claims: Claims, pauses: list[Notice], newer: Grant | None) -> Course:
    stopped = [pause.in_force_at for pause in pauses if pause.in_force_at is not None]
    return Course(
        state=GrantState(grant.state),
        granted_at=grant.granted_at,
        not_before=grant.not_before,
        not_after=grant.not_after,
        cooling_until=grant.granted_at + timedelta(seconds=claims.cooling_off_s),
        revoked_at=grant.revoked_at,
        replaced_at=newer.granted_at if newer else None,
        paused_at=min(stopped, default=None),
    )


def around_of(grant: Grant, claims: Claims, *, pages: bool) -> Around:
    """Return the words for what a grant names by code.

    Args:
        pages: whether the reader may go to the community's pages; else nothing is a link.
    """
    found = _around(grant, claims, _protocols(grant.community, claims))
    if pages:
        return found
    titles = {digest: (title, "") for digest, (title, _url) in found.protocols.items()}
    return replace(found, request_url="", charter_url="", protocols=titles)


def _around(grant: Grant, claims: Claims, protocols: list[Protocol]) -> Around:
    slug = grant.community.slug
    document = read_back(grant.review.revision.text)
    dataset = grant.review.dataset
    named = Community.objects.filter(slug__in=[*claims.communities, claims.keeper])
    charter = Charter.objects.filter(community=grant.community, number=claims.charter_number)
    adopted = charter.filter(adopted_at__isnull=False).first()
    return Around(
        job_title=document["job"].get("title", ""),
        parameters=document["job"].get("parameters", {}),
        dataset_title=dataset.title,
        variables={each["name"]: each.get("label", "") for each in dataset.variables},
        communities=dict(named.values_list("slug", "name")),
        protocols={
            protocol.statement.digest: (
                protocol.title,
                reverse("governance:protocol", args=[slug, protocol.pk]),
            )
            for protocol in protocols
        },
        request_url=reverse("consent:review", args=[grant.review.public_id]),
        charter_url=reverse("governance:charter", args=[slug, adopted.pk]) if adopted else "",
    )


def _protocols(community: Community, claims: Claims) -> list[Protocol]:
    """The very versions that the text names, by digest."""
    digests = [ref.digest for ref in claims.protocols]
    rows = Protocol.objects.filter(community=community, statement__digest__in=digests)
    return list(rows.select_related("statement").order_by("line"))


def _level(protocols: list[Protocol]) -> Level | None:
    found = [level_of(json.loads(protocol.statement.text)) for protocol in protocols]
    levels = [level for level in found if level is not None]
    return max(levels, key=lambda level: level.code, default=None)


def signed_yes(box: BallotBox) -> int | None:
    """Count the signed yes to a text; None for those who may not know."""
    if not box.sees_others:
        return None
    answers = [*box.others, *([box.own] if box.own else [])]
    return sum(ballot.answer == Answer.YES for ballot in answers)


def _rules(community: Community) -> dict[str, str]:
    chain = charter_chain(community)
    if not chain:
        return {}
    charter = chain[-1]
    return {
        kind.value: rule_in_words(
            rule_for(charter, kind.value),
            stewards=len(charter.stewards),
            floor=floor_for(kind.value, charter.floor),
            names={steward.id: steward.name for steward in charter.stewards},
        )
        for kind in NoticeKind
    }
