"""How often something may be done from one place; counted in the cache, not kept."""

import hashlib

from django.core.cache import cache


def within(what: str, *, most: int, seconds: int) -> bool:
    """Count one more try and say whether it is still allowed.

    Args:
        what: what is counted, e.g. ``advising:<address>``; only its digest is kept.
        most: how often in ``seconds`` from the first try on.
    """
    key = "limit:" + hashlib.sha256(what.encode()).hexdigest()
    if cache.add(key, 1, seconds):
        return most >= 1
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two calls
        cache.add(key, 1, seconds)
        return most >= 1
