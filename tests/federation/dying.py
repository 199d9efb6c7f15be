"""Workers that die on the way, for tests of what is left behind."""

from federation.gateway.base import ConfigValue, GatewayUnreachable
from federation.gateway.memory import MemoryGateway
from governance.models import AccessEvent


class Killed(BaseException):
    """A worker that dies: nothing in the code under test may catch it."""


class Dies(MemoryGateway):
    """A gateway whose caller dies before or after Flower did what it was asked."""

    def __init__(self, alive: MemoryGateway, *, when: str) -> None:
        self.__dict__ = alive.__dict__
        self.when = when

    def find_run(self, kinhold_run: str) -> int | None:
        if self.when == "taken up":
            raise Killed
        return super().find_run(kinhold_run)

    def start(self, fab: bytes, config: dict[str, ConfigValue]) -> int:  # type: ignore[override]  # a dict is a Mapping
        if self.when == "before start":
            raise Killed
        found = super().start(fab, config)
        if self.when == "after start":
            raise Killed
        if self.when == "answer lost":
            raise GatewayUnreachable("the answer did not come back")
        return found


def events(verb: str) -> list[AccessEvent]:
    return list(AccessEvent.objects.filter(verb=verb).order_by("pk"))
