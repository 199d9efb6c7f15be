"""The attacks. Each dispatches a run that should not be, the way a hostile platform would.

The attacker has the platform's database, its keys, its worker, its SuperLink and its
aggregator. What it does not have are the stewards' passkeys.
"""

import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from consent.grants.codec import canonical, time_text
from consent.grants.statements import Answer, Signed
from tests.hostile.bundles import one_byte_changed, with_canary
from tests.hostile.community import passkeys, signed, steward
from tests.hostile.conftest import Scene

Attack = Callable[[Scene], int]
ATTACKS: dict[str, tuple[Attack, str]] = {}


def refused_as(code: str) -> Callable[[Attack], Attack]:
    """Enter an attack in the table, with the code every node must refuse it with."""

    def enter(attack: Attack) -> Attack:
        ATTACKS[attack.__name__] = (attack, code)
        return attack

    return enter


@refused_as("bad-ballot")
def forged_grant(scene: Scene) -> int:
    """Signed with passkeys that the attacker made."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    forged = {name: signed(grant.document, passkeys(2)) for name, grant in grants.items()}
    governed.serve(forged)
    return governed.start(request, forged)


@refused_as("bad-ballot")
def forged_signature(scene: Scene) -> int:
    """The stewards' credential ids, but signatures out of thin air."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    forged = {}
    for name, grant in governed.grant_all(request).items():
        ballots = tuple(replace(b, signature=os.urandom(70)) for b in grant.ballots)
        forged[name] = Signed(grant.statement, ballots)
    governed.serve(forged)
    return governed.start(request, forged)


@refused_as("bad-ballot")
def answer_turned_round(scene: Scene) -> int:
    """Two stewards signed no; the attacker writes yes beside their signatures."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    turned = {}
    for name, grant in governed.grant_all(request).items():
        keys = governed.nodes[name].community.stewards[:2]
        ballots = (key.sign(grant.statement, "grant", Answer.NO) for key in keys)
        turned[name] = Signed(
            grant.statement, tuple(replace(b, answer=Answer.YES) for b in ballots)
        )
    governed.serve(turned)
    return governed.start(request, turned)


@refused_as("unknown-charter")
def steward_key_added(scene: Scene) -> int:
    """A charter in the platform's database with the attacker's key in it, and a grant under it."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    (mine,) = passkeys(1)
    forged = {}
    for name, node in governed.nodes.items():
        first = governed.charter_of(name)
        stewards = [
            steward(place, key, *([mine] if place == 0 else []))
            for place, key in enumerate(node.community.stewards)
        ]
        rules = node.community.charter()["rules"] | {"grant": {"rule": "threshold", "m": 1}}
        second = signed(
            node.community.charter(
                number=2, previous=first.digest, stewards=stewards, rules=rules, floor=1
            ),
            [mine],
        )
        governed.platform.served[name].charters = [first.to_json(), second.to_json()]
        document = node.community.grant(request.bound(), second)
        document["charter"]["number"] = 2
        forged[name] = signed(document, [mine])
    governed.serve(forged)
    return governed.start(request, forged)


@refused_as("bad-ballot")
def ballots_replayed(scene: Scene) -> int:
    """Ballots that the stewards did cast, for another request."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    other = governed.grant_all(governed.request(scene.fab))
    wanted = governed.grant_all(request)
    forged = {name: Signed(wanted[name].statement, other[name].ballots) for name in wanted}
    governed.serve(forged)
    return governed.start(request, forged)


@refused_as("bad-ballot")
def one_claim_changed(scene: Scene) -> int:
    """The rounds raised in a grant that was signed."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    forged = {}
    for name, grant in governed.grant_all(request).items():
        document = grant.document
        document["run"]["max_rounds"] = 1000
        forged[name] = Signed(canonical(document), grant.ballots)
    governed.serve(forged)
    return governed.start(request, forged)


@refused_as("not-decided")
def one_signature_of_two(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    alone = {name: Signed(grant.statement, grant.ballots[:1]) for name, grant in grants.items()}
    governed.serve(alone)
    return governed.start(request, alone)


@refused_as("not-decided")
def same_signature_twice(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    twice = {name: Signed(grant.statement, grant.ballots[:1] * 2) for name, grant in grants.items()}
    governed.serve(twice)
    return governed.start(request, twice)


@refused_as("wrong-community")
def grant_of_another_community(scene: Scene) -> int:
    """Each node is shown, and the run names, the sound grant of its neighbour."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    names = list(grants)
    moved = {name: grants[names[place - 1]] for place, name in enumerate(names)}
    governed.serve(moved)
    return governed.start(request, moved)


@refused_as("no-grant")
def no_grant_at_all(scene: Scene) -> int:
    return scene.governed.start(scene.governed.request(scene.fab), {})


@refused_as("no-grant")
def grant_nobody_wrote(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    made_up = ",".join(f"{name}={uuid.uuid4()}" for name in governed.nodes)
    return governed.start(request, {}, **{"kinhold.grants": made_up})


@refused_as("wrong-code")
def one_byte_of_code_changed(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    return governed.start(replace(request, fab=one_byte_changed(scene.fab)), grants)


@refused_as("wrong-configuration")
def run_configuration_changed(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    return governed.start(request, grants, **{"job.predictors": "age,bmi"})


@refused_as("wrong-request")
def another_revision_of_the_request(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    return governed.start(request, grants, **{"kinhold.request": "f" * 64})


@refused_as("wrong-dataset")
def another_dataset_named(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    others = ",".join(f"{name}={name}-genomes" for name in governed.nodes)
    return governed.start(request, grants, **{"kinhold.datasets": others})


@refused_as("wrong-aggregate")
def fewer_communities_than_agreed(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    return governed.start(request, grants, **{"kinhold.communities": "river,coast"})


@refused_as("wrong-message")
def message_that_is_not_training(scene: Scene) -> int:
    """The granted code itself asks for something other than training."""
    governed = scene.governed
    asking = ('"train", group_id', '"evaluate", group_id')
    request = governed.request(with_canary(scene.canary, asking=asking))
    return governed.start(request, governed.grant_all(request))


@refused_as("expired")
def expired(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    grants = governed.grant_all(
        request,
        not_before=time_text(yesterday - timedelta(days=1)),
        not_after=time_text(yesterday),
    )
    return governed.start(request, grants)


@refused_as("not-yet-valid")
def not_yet_valid(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    grants = governed.grant_all(
        request,
        not_before=time_text(tomorrow),
        not_after=time_text(tomorrow + timedelta(days=1)),
    )
    return governed.start(request, grants)


@refused_as("cooling-off")
def before_the_cooling_off_is_over(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    return governed.start(request, governed.grant_all(request, cooling_off_s=3600))


@refused_as("too-many-rounds")
def one_round_more_than_granted(scene: Scene) -> int:
    """The granted round is used up honestly first; then the same grant is used again."""
    governed = scene.governed
    request = replace(governed.request(scene.fab), max_rounds=1)
    grants = governed.grant_all(request)
    honest = governed.start(request, grants)
    assert governed.wait(honest).sub_status == "completed"
    governed.receipts(honest)
    scene.quiet()
    return governed.start(request, grants)


@refused_as("revoked")
def revoked(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    for name, node in governed.nodes.items():
        revocation = node.community.revocation(grants[name].document["id"])
        governed.platform.served[name].notices = node.community.notices([revocation])
    return governed.start(request, grants)


@refused_as("revoked")
def revoked_and_then_left_out(scene: Scene) -> int:
    """The next list leaves the revocation out, as if it had never been."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    for name, node in governed.nodes.items():
        revocation = node.community.revocation(grants[name].document["id"])
        governed.platform.served[name].notices = node.community.notices([revocation])
    governed.receipts(governed.start(request, grants))
    for name, node in governed.nodes.items():
        governed.platform.served[name].notices = node.community.notices()
    return governed.start(request, grants)


@refused_as("stale-notices")
def stale_notices(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    old = datetime.now(UTC) - timedelta(days=2)
    for name, node in governed.nodes.items():
        governed.platform.served[name].notices = node.community.notices(issued=old)
    return governed.start(request, grants)


@refused_as("rolled-back")
def rolled_back_notices(scene: Scene) -> int:
    """A list from before, with its old number, signed anew."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    for name, node in governed.nodes.items():
        node.community.sequence += 1
        governed.platform.served[name].notices = node.community.notices(sequence=1)
    return governed.start(request, grants)


@refused_as("bad-signature")
def notices_signed_by_another_key(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    for name, node in governed.nodes.items():
        text, _ = node.community.notices()
        governed.platform.served[name].notices = (text, b"\0" * 64)
    return governed.start(request, grants)


@refused_as("paused")
def paused_by_one_steward(scene: Scene) -> int:
    """A pause of this grant only, so that it does not outlive the test."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    for name, node in governed.nodes.items():
        pause = node.community.pause(grants[name].document["id"])
        governed.platform.served[name].notices = node.community.notices([pause])
    return governed.start(request, grants)


@refused_as("paused")
def paused_by_the_operator(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    for node in governed.nodes.values():
        assert node.command("pause").returncode == 0
    return governed.start(request, grants)
