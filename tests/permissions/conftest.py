from tests.permissions.one_world import world

__all__ = ["world"]
