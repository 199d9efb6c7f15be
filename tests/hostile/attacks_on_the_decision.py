"""Attacks on who decided: forged, replayed, incomplete or missing decisions."""

import os
import uuid
from dataclasses import replace

from consent.grants.codec import canonical
from consent.grants.statements import Answer, Signed
from tests.hostile.attack_table import refused_as
from tests.hostile.community import passkeys, signed, steward
from tests.hostile.conftest import Scene


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
