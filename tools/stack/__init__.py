"""The parts of a Kinhold platform as child processes of one supervisor. No Django in here.

``python -m tools.stack up`` runs them for a person; ``Stack`` runs some of them for a test or a
demonstration::

    with Stack(folder, parts={"postgres", "valkey"}) as stack:
        subprocess.run([...], env={**os.environ, **stack.env})
"""

from tools.stack.errors import PartFailed, StackError
from tools.stack.stack import Stack

__all__ = ["PartFailed", "Stack", "StackError"]
