"""What only a community's own people, or a researcher with her own request, may do: every act.

Each is called as its page calls it, with all that it needs, on things of River.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from consent.actions import advice, attending, deliberation, notices, requests, reviews, talk
from consent.grants.statements import Answer
from consent.models import Advice
from consent.rules import Completeness
from federation.actions import nodes, runs
from governance.actions import (
    bodies,
    charters,
    communities,
    conflicts,
    datasets,
    delegations,
    invitations,
    labels,
    people,
    protocol_drafts,
    protocols,
    quiet,
    recovery,
    second_looks,
    voices,
)
from governance.models import (
    ClauseVoice,
    Delegation,
    LabelClause,
    Membership,
    ProtocolDraft,
    SecondLook,
    Statement,
)
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Person
from tests.consent.accepting import accept
from tests.federation.factories import Machine
from tests.governance.forbidden_telling import TELL
from tests.permissions.world import Things

Act = Callable[[Things, Person], Any]
TODAY = timezone.localdate()


def signed(by: Person, statement: Statement) -> dict[str, Any]:
    """A real signature over a yes, by the person's own passkey."""
    made = factories.assertion(by.passkey, statement, Answer.YES)
    return {"actor": by.user, "answer": Answer.YES, "assertion": made}


def held(things: Things, model: type[Any], **which: Any) -> Any:
    return model.objects.get(community=things.community, **which)


def terms(things: Things) -> delegations.Terms:
    steward = things.place.stewards[1].membership
    assert steward is not None
    until = timezone.now() + timedelta(days=9)
    return delegations.Terms(steward.steward_id, things.dataset.slug, "c" * 64, 1, 1, until, "9")


def seat(things: Things) -> Membership:
    membership = things.place.stewards[1].membership
    assert membership is not None
    return membership


SIGN: dict[str, Act] = {
    "sign a charter": lambda t, p: charters.sign(t.charter.pk, **signed(p, t.charter.statement)),
    "sign a protocol": lambda t, p: protocols.sign(
        t.protocol.pk, **signed(p, t.protocol.statement)
    ),
    "decide on a request": lambda t, p: reviews.cast(t.review.pk, **signed(p, t.review.statement)),
    "sign a pause": lambda t, p: notices.sign(t.notice.pk, **signed(p, t.notice.statement)),
    "sign a delegation": lambda t, p: delegations.sign(
        held(t, Delegation, adopted_at=None).pk,
        **signed(p, held(t, Delegation, adopted_at=None).statement),
    ),
}
WRITE: dict[str, Act] = {
    "propose a charter": lambda t, p: charters.draft(
        community_id=t.community.pk,
        actor=p.user,
        nodes=[],
        rules=factories.threshold(1),
        floor=1,
    ),
    "take a charter back": lambda t, p: charters.take_back(t.charter.pk, actor=p.user, reason="x"),
    "replace a passkey": lambda t, p: charters.draft_replacement(
        community_id=t.community.pk,
        actor=p.user,
        membership_id=seat(t).pk,
        credential_ids=[p.passkey.credential_id],
    ),
    "propose a protocol": lambda t, p: factories.propose_protocol(t.community, p.user),
    "take a protocol back": lambda t, p: protocols.take_back(
        t.protocol.pk, actor=p.user, reason="x"
    ),
    "begin a draft": lambda t, p: protocol_drafts.start(
        community_id=t.community.pk,
        actor=p.user,
        title="x",
        content=factories.protocol_content(),
        line="main",
    ),
    "change a draft": lambda t, p: protocol_drafts.save(
        held(t, ProtocolDraft).pk, actor=p.user, title="x", content=factories.protocol_content()
    ),
    "put a draft": lambda t, p: protocols.put(held(t, ProtocolDraft).pk, actor=p.user, known=True),
    "drop a draft": lambda t, p: protocol_drafts.drop(held(t, ProtocolDraft).pk, actor=p.user),
    "propose a delegation": lambda t, p: delegations.draft(
        community_id=t.community.pk, actor=p.user, terms=terms(t)
    ),
    "take a delegation back": lambda t, p: delegations.take_back(
        held(t, Delegation, adopted_at=None).pk, actor=p.user, reason="x"
    ),
    "put conditions": lambda t, p: reviews.put_conditions(
        t.review.pk, actor=p.user, conditions=["x"]
    ),
    "renew a text": lambda t, p: reviews.renew(t.review.pk, actor=p.user),
    "pause": lambda t, p: notices.pause(community_id=t.community.pk, actor=p.user, reason="x"),
    "propose a revocation": lambda t, p: notices.propose_revocation(
        t.grant.pk, actor=p.user, reason="x"
    ),
    "propose a resume": lambda t, p: notices.propose_resume(
        community_id=t.community.pk, actor=p.user
    ),
    "let a stop fall": lambda t, p: notices.let_fall(t.notice.pk, actor=p.user),
    "withdraw a request": lambda t, p: requests.withdraw(t.asked.pk, actor=p.user),
    "accept conditions": lambda t, p: accept(t.waiting, p),
    "stop a run": lambda t, p: runs.ask_stop(t.running.pk, actor=p.user),
}
DESCRIBE: dict[str, Act] = {
    "describe a dataset": lambda t, p: datasets.describe(
        t.dataset.pk, actor=p.user, title="x", description="x"
    ),
    "register a dataset": lambda t, p: factories.make_dataset(t.community, p.user, "x-data"),
    "put a label on": lambda t, p: factories.make_label(t.dataset, p.user, "tknc"),
    "answer for a label": lambda t, p: labels.answer_clause(
        LabelClause.objects.get(label__dataset=t.dataset).pk,
        actor=p.user,
        answer=labels.Offer.CONFIRMED,
    ),
    "say a clause": lambda t, p: factories.make_voice(t.community, p.user, text="x"),
    "confirm words": lambda t, p: voices.confirm(
        held(t, ClauseVoice, confirmed_at=None).pk, actor=p.user
    ),
    "take words away": lambda t, p: voices.remove(
        held(t, ClauseVoice, confirmed_at=None).pk, actor=p.user, reason="x"
    ),
    "enrol a node": lambda t, p: nodes.enrol(
        community_id=t.community.pk, actor=p.user, card=Machine(t.community.slug, "x").card
    ),
    "retire a node": lambda t, p: nodes.retire(t.place.node.pk, actor=p.user),
}
GATHER: dict[str, Act] = {
    "invite": lambda t, p: invitations.invite(
        actor=p.user,
        email="x@example.org",
        name="x",
        community=t.community,
        community_role=CommunityRole.STEWARD,
    ),
    "end a role": lambda t, p: people.end_role(
        held(t, Membership, user__name=f"{t.community.name} observer").pk, actor=p.user, reason="x"
    ),
    "propose to end a role": lambda t, p: people.propose_end(seat(t).pk, actor=p.user, reason="x"),
    "confirm a proposal": lambda t, p: people.confirm(
        held(t, SecondLook, outcome="").pk, actor=p.user
    ),
    "drop a proposal": lambda t, p: second_looks.drop(
        held(t, SecondLook, outcome="").pk, actor=p.user
    ),
    "set a seat": lambda t, p: people.set_seat(seat(t).pk, actor=p.user, bodies=[], until=None),
    "name a body": lambda t, p: bodies.add(community_id=t.community.pk, actor=p.user, name="x"),
    "describe a community": lambda t, p: communities.describe(
        t.community.pk, actor=p.user, name="x", about="", contact=""
    ),
    "keep quiet": lambda t, p: quiet.keep_quiet(
        community_id=t.community.pk, actor=p.user, starts=TODAY, ends=TODAY
    ),
    "raise a conflict": lambda t, p: conflicts.raise_conflict(
        t.charter.statement_id, actor=p.user, about=seat(t), reason="x"
    ),
    "make a way back": lambda t, p: recovery.issue(seat(t).pk, actor=p.user),
}
DESK: dict[str, Act] = {
    "say who looks after a request": lambda t, p: attending.assign(
        t.review.pk, actor=p.user, membership_id=None
    ),
    "say that it was seen": lambda t, p: attending.acknowledge(t.review.pk, actor=p.user),
    "check a request": lambda t, p: attending.check(
        t.review.pk, actor=p.user, found=Completeness.COMPLETE
    ),
    "write to the researchers": lambda t, p: talk.write_to_researchers(
        t.review.pk, actor=p.user, text="x", question=False, readers=""
    ),
    "answer the researchers": lambda t, p: talk.answer_researchers(
        t.review.pk, t.more["message_id"], actor=p.user, text="x", readers=""
    ),
    "talk in private": lambda t, p: deliberation.say(
        t.review.pk, actor=p.user, text="x", readers=""
    ),
    "ask for advice": lambda t, p: advice.ask(
        t.review.pk, actor=p.user, name="x", email="x@example.org", question="x"
    ),
    "take a link for advice back": lambda t, p: advice.take_back(
        Advice.objects.filter(review=t.review, given_at=None).first().pk, actor=p.user
    ),
}
ACTS = DESK | SIGN | WRITE | DESCRIBE | GATHER | TELL
