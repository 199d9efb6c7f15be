"""Two communities that have one of everything, and a third that holds one dataset with River.

Made through the same actions that the pages use.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from consent.actions import notices, reviews
from consent.grants.statements import Answer
from consent.models import Grant, Notice, Review, TrainingRequest
from consent.terms import TERMS_DIGEST
from federation.actions import requests, runs
from federation.actions.catalogue import publish
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from governance.actions import (
    charters,
    dataset_holders,
    dataset_protocols,
    invitations,
    protocols,
    tokens,
)
from governance.actions.statements import CastResult
from governance.models import (
    ApiToken,
    Charter,
    Community,
    Dataset,
    Invitation,
    Protocol,
    Statement,
)
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Person
from tests.consent.factories import make_draft, say_yes
from tests.federation.factories import FIELDS, JOB, Place, connect, finish, make_place
from tests.federation.story import send
from tests.permissions.more import MORE
from tests.permissions.people import Everybody, make_everybody
from tests.permissions.words import PRIVATE, TOLD


@dataclass
class Things:
    """What one community has, by the name of the argument that addresses it."""

    community: Community
    place: Place
    dataset: Dataset
    charter: Charter  # being signed
    newer: Protocol  # in force, and newer than what the grants name
    protocol: Protocol  # being signed
    draft: TrainingRequest
    asked: TrainingRequest  # in review
    decided: TrainingRequest  # and run to its end
    again: TrainingRequest  # decided, and running
    conditional: TrainingRequest  # decided, its conditions not accepted yet
    review: Review  # open
    grant: Grant  # active, and used by the run
    waiting: Grant  # awaits acceptance
    notice: Notice  # a pause, being signed
    token: ApiToken  # of the applicant
    invitation: Invitation
    link: str  # the invitation's secret
    run: Run = field(init=False)  # finished, with a model
    running: Run = field(init=False)
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    everybody: Everybody
    river: Things
    coast: Things

    def things_of(self, slug: str) -> Things:
        return {"river": self.river, "coast": self.coast}[slug]


def make_world() -> World:
    river, coast, hill = (factories.make_community(slug) for slug in ("river", "coast", "hill"))
    everybody = make_everybody(river, coast, hill)
    gateway = MemoryGateway()
    publish("linear-regression")
    publish("logistic-regression")
    places = {
        place.slug: make_place(place, everybody.stewards_of(place.slug), min_nodes=1)
        for place in (river, coast, hill)
    }
    connect(gateway, *places.values())
    _share(places["river"], places["hill"])
    return World(
        everybody,
        river=_things(places["river"], everybody, gateway),
        coast=_things(places["coast"], everybody, gateway),
    )


def _share(keeper: Place, holder: Place) -> None:
    """Let a second community have a say over the keeper's dataset, under a protocol of its own."""
    dataset = Dataset.objects.get(community=keeper.community)
    dataset_holders.add_holder(
        dataset.pk, actor=keeper.stewards[0].user, community_id=holder.community.pk
    )
    dataset_protocols.set_lines(
        dataset.pk,
        actor=holder.stewards[0].user,
        community_id=holder.community.pk,
        lines=["main"],
    )


def _things(place: Place, everybody: Everybody, gateway: MemoryGateway) -> Things:
    slug = place.community.slug
    stewards, applicant = everybody.stewards_of(slug), everybody.applicant_at(slug)
    invitation, link = _invite(place.community, stewards[0], PRIVATE[slug])
    things = Things(
        community=place.community,
        place=place,
        dataset=Dataset.objects.get(community=place.community),
        draft=make_draft(applicant.user, f"{TOLD[slug]} draft", **_fields(place)),
        token=tokens.issue(applicant.user, f"{TOLD[slug]} script", ["runs:read"], 30)[0],
        invitation=invitation,
        link=link,
        **_decided(place, everybody),
        **_put_next(place.community, stewards, PRIVATE[slug]),
    )
    things.run = _run(things.decided, gateway)
    finish(things.run, [place], gateway)
    things.running = _run(things.again, gateway)
    things.more = {hole: make(things, stewards) for hole, make in MORE.items()}
    return things


def _decided(place: Place, everybody: Everybody) -> dict[str, Any]:
    """Requests in every state, and what the stewards made of them."""
    slug = place.community.slug
    stewards, applicant = everybody.stewards_of(slug), everybody.applicant_at(slug)
    asked, decided, again, conditional = (
        _ask(applicant, place, f"{TOLD[slug]} {word}") for word in ("asks", "ran", "runs", "waits")
    )
    review = _review(asked, place)
    _says_no(stewards[2], review.statement, PRIVATE[slug], partial(reviews.cast, review.pk))
    waiting = _with_conditions(_review(conditional, place), stewards, PRIVATE[slug])
    for request in (decided, again, conditional):
        _agree(request, everybody)
    return {
        "asked": asked,
        "decided": decided,
        "again": again,
        "conditional": conditional,
        "review": review,
        "waiting": waiting,
        "grant": Grant.objects.get(review=_review(decided, place)),
        "notice": notices.pause(
            community_id=place.community.pk,
            actor=stewards[0].user,
            reason=f"{PRIVATE[slug]} died",
        ),
    }


def _fields(place: Place) -> dict[str, Any]:
    return FIELDS | {"datasets": [f"{place.community.slug}-diabetes"], "job": JOB, "min_nodes": 1}


def _ask(applicant: Person, place: Place, title: str) -> TrainingRequest:
    draft = make_draft(applicant.user, title, **_fields(place))
    return requests.submit(draft.pk, actor=applicant.user, terms=TERMS_DIGEST)


def _review(request: TrainingRequest, place: Place) -> Review:
    rows = Review.objects.select_related("statement", "community")
    return rows.get(revision__request=request, community=place.community)


def _agree(request: TrainingRequest, everybody: Everybody) -> None:
    """Every community with a say that has not said yes says so now."""
    rows = Review.objects.select_related("statement", "community")
    for review in rows.filter(revision__request=request, state="open"):
        say_yes(review, everybody.stewards_of(review.community.slug)[:2])


def _run(request: TrainingRequest, gateway: MemoryGateway) -> Run:
    run = runs.plan(request.revisions.get().pk, actor=None)
    return send(run, gateway)


def _with_conditions(review: Review, stewards: Sequence[Person], word: str) -> Grant:
    reviews.put_conditions(
        review.pk, actor=stewards[0].user, conditions=["Show us the text before you publish."]
    )
    review.refresh_from_db()
    _says_no(stewards[2], review.statement, word, partial(reviews.cast, review.pk))
    return say_yes(review, stewards[:2])


def _put_next(community: Community, stewards: Sequence[Person], word: str) -> dict[str, Any]:
    """A newer protocol in force; the next charter and protocol put, with one answer each."""
    proposer, critic = stewards[0].user, stewards[2]
    signers = [steward.signer for steward in stewards]
    newer = factories.make_protocol(community, signers, min_nodes=1, max_rounds=10)
    charter = charters.draft(
        community_id=community.pk,
        actor=proposer,
        nodes=[],
        rules=factories.threshold(2),
        floor=2,
    )
    protocol = factories.propose_protocol(community, proposer, title=f"{word} rules", min_nodes=1)
    _says_no(critic, charter.statement, word, partial(charters.sign, charter.pk))
    _says_no(critic, protocol.statement, word, partial(protocols.sign, protocol.pk))
    return {"newer": newer, "charter": charter, "protocol": protocol}


def _says_no(
    steward: Person, statement: Statement, word: str, sign: Callable[..., CastResult]
) -> None:
    """Answer with a comment, which is for the community's eyes only."""
    sign(
        actor=steward.user,
        answer=Answer.NO,
        assertion=factories.assertion(steward.passkey, statement, Answer.NO),
        comment=f"{word} in a comment",
    )


def _invite(community: Community, steward: Person, word: str) -> tuple[Invitation, str]:
    return invitations.invite(
        actor=steward.user,
        email=f"{word}@example.org",
        name=f"{word} invited",
        community=community,
        community_role=CommunityRole.OBSERVER,
    )
