"""drf-spectacular's decorator, with problem documents put in, and with a type for mypy."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema

from governance.api_schema import PROBLEMS

F = TypeVar("F", bound=Callable[..., Any])


def described(*, responses: Any = None, **about: Any) -> Callable[[F], F]:
    """Say in the OpenAPI document what a method takes and gives; see ``extend_schema``.

    Args:
        responses: a serializer for 200, or a mapping of status codes to serializers.
    """
    told = responses if isinstance(responses, Mapping) else {200: responses}
    decorator: Callable[[F], F] = extend_schema(responses={**told, **PROBLEMS}, **about)
    return decorator
