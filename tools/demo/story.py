"""The path of one request, then three attempts that the nodes must refuse."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent.grants.statements import Answer
from federation.gateway.flower import FlowerGateway
from tools.demo.attacker import Attacker, Refusal
from tools.demo.research import PARAMETERS, Research
from tools.demo.steps import at_once, step, title, wait_for
from tools.demo.visitor import DemoStep, Visitor
from tools.demo.world import Place, World

NOISE = {
    "dp": {"epsilon": "3", "delta": "0.0005", "unit": "person"},
    "secure_aggregation": True,
}
OVER = {"finished", "refused", "stopped", "failed"}


@dataclass(frozen=True)
class Attempt:
    """One refused attempt: what was tried, and what each node's receipt says."""

    what: str
    expected: str
    refusals: list[Refusal]

    @property
    def as_expected(self) -> bool:
        nodes = {refusal.node for refusal in self.refusals}
        return len(nodes) == 3 and all(
            r.code == self.expected and not r.data_opened for r in self.refusals
        )


@dataclass(frozen=True)
class Finished:
    """One run as the API tells it, and its model."""

    run: dict[str, Any]
    model: dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the story came to: an exact run, one with privacy noise, and the attempts."""

    exact: Finished
    noised: Finished
    attempts: list[Attempt]


def play(world: World) -> Told:
    research = Research(world.researcher, world.base)
    attacker = Attacker(
        world.stack.env["DATABASE_URL"],
        FlowerGateway.from_file(
            world.stack.env["KINHOLD_SUPERLINK_ADDRESS"],
            Path(world.stack.env["KINHOLD_SUPERLINK_CA_FILE"]),
        ),
    )
    try:
        title("The path of one request")
        exact = _run(world, research, "Measurements and progression of diabetes")
        title("The same question with privacy noise, added at each node")
        noised = _run(world, research, "The same, with privacy noise", privacy=NOISE, max_rounds=1)
        revision = exact.model["request_digest"]
        return Told(exact, noised, _attempts(world, research, attacker, revision))
    finally:
        attacker.close()
        research.close()


def _run(world: World, research: Research, title: str, **changes: object) -> Finished:
    datasets = [f"{place.slug}-diabetes" for place in world.places]
    with step("the researcher asks all three communities, through the API"):
        request = research.ask(title, datasets, **changes)
    if not world.peers_pinned:
        with step("their answers will be mixed: operators pin the others' charters, by voice"):
            world.pin_peers()
    with step("in each community two of three stewards read it and sign yes with their passkeys"):
        at_once(lambda place: decide(place, request["title"], place.stewards[:2]), world.places)
    with step("a Celery worker sends the job; each node checks the signatures and trains"):
        run = wait_for("the run", lambda: _over(research.run_of(request)), seconds=180)
    if run["state"] != "finished":
        raise DemoStep(f"the run ended {run['state']}: {run['why']}")
    with step("the researcher fetches the model"):
        return Finished(run, research.model(run))


def _attempts(world: World, research: Research, attacker: Attacker, revision: str) -> list[Attempt]:
    title("Somebody takes over the platform: its database, its workers and its SuperLink")
    return [
        _one_signature(world, research, attacker),
        _changed_code(attacker, revision),
        _taken_back(world, attacker, revision),
    ]


def _one_signature(world: World, research: Research, attacker: Attacker) -> Attempt:
    with step("one steward of three signs a second request; the database is made to say granted"):
        datasets = [f"{place.slug}-diabetes" for place in world.places]
        request = research.ask("A second look at the same measurements", datasets)
        at_once(lambda place: decide(place, request["title"], place.stewards[:1]), world.places)
        digest = request["revision"]["digest"]
        attacker.insert_grants(digest)
    return _attempt(attacker, "one signature too few", "not-decided", digest)


def _changed_code(attacker: Attacker, revision: str) -> Attempt:
    fab = attacker.changed_bundle()
    return _attempt(attacker, "code changed by one byte", "wrong-code", revision, fab)


def _taken_back(world: World, attacker: Attacker, revision: str) -> Attempt:
    with step("each community takes its grant back: two of three stewards sign"):
        at_once(_revoke, world.places)
    return _attempt(attacker, "after the grant was taken back", "revoked", revision)


def _attempt(
    attacker: Attacker, what: str, expected: str, revision: str, fab: bytes | None = None
) -> Attempt:
    targets = attacker.targets(revision)
    with step(f"attempt, {what}: sent to {len(targets)} nodes past the platform's own checks"):
        run = attacker.dispatch(targets, revision=revision, parameters=PARAMETERS, fab=fab)
        refusals = wait_for(
            f"three receipts of refusal ({what})",
            lambda: _from_all(attacker.refusals(run)),
            seconds=120,
        )
    return Attempt(what, expected, refusals)


def _from_all(refusals: list[Refusal]) -> list[Refusal] | None:
    return refusals if len({refusal.node for refusal in refusals}) >= 3 else None


def _over(run: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return dict(run) if run and run["state"] in OVER else None


def decide(place: Place, wanted: str, stewards: list[Visitor]) -> None:
    """Let each of ``stewards`` say yes to the request called ``wanted``."""
    for steward in stewards:
        steward.sign(_review(steward, wanted), Answer.YES, conditions="")


def _review(steward: Visitor, wanted: str) -> str:
    """Find the page of the request that waits for this steward."""
    for link in _links(steward, "/reviews/", r"/reviews/[0-9a-f-]{36}/"):
        if wanted in steward.get(link).text:
            return link
    raise DemoStep(f"{steward.name}: no request called {wanted!r} waits")


def _revoke(place: Place) -> None:
    first, second, _third = place.stewards
    for link in _links(first, "/grants/", r"/grants/[0-9a-f-]{36}/"):
        if "Measurements and progression" in first.get(link).text:
            page = first.submit(link + "revoke/", "reason", values={"reason": "demo"})
            for steward in (first, second):
                steward.sign(page.url, Answer.YES)
            return
    raise DemoStep(f"{place.slug} has no grant to take back")


def _links(visitor: Visitor, path: str, pattern: str) -> list[str]:
    return [link for link in visitor.get(path).links if re.fullmatch(pattern, link)]
