"""Attacks with one steward's yes: the delegate is the attacker's friend, the others are not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from consent.grants.statements import Signed
from tests.hostile.attack_table import refused_as
from tests.hostile.community import Community, passkeys
from tests.hostile.conftest import Scene
from tests.hostile.governed import Request

Delegate = Callable[[Community, dict[str, Any]], Signed]


def _delegated(scene: Scene, request: Request, delegate: Delegate) -> dict[str, Signed]:
    """Let the delegate of each community sign alone, with what ``delegate`` puts beside it."""
    grants = {}
    for name, node in scene.governed.nodes.items():
        charter = scene.governed.charter_of(name)
        document = node.community.grant(request.bound(), charter)
        grants[name] = node.community.delegated(document, delegate(node.community, document))
    scene.governed.serve(grants)
    return grants


@refused_as("outside-delegation")
def delegated_for_other_data(scene: Scene) -> int:
    request = scene.governed.request(scene.fab)

    def delegate(community: Community, grant: dict[str, Any]) -> Signed:
        scope = {
            "keeper": community.name,
            "dataset": f"{community.name}-genomes",
            "code": grant["run"]["code"],
        }
        return community.delegation(grant, scope=scope)

    return scene.governed.start(request, _delegated(scene, request, delegate))


@refused_as("outside-delegation")
def more_rounds_than_delegated(scene: Scene) -> int:
    request = scene.governed.request(scene.fab)
    grants = _delegated(
        scene,
        request,
        lambda community, grant: community.delegation(grant, max_rounds=request.max_rounds - 1),
    )
    return scene.governed.start(request, grants)


@refused_as("outside-delegation")
def more_grants_than_delegated(scene: Scene) -> int:
    """The one grant of the delegation is used honestly first; then the delegate signs another."""
    governed = scene.governed
    request, another = governed.request(scene.fab), governed.request(scene.fab)
    delegations: dict[str, Signed] = {}

    def delegate(community: Community, grant: dict[str, Any]) -> Signed:
        return delegations.setdefault(community.name, community.delegation(grant))

    honest = governed.start(request, _delegated(scene, request, delegate))
    assert governed.wait(honest).sub_status == "completed"
    governed.receipts(honest)
    scene.quiet()
    return governed.start(another, _delegated(scene, another, delegate))


@refused_as("bad-ballot")
def delegation_forged(scene: Scene) -> int:
    """A sound delegation in all but its signatures, which the attacker made."""
    request = scene.governed.request(scene.fab)

    def delegate(community: Community, grant: dict[str, Any]) -> Signed:
        sound = community.delegation(grant)
        forged = (key.sign(sound.statement, "delegation", "yes") for key in passkeys(2))
        return replace(sound, ballots=tuple(forged))

    return scene.governed.start(request, _delegated(scene, request, delegate))


@refused_as("not-decided")
def delegated_to_herself(scene: Scene) -> int:
    """The delegate's own signature is the only one on the delegation."""
    request = scene.governed.request(scene.fab)

    def delegate(community: Community, grant: dict[str, Any]) -> Signed:
        sound = community.delegation(grant)
        return replace(sound, ballots=sound.ballots[:1])

    return scene.governed.start(request, _delegated(scene, request, delegate))


@refused_as("paused")
def delegation_stopped_by_one_steward(scene: Scene) -> int:
    request = scene.governed.request(scene.fab)
    grants = _delegated(scene, request, Community.delegation)
    for name, node in scene.governed.nodes.items():
        under = grants[name].under
        assert under is not None
        pause = node.community.pause(under.document["id"])
        scene.governed.platform.served[name].notices = node.community.notices([pause])
    return scene.governed.start(request, grants)
