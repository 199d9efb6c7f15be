"""The demo's cast: invented people of three invented communities."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Somebody:
    name: str
    email: str
    alg: str = "ES256"


@dataclass(frozen=True)
class Cast:
    slug: str
    name: str
    about: str
    stewards: tuple[Somebody, Somebody, Somebody]


def _stewards(slug: str, *names: str) -> tuple[Somebody, Somebody, Somebody]:
    # One key of each kind that passkeys use: phones make ES256, some security keys EdDSA, and
    # some computers RS256.
    first, second, third = (
        Somebody(name, f"{name.lower()}@{slug}.example", alg)
        for name, alg in zip(names, ("ES256", "EdDSA", "RS256"), strict=True)
    )
    return first, second, third


COMMUNITIES = (
    Cast(
        "river",
        "River",
        "An invented community for this demo.",
        _stewards("river", "Ash", "Birch", "Clay"),
    ),
    Cast(
        "coast",
        "Coast",
        "An invented community for this demo.",
        _stewards("coast", "Dune", "Ebb", "Fern"),
    ),
    Cast(
        "hill",
        "Hill",
        "An invented community for this demo.",
        _stewards("hill", "Gale", "Heath", "Ivy"),
    ),
)
RESEARCHER = Somebody("Rowan", "rowan@university.example")
