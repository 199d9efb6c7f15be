"""Why a file is not taken in."""

from governance.errors import GovernanceError


class BadFile(GovernanceError):
    """The file cannot be taken in as a whole. ``place`` is where, as a path; "" for all of it."""

    code = "bad-file"

    def __init__(self, place: str, sentence: str) -> None:
        self.place = place
        super().__init__(f"{place}: {sentence}" if place else sentence)
