"""One thing that was looked at, and how it stands."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "look", "wrong"]

SPOKEN: dict[Level, str] = {"ok": "ok", "look": "look at this", "wrong": "wrong"}


@dataclass(frozen=True)
class Finding:
    """
    Attributes:
        check: short name of what was looked at, for scripts.
        level: "wrong" keeps the node from working as it should; "look" may be meant so.
        text: one sentence, never with a value from the data.
        do: what the operator can do; "" when there is nothing to do.
    """

    check: str
    level: Level
    text: str
    do: str = ""

    def line(self) -> str:
        """Say it all on one line."""
        return f"{SPOKEN[self.level]:<14}{self.text}{f' {self.do}' if self.do else ''}"

    def facts(self) -> dict[str, str]:
        return {"check": self.check, "level": self.level, "text": self.text, "do": self.do}
