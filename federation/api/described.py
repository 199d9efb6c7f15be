"""drf-spectacular's decorator with a type, which it does not have to mypy."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema

F = TypeVar("F", bound=Callable[..., Any])


def described(**about: Any) -> Callable[[F], F]:
    """Say in the OpenAPI document what a method takes and gives; see ``extend_schema``."""
    decorator: Callable[[F], F] = extend_schema(**about)
    return decorator
