"""Attacks on stops: what was revoked or paused goes on, or the stop is hidden."""

from datetime import UTC, datetime, timedelta

from tests.hostile.attack_table import refused_as
from tests.hostile.conftest import Scene


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
