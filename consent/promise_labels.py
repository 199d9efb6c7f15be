"""Kinds and standings of promises, and answers about publications, as people read them."""

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from consent.promises import Standing
from consent.rules import ObligationKind, PublicationAnswer, PublicationKind

Text = str | LazyText

KINDS: dict[str, Text] = {
    ObligationKind.RESULTS.value: _("results, to the community first"),
    ObligationKind.PUBLICATION.value: _("what is published"),
    ObligationKind.BENEFIT.value: _("a benefit"),
    ObligationKind.PROGRESS.value: _("a progress report"),
    ObligationKind.CLOSE_OUT.value: _("the report at the end"),
    ObligationKind.DESTRUCTION.value: _("proof of what was destroyed"),
    ObligationKind.OTHER.value: _("a rule of the protocol"),
}

STANDINGS: dict[str, Text] = {
    Standing.PROMISED.value: _("promised"),
    Standing.SOON.value: _("due soon"),
    Standing.DUE.value: _("due today"),
    Standing.LATE.value: _("late"),
    Standing.REPORTED.value: _("they say it is done"),
    Standing.DONE.value: _("done"),
    Standing.LET_OFF.value: _("let off"),
}

# Which of the badges' colours goes with a standing; the words say it too.
LOOKS: dict[str, str] = {
    Standing.SOON.value: "open",
    Standing.DUE.value: "open",
    Standing.LATE.value: "failed",
    Standing.REPORTED.value: "open",
    Standing.DONE.value: "done",
}

PUBLICATION_KINDS: dict[str, Text] = {
    PublicationKind.PAPER.value: _("paper"),
    PublicationKind.TALK.value: _("talk or poster"),
    PublicationKind.MODEL.value: _("model"),
    PublicationKind.DATA.value: _("data or figures"),
    PublicationKind.OTHER.value: _("something else"),
}

PUBLICATION_ANSWERS: dict[str, Text] = {
    PublicationAnswer.OK.value: _("It may go out as it is"),
    PublicationAnswer.CHANGES.value: _("It may not go out yet: change this first"),
    PublicationAnswer.WITHHOLD_NAME.value: _("It may go out, without our name"),
    PublicationAnswer.REFUSE.value: _("It may not go out"),
}
