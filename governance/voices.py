"""What is known of the languages in which communities write: their direction and their names.

Pure but for translation. Only hints for showing a text: no language is refused because it is
missing here.
"""

from django.utils.translation import get_language_info

# Scripts that run from right to left, by their ISO 15924 codes.
_SCRIPTS = (
    "adlm arab aran hebr mand mani mend merc mero nbat nkoo orkh phnx rohg samr syrc syre syrj "
    "syrn thaa yezi"
)
# Languages that are usually written in one of them when the tag names no script.
_LANGUAGES = (
    "ar arc arz ary apc ajp acm azb bal bgn bqi ckb dv fa glk he jpr khw ks lrc mzn nqo pnb ps "
    "sd sdh skr syr ug ur yi"
)
RTL_SCRIPTS = frozenset(_SCRIPTS.split())
RTL_LANGUAGES = frozenset(_LANGUAGES.split())
_SCRIPT = 4  # letters in a script's code


def direction(tag: str) -> str:
    """Return how a language runs, as HTML's ``dir`` has it: ``rtl``, ``ltr`` or ``auto``.

    ``ltr`` only where the tag names a script that does. ``auto`` leaves it to the browser, which
    goes by the first letter with a direction; what follows ``x`` in a tag says nothing about it.
    """
    known = tag.lower().partition("-x-")[0]
    language, *subtags = known.split("-")
    if language == "x":
        return "auto"
    script = next((part for part in subtags if len(part) == _SCRIPT and part.isalpha()), "")
    if script:
        return "rtl" if script in RTL_SCRIPTS else "ltr"
    return "rtl" if language in RTL_LANGUAGES else "auto"


def language_name(tag: str) -> str:
    """Return the language's own name with its tag, as ``français (fr)``; else the tag alone."""
    try:
        name = get_language_info(tag.lower())["name_local"]
    except KeyError:
        return tag
    return f"{name} ({tag})"
