"""Attacks in what a message and the papers beside it say of themselves."""

import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

from tests.hostile.attack_table import refused_as
from tests.hostile.bundles import with_canary
from tests.hostile.community import signed
from tests.hostile.conftest import Scene


@refused_as("wrong-message")
def message_of_a_made_up_kind(scene: Scene) -> int:
    asking = ('"train", group_id', '"train.twice", group_id')
    request = scene.governed.request(with_canary(scene.canary, asking=asking))
    return scene.governed.start(request, scene.governed.grant_all(request))


@refused_as("wrong-message")
def message_that_only_asks(scene: Scene) -> int:
    asking = ('"train", group_id', '"query", group_id')
    request = scene.governed.request(with_canary(scene.canary, asking=asking))
    return scene.governed.start(request, scene.governed.grant_all(request))


@refused_as("unknown-charter")
def charter_skipped(scene: Scene) -> int:
    """Charter 3 is shown without charter 2, and a grant that was decided under it."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = {}
    for name, node in governed.nodes.items():
        community, first = node.community, governed.charter_of(name)
        second = signed(community.charter(number=2, previous=first.digest), community.stewards[:2])
        third = signed(community.charter(number=3, previous=second.digest), community.stewards[:2])
        governed.platform.served[name].charters = [first.to_json(), third.to_json()]
        document = community.grant(request.bound(), third)
        document["charter"]["number"] = 3
        grants[name] = signed(document, community.stewards[:2])
    governed.serve(grants)
    return governed.start(request, grants)


@refused_as("wrong-community")
def notices_of_another_community(scene: Scene) -> int:
    """Each node is shown its neighbour's list; the attacker holds the key that signs them all."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    lists = [node.community.notices() for node in governed.nodes.values()]
    for place, name in enumerate(governed.nodes):
        governed.platform.served[name].notices = lists[place - 1]
    return governed.start(request, grants)


@refused_as("bad-signature")
def notices_unsigned(scene: Scene) -> int:
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    for name, node in governed.nodes.items():
        governed.platform.served[name].notices = (node.community.notices()[0], b"")
    return governed.start(request, grants)


@refused_as("no-grant")
def answers_that_nest_without_end(scene: Scene) -> int:
    """The grant is there, and every answer in which it could be found is made to break a reader."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    for path in ("charters", "grants", "notices"):
        governed.platform.lies[path] = b'{"grants":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}"
    return governed.start(request, grants)


@refused_as("wrong-code")
def bundle_that_unpacks_to_gigabytes(scene: Scene) -> int:
    """Its digest stands in the grant, and this node may unpack it."""
    buffer = BytesIO(with_canary(scene.canary))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kinhold_jobs/zeros.bin", bytes(70_000_000))
    return _start_anyway(scene, buffer.getvalue())


@refused_as("wrong-code")
def bundle_that_writes_outside(scene: Scene) -> int:
    buffer = BytesIO(with_canary(scene.canary))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("../../../../../../tmp/kinhold-was-here", "x")
        link = zipfile.ZipInfo("kinhold_jobs/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc")
    return _start_anyway(scene, buffer.getvalue())


@refused_as("stale-notices")
def notices_of_tomorrow(scene: Scene) -> int:
    """Dated ahead, so that the list would stay fresh for longer than it may."""
    governed, request = scene.governed, scene.governed.request(scene.fab)
    grants = governed.grant_all(request)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for name, node in governed.nodes.items():
        governed.platform.served[name].notices = node.community.notices(issued=tomorrow)
    return governed.start(request, grants)


def _start_anyway(scene: Scene, fab: bytes) -> int:
    request = scene.governed.request(fab)
    return scene.governed.start(request, scene.governed.grant_all(request))
