"""What a node signs when it calls the platform: one spelling for the caller and the listener.

Source: docs/api.md, "For machines of the platform".
"""

from consent.grants.codec import digest

_OPENING = b"kinhold-node/v1\n"


def call_bytes(method: str, path: str, time: str, body: bytes) -> bytes:
    """Return the bytes that the receipt key signs for one call.

    Args:
        path: with the query, as it stands in the request line.
        time: whole seconds since 1970, as text.
    """
    parts = (method, path, time, digest(body))
    return _OPENING + "\n".join(parts).encode("utf-8", "surrogatepass")
