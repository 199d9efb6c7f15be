"""What everybody named in a request takes on before she works with it. Pure.

The words are ours. They are shown in the reader's language; what is kept with her yes is the
fingerprint of the English text below, so a changed word makes another fingerprint.
"""

from hashlib import sha256


def _(text: str) -> str:
    """Mark a text for translation; it is looked up where it is shown."""
    return text


TERMS: tuple[str, ...] = (
    _("I work with these data for this request only, as it was written and agreed on."),
    _("I do not try to find out who a person, a family or a village is, by any means."),
    _(
        "I pass nothing on: no model, no result and no access, to nobody who is not named in the "
        "request."
    ),
    _(
        "What I learn goes back to the communities first, in plain words, as was promised. I "
        "publish only what they had the time to look at."
    ),
    _(
        "If something goes wrong, or might have, I say so on Kinhold at once, even if I am not "
        "sure."
    ),
    _(
        "A community may stop at any time and need not say why. Then I stop too, and do with the "
        "model what the agreement says."
    ),
    _("I keep the conditions that the communities put into their agreements."),
    _("I know that each community can read who I am, and that what I do here is written down."),
)
TERMS_DIGEST = sha256("\n".join(TERMS).encode()).hexdigest()
