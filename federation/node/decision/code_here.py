"""Step 108: the granted code is installed here, or it may be unpacked and its bundle is sound."""

from federation.catalogue.fab import BadBundle, require_sound
from federation.catalogue.registry import Job
from federation.node.errors import CodeNotHere


def require_code_here(job: Job | None, policy: str, fab: bytes) -> None:
    """Let code pass that this node has, or may unpack; nothing of it is unpacked here.

    Args:
        job: the catalogue's entry if the granted code is the one installed here.
        policy: "preinstalled" or "pinned".
    Raises:
        CodeNotHere: it is other code, or its bundle reaches out of its folder or is too large.
    """
    if job is not None:
        return
    if policy != "pinned":
        raise CodeNotHere("The granted code is not the code that is installed at this node.")
    try:
        require_sound(fab)
    except BadBundle as error:
        raise CodeNotHere(f"The granted code may not be unpacked: {error}.") from error
