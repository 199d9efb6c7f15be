"""What stopping can undo and what it cannot, for each level a protocol may choose. Pure.

Source: DOMAIN section 7, in our own words; requirement R-46: shown before and after a yes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEFAULT = "W2"

# True whatever is chosen. A model that is public cannot be called back: say so before the yes.
ALWAYS = (
    _("Any one steward can stop the work. Your node then does no further round."),
    _("What the model learned before stays in it, unless what you chose says otherwise."),
    _("A model or a result that is public cannot be called back. A printed paper stays."),
    _("Privacy noise can limit what a model holds about one person. It takes nothing out of it."),
)


@dataclass(frozen=True)
class Level:
    """One choice.

    Attributes:
        undone, stays: what is truly undone, and what is not.
        kept_by: who does it, and what the software has to do with it today.
    """

    code: str
    title: str | Promise
    undone: str | Promise
    stays: str | Promise
    kept_by: str | Promise


LEVELS: Mapping[str, Level] = {
    level.code: level
    for level in (
        Level(
            "W0",
            _("Nothing more is learned"),
            _("Nothing that was learned is undone. Only further rounds and further work stop."),
            _("All stored updates, all copies and the model stay, and may be used."),
            _("Your node does this by itself, at once."),
        ),
        Level(
            "W1",
            _("Stored updates are deleted"),
            _(
                "What your node sent, and copies made between the rounds, are deleted. Later leaks "
                "are less likely."
            ),
            _("The model stays, and what it learned from your people stays in it."),
            _("People delete, and sign that they did. The software does not delete by itself yet."),
        ),
        Level(
            "W2",
            _("Nobody uses the model any more"),
            _(
                "Stored updates are deleted. The right to use the model ends, and everybody who "
                "has it is told."
            ),
            _("What was learned is not forgotten. Somebody who keeps a copy can still use it."),
            _("A promise in the agreement. The software cannot see or stop a copy."),
        ),
        Level(
            "W3",
            _("The model is made anew without us"),
            _(
                "Stored updates are deleted. A new model is trained without your data: in it, "
                "nothing of your people is left."
            ),
            _(
                "The old model stays wherever it went before. The others must agree to train "
                "again, and that costs time and money."
            ),
            _("People must do it. It works only while the old model has not gone far."),
        ),
        Level(
            "W4",
            _("Our part is taken out as well as can be (experimental)"),
            _("Stored updates are deleted. A method tries to take your part out of the model."),
            _(
                "Nobody can promise that all of it is gone. Some of these methods must keep every "
                "update of your node until then, which is a risk of its own."
            ),
            _("No job offered today can do it. Choose it only with somebody who can."),
        ),
        Level(
            "W5",
            _("The model is destroyed"),
            _("Stored updates are deleted, and so is every copy of the model that they hold."),
            _("A copy that was handed on before is not destroyed. What people read stays read."),
            _("Sure only before the model was handed out. After that it is a promise."),
        ),
    )
}


def level_of(document: Mapping[str, Any]) -> Level | None:
    """Return the level that a protocol chose; None for a text that names none we know."""
    for clause in document["clauses"]:
        if clause["code"] == "WITHDRAW":
            return LEVELS.get(clause.get("params", {}).get("choice", ""))
    return None
