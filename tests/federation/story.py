"""Three communities, one researcher, one request: the stages that the fixtures hand out."""

from dataclasses import dataclass

from federation.gateway.memory import MemoryGateway
from federation.models import Run
from governance.models import Community
from tests import factories as people
from tests.cast import Cast, Person
from tests.federation.factories import Place, connect, make_place


@dataclass(frozen=True)
class Three:
    """River, Coast and Hill, each with a node, and the researcher who asks them."""

    river: Place
    coast: Place
    hill: Place
    chi: Person
    cast: Cast

    @property
    def all(self) -> list[Place]:
        return [self.coast, self.hill, self.river]


def make_three(cast: Cast, gateway: MemoryGateway) -> Three:
    """Three communities that can be asked, their nodes registered and online."""
    hill = people.make_community("hill")
    coast_stewards = [cast.zed, *_stewards(cast.coast, "Yara", "Xan")]
    found = Three(
        river=make_place(cast.river, cast.stewards),
        coast=make_place(cast.coast, coast_stewards),
        hill=make_place(hill, _stewards(hill, "Hana", "Ivo", "Jun")),
        chi=cast.chi,
        cast=cast,
    )
    connect(gateway, *found.all)
    return found


def _stewards(community: Community, *names: str) -> list[Person]:
    found = []
    for name in names:
        user = people.make_user(name)
        passkey = people.make_passkey(user)
        found.append(Person(user, passkey, people.make_membership(user, community)))
    return found


def send(run: Run, gateway: MemoryGateway) -> Run:
    from federation.actions import runs

    runs.dispatch(run.pk, gateway=gateway)
    run.refresh_from_db()
    assert run.state == "running", run.waiting_for or run.why
    return run
