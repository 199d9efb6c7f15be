"""The questions of a request as the researcher reads them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

NONE_IS_AN_ANSWER = _("Write “none” when there is nothing to say.")


@dataclass(frozen=True)
class Asked:
    """``label`` and ``help`` are texts that are translated when they are shown."""

    label: Any
    help: Any = ""
    rows: int = 3


ASKED: dict[str, Asked] = {
    "question": Asked(_("The question that this is to answer"), "", 2),
    "why_us": Asked(
        _("Why these communities?"),
        _("What is it that you can learn only here, and what makes it theirs to answer?"),
    ),
    "why_not_other": Asked(
        _("Why not other data?"), _("Which open or other data did you look at, and what lacks?")
    ),
    "contact_made": Asked(
        _("Contact with the communities so far"),
        _("Who spoke with whom, and when? A request should come through the door."),
    ),
    "past_work": Asked(_("Your past work with them"), NONE_IS_AN_ANSWER),
    "conflicts": Asked(
        _("Conflicts of interest"),
        _("Does anybody of you gain by one result rather than another? “None” is an answer."),
    ),
    "forced_sharing": Asked(
        _("Does somebody make you share data, code or the model?"),
        _("A funder, a journal, a law. “None” is an answer."),
    ),
    "commercial_interest": Asked(
        _("Commercial interest"), _("Who could earn from it? Write “none” when nobody can.")
    ),
    "patents": Asked(_("Patents held or planned"), NONE_IS_AN_ANSWER),
    "sales": Asked(_("Sales that you expect"), NONE_IS_AN_ANSWER),
    "ownership": Asked(
        _("Who owns what?"), _("The model, the results, the papers: whose will they be?")
    ),
    "others_decide": Asked(
        _("Does anybody else decide too?"),
        _("Other communities, councils or boards outside Kinhold. “None” is an answer."),
    ),
    "code_review": Asked(
        _("Who looked at the code and the settings?"),
        _("By name. The job itself is one of the catalogue; anybody may read it."),
    ),
    "attack_test": Asked(
        _("What did you test against attacks?"),
        _("On invented data only: can one tell from the result who was in it? “None” is honest."),
    ),
    "where_published": Asked(_("Where do you publish it?")),
    "model_licence": Asked(_("Licence of the model"), NONE_IS_AN_ANSWER),
    "deployment": Asked(
        _("Will the model be put to use?"), _("By whom, on whom, where. “None” is an answer.")
    ),
    "retention": Asked(_("How long do you keep the model and the results?")),
    "capacity": Asked(
        _("What can people of the communities learn or take over?"),
        _("Training, pay, equipment, a say in the next question."),
    ),
    "authorship": Asked(_("Who is named as an author, and who need not be?")),
    "harm_person": Asked(
        _("Harm that could come to one person"),
        _("Think of somebody who knows her and sees the result. In plain words."),
    ),
    "harm_family": Asked(
        _("Harm that could come to a family"),
        _("What runs in families is theirs together: relatives, marriage, insurance."),
    ),
    "harm_people": Asked(
        _("Harm that could come to a people as a whole"),
        _("A bad name, land or identity claims, stories of origin, rules made about them."),
    ),
    "mitigation": Asked(_("What do you do against it?")),
    "bias": Asked(
        _("How well will it work for these people?"),
        _("Better for some than for others? How will you find out, and tell them?"),
    ),
    "ethics": Asked(
        _("Which ethics board looked at it, and what did it say?"),
        _("Enter its letter with number and dates under “Files”; that comes beside the form."),
        2,
    ),
    "community_board": Asked(
        _("A board of the communities themselves"),
        _("Was one asked? Which, and what did it say? “None” is an answer."),
        2,
    ),
    "data_protection": Asked(
        _("Data protection"), _("Who looked at it, when, and what came of it?"), 2
    ),
    "destruction": Asked(
        _("What is destroyed, and when?"), _("And how do the communities get to know?")
    ),
    "withdrawal_handling": Asked(
        _("What do you do when a community takes its yes back?"),
        _("The node stops by itself. What becomes of a model that is finished?"),
    ),
    "complaints": Asked(
        _("Where can somebody complain?"), _("A person or office outside your group."), 2
    ),
}
