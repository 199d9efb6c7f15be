"""Attacks on what was decided: sound grants, and runs that are not what they allow."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from consent.grants.codec import time_text
from tests.hostile.attack_table import refused_as
from tests.hostile.bundles import one_byte_changed, with_canary
from tests.hostile.conftest import Scene


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
