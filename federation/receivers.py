"""What federation does at once when a community's word changes; the sweep does it anyway."""

from typing import Any

from governance.wake import wake


def sweep_soon(**_kwargs: Any) -> None:
    wake("federation.sweep")
