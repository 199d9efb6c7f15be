"""What can be wrong with a term somebody wrote. Pure."""

from governance.errors import GovernanceError


class UnknownTerm(GovernanceError):
    """No vocabulary here has this term."""

    code = "unknown-term"


class ObsoleteTerm(GovernanceError):
    """The term was taken out of use; ``replacements`` holds the ids to use instead, if any."""

    code = "obsolete-term"

    def __init__(self, sentence: str, replacements: tuple[str, ...] = ()) -> None:
        self.replacements = replacements
        super().__init__(sentence)


class BadVocabulary(GovernanceError):
    """A file of terms cannot be read; the sentence says where."""

    code = "bad-vocabulary"
