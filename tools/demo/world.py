"""Three communities with stewards, nodes, charters, protocols and data: all before a request."""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from consent.grants.statements import Answer
from tools.demo import data, described
from tools.demo.people import COMMUNITIES, RESEARCHER, Cast, Somebody
from tools.demo.shell import invite
from tools.demo.steps import at_once, step
from tools.demo.visitor import DemoStep, Visitor
from tools.stack import Stack
from tools.stack.parts import ROOT


@dataclass
class Place:
    """One community in the demo: its stewards, and where its node lives."""

    cast: Cast
    home: Path
    file: Path
    stewards: list[Visitor] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.cast.slug

    @property
    def path(self) -> str:
        return f"/communities/{self.slug}/"


@dataclass
class World:
    stack: Stack
    places: list[Place]
    researcher: Visitor
    peers_pinned: bool = False

    @property
    def base(self) -> str:
        return self.stack.urls["web"]

    def pin_peers(self) -> None:
        """Let each operator ring a steward of the other communities, whose answers are mixed in.

        Once; and not before a request asks them together, since nobody else is shown a charter.
        """
        if not self.peers_pinned:
            at_once(lambda place: _pin_peers(place, self.places), self.places)
            self.peers_pinned = True

    def everybody(self) -> list[Visitor]:
        return [self.researcher, *(s for place in self.places for s in place.stewards)]


def build(stack: Stack) -> World:
    """Set everything up to the point where a researcher can ask."""
    base = stack.urls["web"]
    pooled = data.split(data.load())
    files = stack.var / "demo-data"
    places = [
        Place(
            cast,
            home=stack.var / "nodes" / cast.slug,
            file=data.write_site_file(files, cast.slug, *pooled[cast.slug]),
        )
        for cast in COMMUNITIES
    ]
    with step("three communities are founded; nine stewards come in and make their passkeys"):
        links = invite(stack.env, [p.cast for p in places], RESEARCHER)
        at_once(lambda place: _arrive(place, base, links), places)
        researcher = _person(base, RESEARCHER, links[RESEARCHER.email])
    with step("three node operators make their nodes' keys; stewards enrol the nodes"):
        at_once(lambda place: _enrol_node(place, stack), places)
    with step(
        "each community signs its first charter: every steward in it, 2 of 3 decide from now"
    ):
        at_once(_adopt_charter, places)
    with step("operators compare each charter's fingerprint and pin it; the nodes start"):
        at_once(_pin, places)
        stack.start_node(*(place.slug for place in places))
    with step("each community signs its protocol (2 of 3)"):
        at_once(_adopt_protocol, places)
    with step("each node describes its data, and a steward publishes it under the protocol"):
        at_once(_publish, places)
    return World(stack, places, researcher)


def _person(base: str, who: Somebody, link: str) -> Visitor:
    visitor = Visitor(base, who.name, who.email, who.alg)
    visitor.join(link)
    return visitor


def _arrive(place: Place, base: str, links: dict[str, str]) -> None:
    place.stewards = [_person(base, who, links[who.email]) for who in place.cast.stewards]


def _node(place: Place, *words: str, stack: Stack | None = None) -> str:
    """Run one ``kinhold-node`` command as an operator would; return what it printed."""
    command = [sys.executable, "-m", "federation.node", "--home", str(place.home), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise DemoStep(f"kinhold-node {words[0]} of {place.slug}: {done.stderr.strip()}")
    return done.stdout


def _enrol_node(place: Place, stack: Stack) -> None:
    card = _node(
        place,
        "init",
        "--community",
        place.slug,
        "--name",
        f"{place.slug}-node",
        "--platform",
        stack.urls["web"],
        "--superlink",
        stack.env["KINHOLD_SUPERLINK_ADDRESS"],
        "--superlink-ca",
        stack.env["KINHOLD_SUPERLINK_CA_FILE"],
        "--dataset",
        f"{place.slug}-diabetes={place.file}",
    )
    described.write_words(
        place.home / "node.toml",
        f"Diabetes teaching set, part of {place.cast.name}",
        peers=[cast.slug for cast in COMMUNITIES if cast.slug != place.slug],
    )
    place.stewards[0].submit(place.path + "nodes/", "card", values={"card": card})


def _adopt_charter(place: Place) -> None:
    first, *others = place.stewards
    path = place.path + "charter/new/"
    wanted = {"confirm": "yes"}
    page = first.submit(path, "grant-m", "floor", values=wanted)
    for steward in (first, *others):
        steward.sign(page.url, Answer.YES)


def _pin(place: Place) -> None:
    """Read the words off the steward's page, as she would over the telephone, and pin."""
    _node(place, "pin", "--fingerprint", _words_of(place))


def _pin_peers(place: Place, places: list[Place]) -> None:
    for other in places:
        if other is not place:
            _node(place, "pin", "--holder", other.slug, "--fingerprint", _words_of(other))


def _words_of(place: Place) -> str:
    steward = place.stewards[0]
    links = steward.get(place.path + "charter/").links
    charter = next(link for link in links if re.search(r"/charter/\d+/$", link))
    return steward.get(charter).words


def _adopt_protocol(place: Place) -> None:
    first, second, _third = place.stewards
    page = first.submit(
        place.path + "protocol/new/", "start", values={"line": "", "title": "Our protocol"}
    )
    # The demo cannot wait seven days: its communities choose no cooling-off time, and say so.
    page = first.submit(
        page.url,
        "clauses",
        "cooling_off_days",
        values={
            "cooling_off_days": "0",
            "ancestry": "no",
            "governing": f"The law of {place.cast.name}",
            "disputes": f"The council of {place.cast.name}",
            "then": "read",
        },
    )
    page = first.submit(page.url, "known", values={"known": "yes"})
    for steward in (first, second):
        steward.sign(page.url, Answer.YES)


def _publish(place: Place) -> None:
    """The node describes its data to the platform; a steward puts it under the protocol."""
    _node(place, "datasets", "register")
    place.stewards[0].submit(
        f"{place.path}datasets/{place.slug}-diabetes/publish/",
        "lines",
        "combine",
        values={"lines": ["main"], "combine": "all"},
    )


def close(world: World) -> None:
    for visitor in world.everybody():
        visitor.close()
