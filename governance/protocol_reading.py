"""One protocol as somebody from outside reads it, before anything is asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from governance.models import Protocol
from governance.protocol_words import ANCESTRY, USES, Meaning, ShownClause, groups_of, meaning_of
from governance.words import settings_in_words

Text = str | Promise


@dataclass(frozen=True)
class ReadProtocol:
    """``law`` has the parts ``governing`` and ``disputes``, or none in older versions."""

    protocol: Protocol
    use: Text
    use_term: str
    ancestry: Text
    law: Mapping[str, str]
    meaning: Meaning
    groups: list[tuple[str, list[ShownClause]]]
    settings: list[str]


def read_protocol(protocol: Protocol) -> ReadProtocol:
    document = json.loads(protocol.statement.text)
    term = document.get("use", "")
    return ReadProtocol(
        protocol=protocol,
        use=USES[term],
        use_term=term,
        ancestry=ANCESTRY.get(document.get("ancestry", ""), ""),
        law=document.get("law", {}),
        meaning=meaning_of(document),
        groups=groups_of(document),
        settings=settings_in_words(document["settings"]),
    )
