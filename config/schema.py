"""How the API describes itself (OpenAPI 3.1 at ``/api/schema/``)."""

from typing import Any


def request_states() -> list[str]:
    """Return the values of a request's state; they get one name in the whole description."""
    from consent.rules import RequestState

    return [state.value for state in RequestState]


def run_states() -> list[str]:
    from federation.rules import RunState

    return [state.value for state in RunState]


def verdicts() -> list[str]:
    from consent.precheck import Verdict

    return [verdict.value for verdict in Verdict]


def review_states() -> list[str]:
    from consent.rules import ReviewState

    return [state.value for state in ReviewState]


def file_kinds() -> list[str]:
    from consent.rules import AttachmentKind

    return [kind.value for kind in AttachmentKind]


def kinds_to_add() -> list[str]:
    """Return the kinds of files that are a part of a request's text."""
    from federation.serializers.files import KINDS

    return KINDS


def promise_kinds() -> list[str]:
    from consent.rules import ObligationKind

    return [kind.value for kind in ObligationKind]


def publication_kinds() -> list[str]:
    from consent.rules import PublicationKind

    return [kind.value for kind in PublicationKind]


SCHEMA: dict[str, Any] = {
    "TITLE": "Kinhold",
    "DESCRIPTION": "Communities decide on research with their own data.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    # Without a name of ours, a digest of the values would be part of the name.
    "ENUM_NAME_OVERRIDES": {
        "RequestState": "config.schema.request_states",
        "RunState": "config.schema.run_states",
        "Verdict": "config.schema.verdicts",
        "ReviewState": "config.schema.review_states",
        "FileKind": "config.schema.file_kinds",
        "FileKindToAdd": "config.schema.kinds_to_add",
        "PromiseKind": "config.schema.promise_kinds",
        "PublicationKind": "config.schema.publication_kinds",
    },
}
